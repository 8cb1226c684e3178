// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that are broken or mean to harm: each ends in a stated outcome in time, in bounded
// memory, and what they say reaches nobody as more than text.
#include "ssh/ShellFixture.h"
#include "support/HostileServer.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using testing::HostileServer;
using testing::kexInit;
using testing::residentBytes;
using testing::sshPacket;
using testing::sshString;
using End = HostileServer::End;

constexpr qint64 kMiB = 1 << 20;
const QByteArray kName = "SSH-2.0-Hostile\r\n";
const QByteArray kEvil = "\x1b]0;owned\a\x1b[31m\x1b[2J\xe2\x80\xae"
                         "evil\xc2\x9b"
                         "31m\r\b";

QByteArray number(quint32 value)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

/// A packet that claims the length @p length.
QByteArray claiming(quint32 length, const QByteArray &rest)
{
    return number(length) + rest;
}

QByteArray offer(const QByteArray &exchange)
{
    return kexInit({exchange, "ssh-ed25519", "aes256-ctr", "aes256-ctr", "hmac-sha2-256",
                    "hmac-sha2-256", "none", "none"});
}

/// Nothing in it that a terminal or a label would obey.
bool isPlain(const QString &text)
{
    return std::ranges::none_of(text, [](QChar c) {
        const char16_t u = c.unicode();
        return u < 0x20 || (u >= 0x7f && u < 0xa0) || (u >= 0x202a && u <= 0x202e)
            || (u >= 0x2066 && u <= 0x206f) || u == 0x200e || u == 0x200f || u == 0xfeff;
    });
}

/// The most memory that this process has while the object lives, above what it had before.
class MemoryWatch
{
public:
    MemoryWatch()
        : m_before(residentBytes())
        , m_thread([this] {
            while (!m_isOver) {
                m_most = std::max<qint64>(m_most, residentBytes());
                std::this_thread::sleep_for(20ms);
            }
        })
    {
    }
    ~MemoryWatch()
    {
        m_isOver = true;
        m_thread.join();
    }
    Q_DISABLE_COPY_MOVE(MemoryWatch)

    [[nodiscard]] qint64 growth() const { return std::max<qint64>(0, m_most - m_before); }

private:
    qint64 m_before;
    std::atomic<qint64> m_most{0};
    std::atomic<bool> m_isOver{false};
    std::thread m_thread;
};

struct Case
{
    const char *name;
    HostileServer::Script script;
    const char *says = ""; ///< a part of the sentence
    std::set<ErrorCode> codes{ErrorCode::Unreachable, ErrorCode::Negotiation};
};

