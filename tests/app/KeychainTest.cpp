// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/KeychainSecretStore.h"
#include "app/KeychainState.h"
#include "support/Canaries.h"
#include "support/Child.h"
#include "support/PrivateKeychain.h"
#include "support/Test.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusObjectPath>
#include <QDBusVirtualObject>
#include <QDir>
#include <QDirIterator>
#include <QEventLoop>
#include <QFile>

#include <cstdio>

namespace proverdeck::app {
namespace {

using namespace Qt::StringLiterals;
using testing::PrivateKeychain;
using Kind = PrivateKeychain::Kind;

/// Owns the name of the keychain and never answers.
class Mute : public QDBusVirtualObject
{
public:
    [[nodiscard]] QString introspect(const QString & /*path*/) const override { return {}; }
    bool handleMessage(const QDBusMessage &message, const QDBusConnection & /*bus*/) override
    {
        message.setDelayedReply(true);
        return true;
    }
};

void lockEverything()
{
    QDBusMessage message = QDBusMessage::createMethodCall(
        u"org.freedesktop.secrets"_s, u"/org/freedesktop/secrets"_s,
        u"org.freedesktop.Secret.Service"_s, u"Lock"_s);
    message << QVariant::fromValue(
        QList<QDBusObjectPath>{QDBusObjectPath(u"/org/freedesktop/secrets/collection/login"_s)});
    const QDBusMessage reply = QDBusConnection::sessionBus().call(message);
    testing::tellTest("locked " + reply.errorMessage().toUtf8());
}

/// Commands from standard input, one a line: "keep KEY SECRET", "find KEY", "forget KEY", "lock",
/// "mute", "state". One answer line for each.
int keychainProgram(const QStringList &arguments)
{
    qDBusRegisterMetaType<QList<QDBusObjectPath>>();
    const std::chrono::milliseconds limit(arguments.value(0, u"20000"_s).toInt());
    KeychainSecretStore store(u"proverdeck-test"_s, limit);
    Mute mute;
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly)) {
        return 1;
    }
    const QList<QByteArray> commands = input.readAll().split('\n');
    for (const QByteArray &line : commands) {
        const QStringList words = QString::fromUtf8(line).split(u' ');
        const QString &what = words.first();
        QEventLoop loop;
        bool answered = false;
        const auto tell = [&](const QByteArray &answer) {
            testing::tellTest(answer);
            answered = true;
            loop.quit();
        };
        const auto done = [&](const QString &problem) { tell("done|" + problem.toUtf8()); };
        if (what == u"keep") {
            store.keep(words.at(1), words.mid(2).join(u' '), done);
        } else if (what == u"find") {
            store.find(words.at(1), [&](const std::optional<QString> &secret, const QString &why) {
                tell("found|" + secret.value_or(u"-"_s).toUtf8() + '|' + why.toUtf8());
            });
        } else if (what == u"forget") {
            store.forget(words.at(1), done);
        } else if (what == u"state") {
            askKeychainState(&store, [&](KeychainState state) {
                tell("state|" + keychainSentence(state).toUtf8());
            });
        } else if (what == u"lock") {
            lockEverything();
            continue;
        } else if (what == u"mute") {
            QDBusConnection bus
                = QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"mute"_s);
            testing::tellTest(
                bus.registerService(u"org.freedesktop.secrets"_s)
                        && bus.registerVirtualObject(u"/"_s, &mute, QDBusConnection::SubPath)
                    ? "muted"
                    : "not muted");
            continue;
        } else {
            continue;
        }
        if (answered) {
            testing::tellTest("answered at once, not by the event loop");
            return 1;
        }
        loop.exec();
    }
    return 0;
}

const testing::ChildProgram program("keychain", keychainProgram);

class KeychainTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        if (const QString missing = PrivateKeychain::missing(); !missing.isEmpty()) {
            GTEST_SKIP() << missing.toStdString();
        }
    }

    QList<QByteArray> ask(Kind kind, const QByteArray &commands, const QString &limit = u"20000"_s)
    {
        PrivateKeychain keychain(kind);
        const auto lines = keychain.run(u"keychain"_s, {limit}, commands);
        searchFor(keychain.home());
        return lines.value_or(QList<QByteArray>());
    }

    /// Nothing that the panel or the keyring wrote may hold the secret in plain text.
    void searchFor(const QString &folder)
    {
        QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly)) {
                EXPECT_FALSE(file.readAll().contains(secret)) << file.fileName().toStdString();
            }
        }
    }

    const QByteArray secret = testing::canary("keychain password");
    const QByteArray keep = "keep passphrase-of-key " + secret + '\n';
    const QByteArray find = "find passphrase-of-key\n";
    const QByteArray forget = "forget passphrase-of-key\n";
};

