// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/SettingsForm.h"

#include "support/Test.h"
#include "ui/boundless/DiffDialog.h"
#include "ui/boundless/RequestorListModel.h"
#include "ui/boundless/RequestorListsPage.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/common/Theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;

QByteArray sample(const char *name)
{
    return testing::readData(u"boundless/"_s + QString::fromLatin1(name));
}

void savePicture(QWidget &widget, const QString &name)
{
    const QString folder = qEnvironmentVariable("PROVERDECK_TEST_PICTURES");
    if (!folder.isEmpty()) {
        QDir().mkpath(folder);
        for (int i = 0; i < 5; ++i) {
            QCoreApplication::processEvents(); // what was changed gets its place
        }
        EXPECT_TRUE(widget.grab().save(folder + u'/' + name + u".png"_s));
    }
}

class SettingsFormTest : public ::testing::Test
{
protected:
    SettingsFormTest()
    {
        form.resize(1100, 720);
        form.show();
    }
    template<class T> [[nodiscard]] T *child(const char *name) const
    {
        T *found = form.findChild<T *>(QString::fromLatin1(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    void type(const char *name, const QString &text)
    {
        auto *edit = child<QLineEdit>(name);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }

    SettingsDocument document;
    SettingsForm form{document};
};

TEST_F(SettingsFormTest, TheNamesOfANewerReleaseAreShownThenUsedAndCanBeUndone)
{
    const QByteArray old = sample("broker-0.13.toml");
    document.load(u"broker.toml on prover1"_s, old);
    EXPECT_FALSE(child<QPushButton>("renameSettings")->isVisible());
    auto *era = child<QComboBox>("brokerEra");
    era->setCurrentIndex(era->count() - 1);
    emit era->activated(era->count() - 1);
    ASSERT_TRUE(child<QPushButton>("renameSettings")->isVisible());
    child<QPushButton>("renameSettings")->click();
    auto *question = child<QMessageBox>("renameQuestion");
    EXPECT_TRUE(question->text().contains(u"max_stake = \"25\" becomes max_collateral"));
    EXPECT_TRUE(question->text().contains(u"was in USDC and counts in ZKC"));
    EXPECT_TRUE(question->text().contains(u"mcycle_price_stake_token = \"0.0001\" stays"));
    savePicture(form, u"settings-rename"_s);
    question->findChild<QPushButton *>(u"renameConfirm"_s)->click();
    EXPECT_TRUE(document.file().bytes().contains("\nmin_mcycle_price = \"0.0000005\""));
    EXPECT_EQ(child<QLineEdit>("edit-max_collateral")->text(), u"25"_s);
    while (document.file().canUndo()) {
        document.undo();
    }
    EXPECT_EQ(document.file().bytes(), old);
}

TEST_F(SettingsFormTest, TheFilesOfChainsAreOfferedAndCheckedAsSuch)
{
    QSignalSpy wanted(&form, &SettingsForm::fileWanted);
    form.setFiles({u"broker.toml"_s}, u"broker.toml"_s);
    EXPECT_FALSE(child<QComboBox>("settingsFiles")->isVisible());
    form.setFiles({u"broker.toml"_s, u"chain-overrides/broker.8453.toml"_s}, u"broker.toml"_s);
    ASSERT_TRUE(child<QComboBox>("settingsFiles")->isVisible());
    emit child<QComboBox>("settingsFiles")->textActivated(u"chain-overrides/broker.8453.toml"_s);
    ASSERT_EQ(wanted.count(), 1);
    document.load(u"chain-overrides/broker.8453.toml on prover1"_s,
                  sample("chain-overrides/broker.8453.toml"));
    EXPECT_TRUE(std::ranges::any_of(document.flags(), [](const auto &flag) {
        return flag.finding.code == u"global-only-key"_s;
    }));
}

TEST_F(SettingsFormTest, ShowsValuesDefaultsAndRemarks)
{
    EXPECT_FALSE(child<QPushButton>("saveSettings")->isEnabled());
    models::boundless::SettingsContext context;
    context.execAgents = 3;
    document.setContext(context);
    document.load(u"broker.toml"_s, sample("broker-0.13.toml"));
    EXPECT_EQ(child<QLineEdit>("edit-peak_prove_khz")->text(), u"100"_s);
    EXPECT_EQ(child<QLineEdit>("edit-mcycle_price")->text(), u"0.0000005"_s);
    EXPECT_TRUE(child<QLineEdit>("edit-max_concurrent_preflights")->text().isEmpty());
    EXPECT_EQ(child<QLineEdit>("edit-max_concurrent_preflights")->placeholderText(),
              u"default: 4"_s);
    EXPECT_EQ(child<QComboBox>("edit-single_txn_fulfill")->currentText(), u"true"_s);
    EXPECT_EQ(child<QLabel>("badge-peak_prove_khz")->text(), u"live"_s);
    EXPECT_EQ(child<QLabel>("badge-txn_timeout")->text(), u"restart"_s);
    EXPECT_THAT(child<QLabel>("remark-max_stake")->text().toStdString(),
                ::testing::HasSubstr("does nothing"));
    EXPECT_THAT(child<QLabel>("remark-max_concurrent_preflights")->text().toStdString(),
                ::testing::HasSubstr("exec agents"));
    EXPECT_TRUE(child<QWidget>("settingsRemarks")->isVisible()) << "the misplaced key";
    savePicture(form, u"settings"_s);
}

TEST_F(SettingsFormTest, TakesWhatIsTypedAndNothingElseChanges)
{
    document.load(u"broker.toml"_s, sample("broker-0.13.toml"));
    type("edit-peak_prove_khz", u"323"_s);
    QByteArray wanted = sample("broker-0.13.toml");
    wanted.replace("peak_prove_khz = 100 ", "peak_prove_khz = 323 ");
    EXPECT_EQ(document.file().bytes(), wanted);
    EXPECT_TRUE(child<QPushButton>("saveSettings")->isEnabled());
    type("edit-peak_prove_khz", u"fast"_s);
    EXPECT_EQ(document.file().bytes(), wanted) << "a wrong value is not taken";
    EXPECT_THAT(child<QLabel>("remark-peak_prove_khz")->text().toStdString(),
                ::testing::HasSubstr("whole number"));
    savePicture(form, u"settings-wrong"_s);
    child<QPushButton>("undoSetting")->click();
    EXPECT_EQ(document.file().bytes(), sample("broker-0.13.toml"));
    child<QToolButton>("reset-max_mcycle_limit")->click();
    EXPECT_FALSE(document.file().bytes().contains("max_mcycle_limit"));
}

TEST_F(SettingsFormTest, FiltersAndFindsKeys)
{
    document.load(u"broker.toml"_s, sample("broker-0.13.toml"));
    child<QLineEdit>("searchSettings")->setText(u"gas"_s);
    EXPECT_FALSE(child<QWidget>("setting-peak_prove_khz")->isVisible());
    EXPECT_TRUE(child<QWidget>("setting-lockin_priority_gas")->isVisible());
    form.showKey(u"txn_timeout"_s);
    EXPECT_TRUE(child<QWidget>("setting-txn_timeout")->isVisible());
    child<QCheckBox>("onlySet")->setChecked(true);
    EXPECT_FALSE(child<QWidget>("setting-cache_dir")->isVisible());
    EXPECT_TRUE(child<QWidget>("setting-txn_timeout")->isVisible());
}

TEST_F(SettingsFormTest, AnotherGenerationHasOtherKeys)
{
    document.load(u"broker.toml"_s, sample("broker-2.0.toml"));
    EXPECT_EQ(form.findChild<QWidget *>(u"setting-max_stake"_s), nullptr);
    EXPECT_EQ(child<QLineEdit>("edit-max_collateral")->text(), u"10 USD"_s);
    savePicture(form, u"settings-2.0"_s);
    auto *era = child<QComboBox>("brokerEra");
    era->setCurrentIndex(1);
    emit era->activated(1);
    EXPECT_NE(form.findChild<QWidget *>(u"setting-max_stake"_s), nullptr);
    EXPECT_THAT(child<QLabel>("remark-max_stake")->text().toStdString(),
                ::testing::HasSubstr("missing"));
}

TEST_F(SettingsFormTest, ShowsTheDifferenceBeforeItSaves)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"broker.toml"_s);
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(sample("broker-0.13.toml"));
    }
    ASSERT_TRUE(document.open(path).isEmpty());
    type("edit-txn_timeout", u"90"_s);
    type("edit-max_concurrent_proofs", u"1"_s);
    QSignalSpy saved(&form, &SettingsForm::saved);
    child<QPushButton>("saveSettings")->click();
    auto *dialog = form.findChild<DiffDialog *>();
    ASSERT_NE(dialog, nullptr);
    const QString diff = dialog->findChild<QPlainTextEdit *>(u"diff"_s)->toPlainText();
    EXPECT_TRUE(diff.contains(u"- txn_timeout = 45"_s) && diff.contains(u"+ txn_timeout = 90"_s));
    bool saysRestart = false;
    for (const QLabel *label : dialog->findChildren<QLabel *>()) {
        saysRestart = saysRestart || label->text().contains(u"started again: txn_timeout."_s);
    }
    EXPECT_TRUE(saysRestart);
    savePicture(*dialog, u"settings-diff"_s);
    EXPECT_EQ(saved.count(), 0);
    dialog->findChild<QPushButton *>(u"confirmSave"_s)->click();
    EXPECT_EQ(saved.count(), 1);
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), document.file().bytes());
    EXPECT_FALSE(document.file().isChanged());
    EXPECT_EQ(QDir(folder.path()).entryList({u"*.bak"_s}).size(), 1);
}