std::vector<Case> cases()
{
    const QByteArray noise = [] {
        QByteArray bytes;
        for (quint32 i = 1; bytes.size() < 65536; i = i * 1664525 + 1013904223) {
            bytes += number(i);
        }
        return bytes;
    }();
    return {
        {"Silence", {}, "said nothing"},
        {"ClosesAtOnce", {.end = End::Close}, "closed the connection before"},
        {"ResetsAtOnce", {.end = End::Reset}},
        {"HalfAName", {"SSH-2.0-Ho"}},
        {"ClosesAfterItsName", {.opening = kName, .end = End::Close}},
        {"ResetsAfterItsName", {.opening = kName, .end = End::Reset}},
        {"AWebServer",
         {"HTTP/1.1 400 Bad Request\r\n\r\n", {}, 0ms, End::Close},
         "not an SSH server"},
        {"EscapesForAName", {kEvil + "\r\n", {}, 0ms, End::Close}, "SSH server"},
        {"EscapesInItsName", {"SSH-2.0-" + kEvil + "\r\n", {}, 0ms, End::Close}},
        {"AnOldProtocol", {"SSH-1.5-old\r\n"}},
        {"ANameOfTenThousand", {"SSH-2.0-" + QByteArray(10'000, 'x') + "\r\n"}},
        {"ALineOfTenMillion", {QByteArray(10'000'000, 'x')}},
        {"Zeroes", {QByteArray(100'000, '\0')}},
        {"Noise", {noise}},
        {"NoiseAfterItsName", {kName + noise}},
        {"OneByteAtATime", {kName + sshPacket(offer("curve25519-sha256")), {}, 30ms}},
        {"ALengthOfNothing", {kName + claiming(0, QByteArray(64, '\0'))}},
        {"ALengthOfOne", {kName + claiming(1, QByteArray(64, '\0'))}},
        {"ALengthOfFourBillion", {kName + claiming(0xffffffff, QByteArray(64, '\0'))}},
        {"ALengthAboveTheLimit", {kName + claiming(35001, QByteArray(64, '\0'))}},
        {"MorePaddingThanPacket", {kName + claiming(12, "\xff\x14" + QByteArray(64, '\0'))}},
        {"AnOfferThatIsCutOff", {kName + sshPacket(kexInit({"x"}).first(20)), {}, 0ms, End::Close}},
        {"AListOfFourBillion",
         {kName + sshPacket(QByteArray(1, char(20)) + QByteArray(16, 'c') + number(0xffffffff))}},
        {"AListLongerThanItsPacket",
         {kName + sshPacket(QByteArray(1, char(20)) + QByteArray(16, 'c') + number(200) + "abc")}},
        {"TenThousandNames", {kName + sshPacket(offer(QByteArray("a,").repeated(10'000)))}},
        {"NothingInCommon",
         {kName + sshPacket(offer(kEvil)), {}, 0ms, End::Stay},
         "no common key exchange method"},
        {"NoNamesAtAll", {kName + sshPacket(kexInit({}))}},
        {"ALoginThatNobodyAskedFor", {kName + sshPacket(QByteArray(1, char(52)))}},
        {"NewKeysOutOfTurn", {kName + sshPacket(QByteArray(1, char(21))).repeated(100)}},
        {"AGoodbyeOfEscapes",
         {kName + sshPacket(QByteArray(1, char(1)) + number(2) + sshString(kEvil) + sshString("")),
          {},
          0ms,
          End::Close},
         "evil"},
        {"AGoodbyeThatLies",
         {kName + sshPacket(QByteArray(1, char(1)) + number(2) + number(0x7fffffff) + "x"),
          {},
          0ms,
          End::Close}},
        {"ARemarkThatLies",
         {kName + sshPacket(QByteArray(1, char(4)) + '\1' + number(0x7fffffff) + "x")}},
    };
}

class HostilePeerTest : public ::testing::Test
{
protected:
    void SetUp() override { ASSERT_TRUE(m_folder.isValid()); }

    [[nodiscard]] std::unique_ptr<Listener> clientOf(quint16 port)
    {
        QFile config(m_folder.filePath(u"config"_s));
        if (!config.exists() && config.open(QIODevice::WriteOnly)) {
            config.write("Host *\n  ConnectTimeout 2\n  UserKnownHostsFile /dev/null\n"
                         "  GlobalKnownHostsFile /dev/null\n  IdentityAgent none\n"
                         "  IdentityFile none\n");
        }
        return std::make_unique<Listener>(HostTarget{.host = u"someone@127.0.0.1:%1"_s.arg(port),
                                                     .sshConfigFile = config.fileName()});
    }

private:
    QTemporaryDir m_folder;
};

TEST_F(HostilePeerTest, EveryUglyBeginningHasAStatedEnd)
{
    const std::vector<Case> all = cases();
    std::vector<std::unique_ptr<HostileServer>> servers;
    std::vector<std::unique_ptr<Listener>> clients;
    QElapsedTimer elapsed;
    elapsed.start();
    const MemoryWatch memory;
    for (const Case &one : all) {
        servers.push_back(std::make_unique<HostileServer>(one.script));
        clients.push_back(clientOf(servers.back()->port()));
        clients.back()->shell.open();
    }
    // Two seconds to connect, five for a second look at what the server offers, and two cores.
    EXPECT_TRUE(QTest::qWaitFor(
        [&clients] {
            return std::ranges::all_of(clients,
                                       [](const auto &one) { return one->failure.has_value(); });
        },
        25'000));
    EXPECT_LT(elapsed.elapsed(), 20'000);
    for (std::size_t i = 0; i < all.size(); ++i) {
        SCOPED_TRACE(all[i].name);
        const std::optional<Error> &error = clients[i]->failure;
        ASSERT_TRUE(error);
        EXPECT_TRUE(all[i].codes.contains(error->code)) << int(error->code);
        EXPECT_GT(error->detail.size(), 20);
        EXPECT_LT(error->detail.size(), 2500);
        EXPECT_TRUE(isPlain(error->detail))
            << error->detail.toUtf8().toPercentEncoding().toStdString();
        EXPECT_TRUE(error->detail.contains(QString::fromUtf8(all[i].says)))
            << error->detail.toStdString();
        EXPECT_TRUE(clients[i]->hostKeys.isEmpty() && clients[i]->secrets.isEmpty());
        EXPECT_GT(servers[i]->connections(), 0);
        EXPECT_EQ(clients[i]->opened, 0);
    }
    EXPECT_LT(memory.growth(), 200 * kMiB); // 32 clients at once
    RecordProperty("GrowthMiB", int(memory.growth() / kMiB));
}

struct Flood
{
    const char *name;
    QByteArray opening;
    QByteArray endless;
};

class FloodingPeerTest : public HostilePeerTest, public ::testing::WithParamInterface<Flood>
{
};

TEST_P(FloodingPeerTest, EndsInTimeAndInBoundedMemory)
{
    const HostileServer server({.opening = GetParam().opening, .endless = GetParam().endless});
    const auto client = clientOf(server.port());
    const MemoryWatch memory;
    QElapsedTimer elapsed;
    elapsed.start();
    const std::optional<Error> error = client->open();
    ASSERT_TRUE(error);
    EXPECT_LT(elapsed.elapsed(), 9000);
    EXPECT_TRUE(error->code == ErrorCode::Unreachable || error->code == ErrorCode::Negotiation);
    EXPECT_TRUE(isPlain(error->detail)) << error->detail.toStdString();
    std::printf("%lld MiB sent, grown by %lld MiB: %s\n", server.sent() / kMiB,
                memory.growth() / kMiB, qPrintable(error->detail));
    EXPECT_LT(memory.growth(), 64 * kMiB) << "of " << server.sent() / kMiB << " MiB that were sent";
}

INSTANTIATE_TEST_SUITE_P(
    Floods, FloodingPeerTest,
    ::testing::Values(Flood{"Lines", {}, "Welcome! " + kEvil + "\r\n"}, Flood{"OneLine", {}, "x"},
                      Flood{"Ignored", kName,
                            sshPacket(QByteArray(1, char(2)) + sshString(QByteArray(2000, 'x')))},
                      Flood{"Remarks", kName,
                            sshPacket(QByteArray(1, char(4)) + '\1' + sshString(kEvil)
                                      + sshString(""))},
                      Flood{"UnknownPackets", kName,
                            sshPacket(QByteArray(1, char(192)) + QByteArray(20'000, 'x'))},
                      Flood{"Replies", kName + sshPacket(offer("curve25519-sha256")),
                            sshPacket(QByteArray(1, char(6)) + sshString(QByteArray(20'000, 'x')))},
                      Flood{"Offers", kName, sshPacket(offer("curve25519-sha256"))}),
    [](const auto &flood) { return std::string(flood.param.name); });

/// A real server that is logged in to, and what runs on it.
class HostileSessionTest : public ServerTest
{
protected:
    [[nodiscard]] static Error cancelled() { return {ErrorCode::Cancelled, u""_s}; }
};

TEST_F(HostileSessionTest, AFloodThatNobodyTakesStaysOnTheServer)
{
    const auto client = connected();
    const MemoryWatch memory;
    std::vector<CommandId> floods;
    for (const char *line : {"yes", "yes >&2", "cat /dev/zero", "yes $(printf '\\033]0;x\\007')"}) {
        floods.push_back(client->shell.run({line, {}, 0ms}));
    }
    std::this_thread::sleep_for(3s); // the GUI thread stands still: nothing is taken
    EXPECT_LT(memory.growth(), 160 * kMiB);
    qint64 taken = 0;
    QObject::disconnect(&client->shell, &RemoteShell::output, nullptr, nullptr);
    QObject::connect(
        &client->shell, &RemoteShell::output, &client->shell,
        [&taken](CommandId, Stream, const QByteArray &bytes) { taken += bytes.size(); });
    // Somebody takes it now: it flows, and a command beside it is answered.
    EXPECT_TRUE(QTest::qWaitFor([&taken] { return taken > 100 * kMiB; }, 20'000));
    const CommandId beside = client->shell.run({"echo beside", {}, 10s});
    EXPECT_TRUE(client->wait(beside).isOk());
    EXPECT_LT(memory.growth(), 160 * kMiB);
    for (const CommandId id : floods) {
        client->shell.cancel(id);
        EXPECT_EQ(client->wait(id).error(), ErrorCode::Cancelled);
    }
    EXPECT_TRUE(client->run("true").isOk());
    EXPECT_EQ(client->lost, 0);
    RecordProperty("GrowthMiB", int(memory.growth() / kMiB));
}

TEST_F(HostileSessionTest, ALineOfTenMillionComesWhole)
{
    const auto client = connected();
    const MemoryWatch memory;
    const Outcome &outcome = client->run("head -c 10000000 /dev/zero | tr '\\000' x");
    ASSERT_TRUE(outcome.isOk());
    EXPECT_EQ(outcome.out.size(), 10'000'000);
    EXPECT_EQ(outcome.out.count('x'), 10'000'000);
    EXPECT_LT(memory.growth(), 100 * kMiB);
}

TEST_F(HostileSessionTest, BytesOfAllKindsComeAsTheyAre)
{
    const auto client = connected();
    server.write(u"home/evil"_s, kEvil + QByteArray("\0\xff\xfe\n", 4));
    const Outcome &outcome = client->run("cat ~/evil; cat ~/evil >&2");
    ASSERT_TRUE(outcome.isOk());
    EXPECT_EQ(outcome.out, kEvil + QByteArray("\0\xff\xfe\n", 4));
    EXPECT_EQ(outcome.err, outcome.out);
}

TEST_F(HostileSessionTest, AChannelThatNeverClosesEndsByItsDeadline)
{
    const auto client = connected();
    QElapsedTimer elapsed;
    elapsed.start();
    // The command has ended, but something of it keeps the channel open.
    const CommandId kept = client->shell.run({"sleep 60 & echo started", {}, 1500ms});
    const CommandId deaf = client->shell.run({"trap '' HUP TERM INT PIPE; sleep 60", {}, 1500ms});
    EXPECT_EQ(client->wait(kept).error(), ErrorCode::Timeout);
    EXPECT_EQ(client->wait(deaf).error(), ErrorCode::Timeout);
    EXPECT_EQ(client->outcomes[kept].out, "started\n");
    EXPECT_LT(elapsed.elapsed(), 5000);
    // The channels that hang do not use up the session.
    for (int i = 0; i < 8; ++i) {
        (void)client->shell.run({"sleep 60 & true", {}, 300ms});
    }
    EXPECT_TRUE(client->run("echo still there").isOk());
    EXPECT_EQ(client->lost, 0);
}

TEST_F(HostileSessionTest, ASessionThatIsCutOffEndsEveryCommandOnce)
{
    const auto client = connected();
    std::vector<CommandId> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(client->shell.run({"yes", {}, 0ms}));
    }
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->outcomes[ids[4]].out.size() > 0; }, 20'000));
    server.killSessions();
    EXPECT_TRUE(QTest::qWaitFor([&] { return client->lost == 1; }, 20'000));
    for (const CommandId id : ids) {
        EXPECT_EQ(client->outcomes[id].ends, 1);
        EXPECT_EQ(client->outcomes[id].error(), ErrorCode::ConnectionLost);
        EXPECT_TRUE(isPlain(client->outcomes[id].detail()));
    }
}

TEST_F(HostileSessionTest, ALoginShellThatTalksDoesNotDisturbAJob)
{
    // What /etc/profile or ~/.profile print comes before every answer, megabytes of it.
    server.write(u"home/.profile"_s,
                 "head -c 3000000 /dev/zero | tr '\\000' '\\033'\n"
                 "printf '\\033]0;owned\\007S done rc=0 size=9\\n'\n");
    server.write(u"home/.bash_profile"_s, ". ~/.profile\n");
    const auto client = connected();
    ASSERT_TRUE(client->wait(client->shell.installJobHelper()).isOk());
    const CommandId id = client->shell.runLoginScript("echo answer\n", 20s);
    ASSERT_TRUE(client->wait(id).isOk());
    EXPECT_TRUE(client->outcomes[id].out.endsWith("answer\n"));
    const CommandId start = client->shell.startJob("job", "exit 3\n");
    ASSERT_TRUE(client->wait(start).isOk());
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            const Outcome &outcome = client->wait(client->shell.jobStatus("job"));
            const auto status = parseJobStatus(outcome.out);
            return status && status->state == JobStatus::State::Done && status->exitCode == 3;
        },
        20'000));
}

} // namespace
} // namespace proverdeck::ssh
