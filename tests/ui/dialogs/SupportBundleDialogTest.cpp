// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/SupportBundleDialog.h"

#include "support/Test.h"
#include "ui/common/Theme.h"
#include "ui/dialogs/BundleModels.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QTreeView>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;
using models::report::BundleEntry;
using models::report::BundleRedaction;

QList<BundleEntry> someEntries(bool hideNames = true)
{
    const QString stars(64, u'*');
    return {{.name = u"logs/l2.log"_s,
             .about = u"As it came from the server"_s,
             .size = 18'400'000,
             .leftOut = 1024,
             .redactions = {{u"private-key"_s, u"private keys of accounts"_s, 16,
                             u"--committer.l1-private-key 0x"_s + stars + u" \\"_s},
                            {{},
                             u"masked when it was received"_s,
                             20,
                             u"\x1b[31m--proof-coordinator.l1-private-key 0x"_s + stars}},
             .redactionCount = 7,
             .hiddenNames = hideNames ? 12 : 0},
            {.name = u"logs/prover.log"_s,
             .about = u"As it came from the server"_s,
             .size = 5351,
             .problem = u"The log could not be read to its end."_s},
            {.name = u"results.json"_s, .about = u"Batches"_s, .size = 900}};
}

class FakeMaker : public BundleMaker
{
public:
    struct State
    {
        QList<bool> collected;
        QList<Collected> waiting;
        QString path;
        QStringList leftOut;
        Written written;
        bool isGone = false;
    };

    explicit FakeMaker(std::shared_ptr<State> state)
        : m_state(std::move(state))
    {
    }
    ~FakeMaker() override { m_state->isGone = true; }
    void collect(bool hideNames, const Collected &answer) override
    {
        m_state->collected << hideNames;
        m_state->waiting << answer;
    }
    void write(const QString &path, const QStringList &leftOut, const Written &answer) override
    {
        m_state->path = path;
        m_state->leftOut = leftOut;
        m_state->written = answer;
    }
    [[nodiscard]] QString suggestedName() const override { return u"bundle.tar.gz"_s; }

private:
    std::shared_ptr<State> m_state;
};

class SupportBundleDialogTest : public ::testing::Test
{
protected:
    void SetUp() override { dialog.show(); }

    void answer(const QList<BundleEntry> &entries) const { state->waiting.takeFirst()(entries); }
    template<class T> [[nodiscard]] T *part(const QString &name)
    {
        return dialog.findChild<T *>(name);
    }
    [[nodiscard]] QString text(const QString &name) { return part<QLabel>(name)->text(); }

    std::shared_ptr<FakeMaker::State> state = std::make_shared<FakeMaker::State>();
    SupportBundleDialog dialog{std::make_unique<FakeMaker>(state)};
};

TEST_F(SupportBundleDialogTest, CollectsAtOnceWithNamesHidden)
{
    EXPECT_EQ(state->collected, QList<bool>{true});
    EXPECT_FALSE(part<QPushButton>(u"saveBundle"_s)->isEnabled());
    EXPECT_TRUE(text(u"bundleState"_s).contains(u"Collecting"_s));
}

TEST_F(SupportBundleDialogTest, ShowsEachRedactionOfTheChosenFile)
{
    answer(someEntries());
    auto *files = part<QTreeView>(u"bundleFiles"_s);
    auto *redactions = part<QTreeView>(u"bundleRedactions"_s)->model();
    EXPECT_EQ(files->model()->rowCount(), 3);
    EXPECT_EQ(files->model()->index(0, 1).data().toString(), u"17.5 MiB"_s);
    EXPECT_EQ(redactions->rowCount(), 2);
    EXPECT_EQ(redactions->index(0, 0).data().toLongLong(), 16);
    EXPECT_EQ(redactions->index(0, 1).data().toString(), u"private keys of accounts"_s);
    EXPECT_TRUE(redactions->index(0, 2).data().toString().contains(u"****"_s));
    EXPECT_FALSE(redactions->index(1, 2).data().toString().contains(u'\x1b'));
    EXPECT_TRUE(text(u"bundleAbout"_s).contains(u"7 secret"_s))
        << text(u"bundleAbout"_s).toStdString();
    EXPECT_TRUE(text(u"bundleAbout"_s).contains(u"first 2 are listed"_s));
    files->setCurrentIndex(files->model()->index(1, 0));
    EXPECT_EQ(redactions->rowCount(), 0);
    EXPECT_TRUE(text(u"bundleAbout"_s).contains(u"could not be read to its end"_s));
    EXPECT_TRUE(text(u"bundleState"_s).startsWith(u"3 files"_s))
        << text(u"bundleState"_s).toStdString();
    EXPECT_TRUE(part<QPushButton>(u"saveBundle"_s)->isEnabled());
}