TEST_F(SettingsFormTest, AsksForSavingOnAServer)
{
    document.load(u"broker.toml"_s, sample("broker-0.13.toml"));
    type("edit-peak_prove_khz", u"323"_s);
    QSignalSpy wanted(&document, &SettingsDocument::saveWanted);
    EXPECT_TRUE(document.save().isEmpty());
    ASSERT_EQ(wanted.count(), 1);
    EXPECT_EQ(wanted.at(0).at(0).toByteArray(), sample("broker-0.13.toml"));
    EXPECT_TRUE(document.file().isChanged()) << "until the server has it";
    document.markSaved();
    EXPECT_FALSE(document.file().isChanged());
}

TEST_F(SettingsFormTest, WhatIsEditedWhileTheServerSavesStaysUnsaved)
{
    document.load(u"broker.toml on gpu1"_s, sample("broker-0.13.toml"));
    QSignalSpy wanted(&document, &SettingsDocument::saveWanted);
    type("edit-peak_prove_khz", u"435"_s);
    EXPECT_TRUE(document.save().isEmpty());
    ASSERT_EQ(wanted.count(), 1);
    const QByteArray written = wanted.at(0).at(1).toByteArray();
    type("edit-peak_prove_khz", u"600"_s); // before the server has answered
    document.markSaved(written);
    EXPECT_TRUE(document.file().isChanged());
    EXPECT_EQ(document.file().original(), written) << "the next save starts from what is there";
    document.markSaved(document.file().bytes());
    EXPECT_FALSE(document.file().isChanged());
}

