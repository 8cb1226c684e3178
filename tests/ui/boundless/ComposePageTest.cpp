// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/ComposePage.h"

#include "support/Test.h"
#include "ui/boundless/DiffDialog.h"
#include "ui/common/Theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;

class ComposePageTest : public ::testing::Test
{
protected:
    ComposePageTest()
    {
        applyAppearance(*qApp, Appearance::Light);
        page.resize(1000, 640);
        page.show();
    }
    template<class T> [[nodiscard]] T *child(const char *name) const
    {
        return page.findChild<T *>(QString::fromLatin1(name));
    }
    void savePicture(const QString &name)
    {
        const QString folder = qEnvironmentVariable("PROVERDECK_TEST_PICTURES");
        if (!folder.isEmpty()) {
            QDir().mkpath(folder);
            for (int i = 0; i < 5; ++i) {
                QCoreApplication::processEvents();
            }
            EXPECT_TRUE(page.grab().save(folder + u'/' + name + u".png"_s));
        }
    }

    ComposePage page;
    const QByteArray old = testing::readData(u"boundless/compose-0.13.yml"_s);
};

TEST_F(ComposePageTest, AddsAndRemovesAgents)
{
    QSignalSpy execs(&page, &ComposePage::execAgentsChanged);
    page.load(u"compose.yml"_s, old);
    EXPECT_EQ(execs.last().at(0).toInt(), 3);
    auto *table = child<QTableView>("agents");
    EXPECT_EQ(table->model()->rowCount(), 7);
    EXPECT_EQ(child<QSpinBox>("gpuCard")->value(), 4) << "the next one without an agent";
    child<QPushButton>("addGpuAgent")->click();
    child<QPushButton>("addExecAgent")->click();
    EXPECT_EQ(table->model()->rowCount(), 9);
    EXPECT_EQ(execs.last().at(0).toInt(), 4);
    EXPECT_TRUE(child<QPushButton>("saveCompose")->isEnabled());
    child<QPushButton>("removeAgent")->click();
    EXPECT_THAT(child<QLabel>("composeMessage")->text().toStdString(),
                ::testing::HasSubstr("Choose"));
    table->selectRow(0);
    child<QPushButton>("removeAgent")->click();
    EXPECT_EQ(table->model()->rowCount(), 8);
    for (int i = 0; i < 3; ++i) {
        child<QPushButton>("undoCompose")->click();
    }
    EXPECT_EQ(page.file().bytes(), old);
    EXPECT_FALSE(page.isChanged());
}

TEST_F(ComposePageTest, EditsLimitsAndSegmentSize)
{
    page.load(u"compose.yml"_s, old);
    page.setCards({24564, 24564, 8188, 24564});
    EXPECT_THAT(child<QLabel>("segmentProposal")->text().toStdString(),
                ::testing::HasSubstr("Proposed: 18"));
    child<QPushButton>("useProposal")->click();
    EXPECT_EQ(page.file().segmentSize(), 18);
    auto *model = child<QTableView>("agents")->model();
    EXPECT_TRUE(model->setData(model->index(3, AgentTableModel::Memory), u"8G"_s, Qt::EditRole));
    EXPECT_EQ(model->index(3, AgentTableModel::Memory).data().toString(), u"8G"_s);
    EXPECT_TRUE(model->setData(model->index(3, AgentTableModel::Cpus), u"many"_s, Qt::EditRole));
    EXPECT_THAT(child<QLabel>("composeMessage")->text().toStdString(),
                ::testing::HasSubstr("no number"));
    page.setCards({24564, 24564});
    savePicture(u"compose"_s);
}

TEST_F(ComposePageTest, SavesAfterTheDifferenceWasShown)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"compose.yml"_s);
    {
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(old);
    }
    page.openFile(path);
    child<QSpinBox>("segmentSize")->setValue(19);
    QSignalSpy saved(&page, &ComposePage::saved);
    child<QPushButton>("saveCompose")->click();
    auto *dialog = page.findChild<DiffDialog *>();
    ASSERT_NE(dialog, nullptr);
    dialog->findChild<QPushButton *>(u"confirmSave"_s)->click();
    EXPECT_EQ(saved.count(), 1);
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), page.file().bytes());
    EXPECT_FALSE(page.isChanged());
}

TEST_F(ComposePageTest, SaysWhatItCannotRead)
{
    savePicture(u"compose-empty"_s);
    page.openFile(QDir::tempPath());
    EXPECT_THAT(child<QLabel>("composeMessage")->text().toStdString(),
                ::testing::HasSubstr("cannot be read"));
    page.load(u"compose.yml"_s, "a: [\n");
    EXPECT_FALSE(child<QPushButton>("addExecAgent")->isEnabled());
    EXPECT_EQ(child<QTableView>("agents")->model()->rowCount(), 0);
}

TEST(AgentTableModel, LivesUnderTheTester)
{
    AgentTableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    const auto agents
        = models::boundless::ComposeFile(testing::readData(u"boundless/compose-0.13.yml"_s))
              .agents();
    model.setAgents(agents);
    auto changed = agents;
    changed[0].memory.clear();
    model.setAgents(changed);
    EXPECT_EQ(model.index(0, AgentTableModel::Memory).data().toString(), u"no limit"_s);
    EXPECT_FALSE(model.setData(model.index(0, AgentTableModel::Name), u"x"_s, Qt::EditRole));
    EXPECT_FALSE(model.setData(model.index(0, AgentTableModel::Memory), QString(), Qt::EditRole));
    model.setAgents({});
}

} // namespace
} // namespace proverdeck::ui