TEST_F(SupportBundleDialogTest, LeavesOutWhatIsUnticked)
{
    answer(someEntries());
    auto *files = part<QTreeView>(u"bundleFiles"_s)->model();
    EXPECT_TRUE(files->setData(files->index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
    EXPECT_TRUE(text(u"bundleState"_s).startsWith(u"2 files"_s))
        << text(u"bundleState"_s).toStdString();
    dialog.saveAs(u"/tmp/x.tar.gz"_s);
    EXPECT_EQ(state->path, u"/tmp/x.tar.gz"_s);
    EXPECT_EQ(state->leftOut, QStringList{u"logs/l2.log"_s});
    EXPECT_FALSE(part<QPushButton>(u"saveBundle"_s)->isEnabled());
    state->written({});
    EXPECT_TRUE(text(u"bundleState"_s).contains(u"Saved as /tmp/x.tar.gz"_s));
    EXPECT_TRUE(part<QPushButton>(u"saveBundle"_s)->isEnabled());
}

TEST_F(SupportBundleDialogTest, AllUntickedCannotBeSaved)
{
    answer(someEntries());
    auto *files = part<QTreeView>(u"bundleFiles"_s)->model();
    for (int row = 0; row < files->rowCount(); ++row) {
        EXPECT_TRUE(files->setData(files->index(row, 0), Qt::Unchecked, Qt::CheckStateRole));
    }
    EXPECT_FALSE(part<QPushButton>(u"saveBundle"_s)->isEnabled());
}

TEST_F(SupportBundleDialogTest, CollectsAgainWhenNamesAreToBeShown)
{
    answer(someEntries());
    auto *files = part<QTreeView>(u"bundleFiles"_s);
    EXPECT_TRUE(
        files->model()->setData(files->model()->index(2, 0), Qt::Unchecked, Qt::CheckStateRole));
    part<QCheckBox>(u"hideNames"_s)->click();
    EXPECT_EQ(state->collected, (QList<bool>{true, false}));
    EXPECT_FALSE(part<QCheckBox>(u"hideNames"_s)->isEnabled());
    answer(someEntries(false));
    EXPECT_TRUE(part<QCheckBox>(u"hideNames"_s)->isEnabled());
    EXPECT_EQ(files->model()->index(2, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
    EXPECT_FALSE(text(u"bundleAbout"_s).contains(u"replaced"_s));
}

TEST_F(SupportBundleDialogTest, SaysWhyItWasNotWritten)
{
    answer(someEntries());
    dialog.saveAs(u"/nowhere/x.tar.gz"_s);
    state->written(u"There is no such folder."_s);
    EXPECT_TRUE(text(u"bundleState"_s).contains(u"There is no such folder."_s));
}

TEST_F(SupportBundleDialogTest, AsksForTheFile)
{
    answer(someEntries());
    part<QPushButton>(u"saveBundle"_s)->click();
    auto *files = part<QFileDialog>(u"bundleFileDialog"_s);
    ASSERT_NE(files, nullptr);
    EXPECT_EQ(files->acceptMode(), QFileDialog::AcceptSave);
    emit files->fileSelected(u"/tmp/y.tar.gz"_s);
    EXPECT_EQ(state->path, u"/tmp/y.tar.gz"_s);
    files->close();
}

TEST(SupportBundleDialogLifeTest, AnswersAfterItsEndAreDropped)
{
    auto state = std::make_shared<FakeMaker::State>();
    {
        SupportBundleDialog dialog(std::make_unique<FakeMaker>(state));
    }
    EXPECT_TRUE(state->isGone);
    state->waiting.takeFirst()(someEntries());
}

TEST(BundleModelsTest, LiveTheirLives)
{
    BundleFileModel files;
    const QAbstractItemModelTester tester(&files,
                                          QAbstractItemModelTester::FailureReportingMode::Warning);
    BundleRedactionModel redactions;
    const QAbstractItemModelTester other(&redactions,
                                         QAbstractItemModelTester::FailureReportingMode::Warning);
    files.setEntries(someEntries());
    redactions.setRedactions(someEntries().first().redactions);
    EXPECT_TRUE(files.setData(files.index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
    EXPECT_FALSE(files.setData(files.index(0, 1), Qt::Unchecked, Qt::CheckStateRole));
    files.setEntries({});
    redactions.setRedactions({});
    EXPECT_TRUE(files.leftOut().isEmpty());
}

TEST(SupportBundleDialogLookTest, IsReadableInBothAppearances)
{
    const QString folder = qEnvironmentVariable("PROVERDECK_TOUR_DIR");
    for (const Appearance appearance : {Appearance::Light, Appearance::Dark}) {
        applyAppearance(*qApp, appearance);
        auto state = std::make_shared<FakeMaker::State>();
        SupportBundleDialog dialog(std::make_unique<FakeMaker>(state));
        state->waiting.takeFirst()(someEntries());
        dialog.show();
        QCoreApplication::processEvents();
        const QPixmap picture = dialog.grab();
        EXPECT_GT(picture.width(), 900);
        if (!folder.isEmpty()) {
            const QString name = appearance == Appearance::Light ? u"light"_s : u"dark"_s;
            EXPECT_TRUE(picture.save(folder + u"/support-bundle-"_s + name + u".png"_s));
        }
    }
    applyAppearance(*qApp, Appearance::System);
}

} // namespace
} // namespace proverdeck::ui