TEST_F(SettingsFormTest, AFileThatIsNoTomlCannotBeChanged)
{
    document.load(u"broker.toml"_s, "[market\n");
    EXPECT_TRUE(child<QWidget>("settingsRemarks")->isVisible());
    EXPECT_FALSE(child<QLineEdit>("edit-peak_prove_khz")->isEnabled());
}

TEST_F(SettingsFormTest, IsReadableInTheDark)
{
    applyAppearance(*qApp, Appearance::Dark);
    document.load(u"broker.toml"_s, sample("broker-0.13-operator-crlf.toml"));
    savePicture(form, u"settings-dark"_s);
    applyAppearance(*qApp, Appearance::Light);
}

class RequestorListsTest : public ::testing::Test
{
protected:
    RequestorListsTest()
    {
        page.resize(1000, 700);
        page.show();
        document.load(u"broker.toml"_s, sample("broker-0.13.toml"));
    }
    template<class T> [[nodiscard]] T *child(const QString &name) const
    {
        return page.findChild<T *>(name);
    }

    SettingsDocument document;
    RequestorListsPage page{document};
    const QString deny = u"deny_requestor_addresses"_s;
    const QString priority = u"priority_requestor_addresses"_s;
};

TEST_F(RequestorListsTest, AddsAndRemovesAddresses)
{
    const QString address = u"0x48268be6235a23eb7b67356469362869d5d0293f"_s; // on the priority list
    child<QLineEdit>(u"address-"_s + deny)->setText(address);
    child<QPushButton>(u"add-"_s + deny)->click();
    EXPECT_TRUE(document.file().bytes().contains("\ndeny_requestor_addresses = [\"0x48268be6"));
    auto *list = child<QTableView>(u"list-"_s + priority);
    EXPECT_EQ(list->model()->index(0, RequestorListModel::Remark).data().toString(),
              u"Also denied: its orders are skipped"_s);
    EXPECT_TRUE(list->model()->index(1, RequestorListModel::Remark).data().toString().isEmpty());
    savePicture(page, u"requestors"_s);
    list->selectRow(0);
    child<QPushButton>(u"remove-"_s + priority)->click();
    EXPECT_EQ(document.file().value(u"market"_s, priority)->list.size(), 1);
    EXPECT_TRUE(document.file().bytes().contains("# keep this one last"));
}

