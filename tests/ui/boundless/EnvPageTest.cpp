// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/EnvPage.h"

#include "support/FaultyProxy.h"
#include "support/Test.h"
#include "ui/boundless/EnvTableModel.h"
#include "ui/common/FindingsView.h"
#include "ui/common/Theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;

const QByteArray Key(64, 'b');
const QByteArray Base = "# of the operator\nexport BOUNDLESS_MARKET_ADDRESS="
                        "0x26759dbB201aFbA361Bec78E097Aa3942B0b4AB8\nexport RPC_URL=\"https://"
                        "base.example/v2/SECRETKEY123\"\nexport PRIVATE_KEY="
    + Key + "\n";

class EnvPageTest : public ::testing::Test
{
protected:
    EnvPageTest()
    {
        page.resize(1000, 620);
        page.load(u".env.base"_s, u"on prover1"_s, Base);
        page.show();
    }
    template<class T> T *find(const char *name) const
    {
        T *found = page.findChild<T *>(QString::fromLatin1(name));
        EXPECT_TRUE(found) << name;
        return found;
    }
    [[nodiscard]] QString everything() const
    {
        QString text;
        for (const QLabel *label : page.findChildren<QLabel *>()) {
            text += label->text() + label->toolTip() + u'\n';
        }
        const auto *model = page.findChild<EnvTableModel *>();
        for (int row = 0; row < model->rowCount(); ++row) {
            for (int column = 0; column < model->columnCount(); ++column) {
                text += model->index(row, column).data(Qt::DisplayRole).toString() + u'\n'
                    + model->index(row, column).data(Qt::ToolTipRole).toString() + u'\n';
            }
        }
        return text;
    }
    void shoot(const QString &name)
    {
        const QString folder = qEnvironmentVariable("PROVERDECK_TOUR_DIR");
        if (!folder.isEmpty()) {
            QTest::qWait(100);
            EXPECT_TRUE(page.grab().save(folder + u'/' + name + u".png"_s));
        }
    }

    EnvPage page;
    QAbstractItemModelTester tester{page.findChild<EnvTableModel *>(),
                                    QAbstractItemModelTester::FailureReportingMode::Warning};
};

TEST_F(EnvPageTest, SecretsGoInAndAreNeverShown)
{
    shoot(u"env"_s);
    EXPECT_TRUE(find<QLabel>("envNetwork")->text().startsWith(u"Base, Boundless 0.10"));
    EXPECT_EQ(find<QLabel>("envRpcNow")->text(), u"https://base.example/…"_s);
    EXPECT_FALSE(find<QPushButton>("envSave")->isEnabled());
    EXPECT_EQ(find<QLineEdit>("envKey")->echoMode(), QLineEdit::Password);
    find<QLineEdit>("envKey")->setText(u"abc"_s);
    find<QPushButton>("envKeySet")->click();
    EXPECT_TRUE(find<QLabel>("envMessage")->text().contains(u"64 hexadecimal"));
    EXPECT_FALSE(page.isChanged());
    const QString fresh(64, u'c');
    find<QLineEdit>("envKey")->setText(fresh);
    find<QPushButton>("envKeySet")->click();
    EXPECT_TRUE(page.isChanged());
    EXPECT_TRUE(find<QLineEdit>("envKey")->text().isEmpty());
    find<QLineEdit>("envRpc")->setText(u"ftp://x"_s);
    find<QPushButton>("envRpcSet")->click();
    EXPECT_FALSE(find<QLabel>("envMessage")->text().isEmpty());
    const QString all = everything();
    EXPECT_FALSE(all.contains(u"SECRETKEY123"));
    EXPECT_FALSE(all.contains(QString::fromLatin1(Key)));
    EXPECT_FALSE(all.contains(fresh));

    QSignalSpy wanted(&page, &EnvPage::saveWanted);
    find<QPushButton>("envSave")->click();
    auto *question = find<QMessageBox>("envQuestion");
    ASSERT_TRUE(question);
    EXPECT_TRUE(question->text().contains(u"Changed: PRIVATE_KEY."));
    EXPECT_FALSE(question->text().contains(fresh));
    question->findChild<QPushButton *>(u"envConfirm"_s)->click();
    ASSERT_EQ(wanted.count(), 1);
    const QByteArray now = wanted.at(0).at(1).toByteArray();
    EXPECT_EQ(wanted.at(0).at(0).toByteArray(), Base);
    EXPECT_EQ(now, QByteArray(Base).replace(Key, fresh.toLatin1())) << "the rest byte for byte";
    page.markSaved(now);
    EXPECT_FALSE(page.isChanged());
}

TEST_F(EnvPageTest, TheEndpointIsAskedWhatItCanDo)
{
    testing::FaultyProxy proxy([](const QString &method, const QJsonArray & /*params*/) {
        return method == u"eth_chainId"       ? QJsonObject{{u"result"_s, u"0x14a34"_s}}
            : method == u"eth_blockNumber"    ? QJsonObject{{u"result"_s, u"0x989680"_s}}
            : method == u"eth_newBlockFilter" ? QJsonObject{{u"result"_s, u"0x1"_s}}
                                              : QJsonObject{{u"result"_s, QJsonArray()}};
    });
    find<QLineEdit>("envRpc")->setText(proxy.url().toString());
    find<QPushButton>("envRpcSet")->click();
    find<QPushButton>("envCheck")->click();
    EXPECT_FALSE(find<QPushButton>("envCheck")->isEnabled());
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return find<QPushButton>("envCheck")->isEnabled(); }, 10'000));
    shoot(u"env-checked"_s);
    EXPECT_TRUE(everything().contains(u"serves chain 84532, and the network is chain 8453"));
    EXPECT_FALSE(everything().contains(u"SECRETKEY123"));
}

TEST_F(EnvPageTest, AsksForAFileAndForgetsIt)
{
    QSignalSpy wanted(&page, &EnvPage::fileWanted);
    page.clear();
    EXPECT_EQ(page.findChild<EnvTableModel *>()->rowCount(), 0);
    page.setFiles({u".env"_s, u".env.broker"_s});
    ASSERT_EQ(wanted.count(), 1);
    EXPECT_EQ(wanted.at(0).at(0).toString(), u".env"_s);
    page.load(u".env"_s, u"on prover1"_s, "SEGMENT_SIZE=21\n");
    find<QLineEdit>("envRpc")->setText(u"https://base.example/x"_s);
    find<QPushButton>("envRpcSet")->click();
    QSignalSpy saved(&page, &EnvPage::saveWanted);
    find<QPushButton>("envSave")->click();
    find<QMessageBox>("envQuestion")->findChild<QPushButton *>(u"envConfirm"_s)->click();
    EXPECT_EQ(saved.at(0).at(1).toByteArray(),
              "SEGMENT_SIZE=21\nPROVER_RPC_URL=https://base.example/x\n");
}

} // namespace
} // namespace proverdeck::ui
