// SPDX-License-Identifier: GPL-3.0-or-later
// What reaches the terminal of somebody whose server, log or file is not to be trusted.
#include "app/Terminal.h"
#include "support/LoopbackSshd.h"
#include "support/Test.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <algorithm>

namespace proverdeck::app {
namespace {

const QByteArray kEvil = "\x1b]0;owned\a\x1b[31m\x1b[2J\xe2\x80\xae"
                         "evil\xc2\x9b"
                         "31m\b\r\x1bP$q\x1b\\ tail";

/// Nothing in it that a terminal would obey.
bool isPlain(const QByteArray &bytes)
{
    const QString text = QString::fromUtf8(bytes);
    return std::ranges::none_of(text, [](QChar c) {
        const char16_t u = c.unicode();
        return (u < 0x20 && u != u'\n' && u != u'\t') || (u >= 0x7f && u < 0xa0)
            || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x206f) || u == 0xfeff;
    });
}

struct Answer
{
    int code = -1;
    QByteArray out;
    QByteArray err;
};

class HostileOutputTest : public ::testing::Test
{
protected:
    Answer call(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_DATA_HOME", m_folder.path() + "/data");
        environment.insert("XDG_CONFIG_HOME", m_folder.path() + "/config");
        environment.remove("QT_QPA_PLATFORM");
        process.setProcessEnvironment(environment);
        process.start(program, arguments);
        process.closeWriteChannel();
        EXPECT_TRUE(process.waitForFinished(120'000)) << arguments.join(' ').toStdString();
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                process.readAllStandardOutput(), process.readAllStandardError()};
    }
    Answer call(const QStringList &arguments)
    {
        return call(PROVERDECK_BINARY_DIR "/proverdeck", arguments);
    }
    QString write(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_folder.filePath(name));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        return file.fileName();
    }

private:
    QTemporaryDir m_folder;
};

TEST_F(HostileOutputTest, TextIsTextAndJsonSaysTheSameWithEscapes)
{
    const QJsonObject object{{"a", QString::fromUtf8(kEvil)},
                             {"b", QString::fromUtf8("ü – 漢 \xf0\x9f\x98\x80")},
                             {QString::fromUtf8("\xe2\x80\xae"), "\x7f"}};
    const QByteArray json = jsonForTerminal(object);
    EXPECT_TRUE(isPlain(json)) << json.toPercentEncoding().toStdString();
    EXPECT_EQ(QJsonDocument::fromJson(json).object(), object);
    EXPECT_TRUE(json.contains("ü – 漢 \xf0\x9f\x98\x80"));
}

TEST_F(HostileOutputTest, AnEvilLogIsAnalysedHarmlessly)
{
    const QString log
        = write("prover-\x1b[31m.log",
                "2026-11-21T10:00:00.123456Z  INFO Proved batch 1 batch=1 proving_time_ms=1000\n"
                "make: *** No rule to make target '"
                    + kEvil + "'.  Stop.\nthread 'main' panicked at " + kEvil + "\n" + kEvil);
    for (const char *format : {"text", "json", "md", "csv"}) {
        Answer answer = call({"analyse", "ethrex", log, "--format", format});
        answer.out.replace("\r\n", "\n"); // of CSV
        EXPECT_TRUE(isPlain(answer.out)) << answer.out.toPercentEncoding().toStdString();
        EXPECT_TRUE(isPlain(answer.err)) << answer.err.toPercentEncoding().toStdString();
    }
    const Answer gone = call({"analyse", "ethrex", "/nowhere/" + QString::fromUtf8(kEvil)});
    EXPECT_EQ(gone.code, 2);
    EXPECT_TRUE(isPlain(gone.err)) << gone.err.toPercentEncoding().toStdString();
}

TEST_F(HostileOutputTest, AnEvilWorkflowIsPlannedHarmlesslyAndExportedExactly)
{
    const QString file = write(
        "evil.toml",
        "[workflow]\nid = \"evil\"\ntitle = \"\\u001b[31mred\\u202e\"\n[[step]]\nid = \"s\"\n"
        "title = \"\\u001b]0;owned\\u0007\"\nrun = \"printf '\\u001b[31m'\"\n");
    const Answer text = call({"plan", "--workflow", file});
    EXPECT_EQ(text.code, 0);
    EXPECT_TRUE(isPlain(text.out + text.err)) << text.out.toPercentEncoding().toStdString();
    // A script for another program is not changed.
    EXPECT_TRUE(
        call({"plan", "--workflow", file, "--format", "sh"}).out.contains("printf '\x1b[31m'"));
}

/// A server whose login shell, and so every answer of it, says evil things first.
class EvilServerTest : public HostileOutputTest
{
protected:
    void SetUp() override
    {
        if (!server.start()) {
            GTEST_SKIP() << server.whyNot().toStdString();
        }
        server.write("home/evil", kEvil + '\n');
        server.write("home/.bash_profile", "cat \"$HOME/evil\"; cat \"$HOME/evil\" >&2\n");
        server.write("known_hosts",
                     "[127.0.0.1]:" + QByteArray::number(server.port()) + ' '
                         + server.hostKey("ed25519") + '\n');
    }
    QStringList doctor(const QString &format) const
    {
        return {"doctor", server.host(), "--ssh-config", server.configFile(), "--format", format};
    }

    testing::LoopbackSshd server;
};

TEST_F(EvilServerTest, NoneOfItsWordsReachesTheTerminalAsMoreThanText)
{
    const Answer text = call(doctor("text"));
    EXPECT_TRUE(text.code == 0 || text.code == 4) << text.err.toStdString();
    EXPECT_TRUE(isPlain(text.out)) << text.out.toPercentEncoding().toStdString();
    EXPECT_TRUE(isPlain(text.err)) << text.err.toPercentEncoding().toStdString();

    const Answer json = call(doctor("json"));
    EXPECT_TRUE(isPlain(json.out)) << json.out.toPercentEncoding().toStdString();
    EXPECT_FALSE(QJsonDocument::fromJson(json.out).object().value("checks").toArray().isEmpty());
}

TEST_F(EvilServerTest, OnATerminalOnlyTheLineOfProgressIsWiped)
{
    const QString script = QStandardPaths::findExecutable("script");
    if (script.isEmpty()) {
        GTEST_SKIP() << "there is no \"script\" to make a terminal with";
    }
    const QString command
        = '\'' + QStringLiteral(PROVERDECK_BINARY_DIR) + "/proverdeck' " + doctor("text").join(' ');
    Answer answer = call(script, {"-qec", command, "/dev/null"});
    EXPECT_TRUE(answer.out.contains("\r\x1b[K"));
    answer.out.replace("\r\x1b[K", "").replace("\r\n", "\n");
    EXPECT_TRUE(isPlain(answer.out)) << answer.out.toPercentEncoding().toStdString();
}

} // namespace
} // namespace proverdeck::app