TEST_F(KeychainTest, KeepsFindsAndForgets)
{
    const QList<QByteArray> expected{"found|-|", "done|", "found|" + secret + '|', "done|",
                                     "found|-|"};
    EXPECT_EQ(ask(Kind::Unlocked, find + keep + find + forget + find), expected);
}

TEST_F(KeychainTest, KeepsAnyText)
{
    const QByteArray text = "p\xc3\xa4ss 'quoted\" \\ $HOME \xe6\xbc\xa2 ";
    const QList<QByteArray> expected{"done|", "found|" + text + '|'};
    EXPECT_EQ(ask(Kind::Unlocked, "keep a " + text + "\nfind a\n"), expected);
}

TEST_F(KeychainTest, ReplacesWhatItHas)
{
    const QList<QByteArray> expected{"done|", "done|", "found|two|"};
    EXPECT_EQ(ask(Kind::Unlocked, "keep a one\nkeep a two\nfind a\n"), expected);
}

TEST_F(KeychainTest, SaysThatItIsLocked)
{
    const QList<QByteArray> lines
        = ask(Kind::Unlocked, keep + "lock\n" + find + "keep b two\n" + forget + "find b\n");
    ASSERT_EQ(lines.size(), 6);
    EXPECT_EQ(lines.at(0), "done|");
    EXPECT_EQ(lines.at(1), "locked ");
    const QByteArray locked = keychainSentence(KeychainState::Locked).toUtf8();
    EXPECT_EQ(lines.at(2), "found|-|" + locked);
    EXPECT_EQ(lines.at(3), "done|" + locked);
    EXPECT_TRUE(lines.at(4).startsWith("done|It is not known whether it is gone."))
        << lines.at(4).toStdString();
    EXPECT_EQ(lines.at(5), "found|-|" + locked);
}

TEST_F(KeychainTest, SaysThatThereIsNoBus)
{
    const QByteArray why = keychainSentence(KeychainState::NoBus).toUtf8();
    const QList<QByteArray> expected{"found|-|" + why, "done|" + why, "done|" + why,
                                     "state|" + why};
    EXPECT_EQ(ask(Kind::NoBus, find + keep + forget + "state\n"), expected);
}

TEST_F(KeychainTest, SaysThatThereIsNoService)
{
    const QByteArray why = keychainSentence(KeychainState::NoService).toUtf8();
    const QList<QByteArray> expected{"found|-|" + why, "done|" + why, "state|" + why};
    EXPECT_EQ(ask(Kind::NoService, find + keep + "state\n"), expected);
}

TEST_F(KeychainTest, SaysThatThereIsNoCollection)
{
    const QByteArray why = keychainSentence(KeychainState::NoCollection).toUtf8();
    const QList<QByteArray> lines = ask(Kind::NoCollection, find + keep + "state\n");
    ASSERT_EQ(lines.size(), 3);
    EXPECT_EQ(lines.at(0), "found|-|" + why);
    EXPECT_EQ(lines.at(1), "done|" + why);
    EXPECT_EQ(lines.at(2), "state|" + why);
}

TEST_F(KeychainTest, SaysThatItIsRefused)
{
    const QByteArray why = keychainSentence(KeychainState::Refused).toUtf8();
    const QList<QByteArray> expected{"found|-|" + why, "done|" + why,
                                     "done|It is not known whether it is gone. " + why,
                                     "state|" + why};
    EXPECT_EQ(ask(Kind::Refusing, find + keep + forget + "state\n"), expected);
}

TEST_F(KeychainTest, DoesNotWaitForeverForOneThatSaysNothing)
{
    const QByteArray why = keychainSentence(KeychainState::Silent).toUtf8();
    const QList<QByteArray> expected{"muted", "found|-|" + why, "found|-|" + why, "done|" + why};
    EXPECT_EQ(ask(Kind::NoService, "mute\n" + find + find + keep, u"400"_s), expected);
}

TEST(KeychainStateTest, EachStateHasASentence)
{
    for (const KeychainState state :
         {KeychainState::NoBus, KeychainState::NoService, KeychainState::NoLibrary,
          KeychainState::NoCollection, KeychainState::Locked, KeychainState::Refused,
          KeychainState::Silent, KeychainState::Other}) {
        const QString sentence = keychainSentence(state);
        EXPECT_TRUE(sentence.contains(u"asked each time"_s)) << sentence.toStdString();
    }
    EXPECT_EQ(keychainSentence(KeychainState::Open), QString());
}

} // namespace
} // namespace proverdeck::app