TEST_F(RequestorListsTest, RefusesWhatIsNoAddress)
{
    const QByteArray before = document.file().bytes();
    for (const char *bad : {"", "0x12", "48268bE6235A23eb7b67356469362869D5d0293f",
                            "0x48268bE6235A23eb7b67356469362869D5d0293g",
                            "0x48268BE6235A23eb7b67356469362869D5d0293f"}) { // its checksum
        child<QLineEdit>(u"address-"_s + deny)->setText(QString::fromLatin1(bad));
        child<QPushButton>(u"add-"_s + deny)->click();
        EXPECT_TRUE(child<QLabel>(u"message-"_s + deny)->isVisible()) << bad;
    }
    child<QLineEdit>(u"address-"_s + priority)
        ->setText(u"0x48268be6235a23eb7b67356469362869d5d0293f"_s);
    child<QPushButton>(u"add-"_s + priority)->click();
    EXPECT_THAT(child<QLabel>(u"message-"_s + priority)->text().toStdString(),
                ::testing::HasSubstr("already"));
    EXPECT_EQ(document.file().bytes(), before);
}

TEST(RequestorListModel, LivesUnderTheTester)
{
    RequestorListModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    const QString a = u"0x48268bE6235A23eb7b67356469362869D5d0293f"_s;
    model.setAddresses({a, u"x"_s, a.toLower()}, {}, u"conflict"_s);
    EXPECT_FALSE(model.index(1, RequestorListModel::Remark).data().toString().isEmpty());
    EXPECT_EQ(model.index(2, RequestorListModel::Remark).data().toString(), u"Stands here twice"_s);
    model.setAddresses({a}, {a}, u"conflict"_s);
    EXPECT_EQ(model.index(0, RequestorListModel::Remark).data().toString(), u"conflict"_s);
    model.setAddresses({}, {}, {});
}

} // namespace
} // namespace proverdeck::ui
