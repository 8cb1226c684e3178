// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/Relay.h"
#include "ssh/ShellFixture.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;
using testing::Relay;

struct Trouble
{
    const char *name;
    Relay::Fault fault;
};

/// A server that behaves until a certain byte of its side of a login.
class BrokenLoginTest : public ServerTest, public ::testing::WithParamInterface<Trouble>
{
protected:
    struct Client
    {
        std::unique_ptr<Relay> relay;
        std::unique_ptr<Listener> listener;
        qint64 bytes = 0;
        [[nodiscard]] bool isDone() const
        {
            return listener->failure.has_value() || listener->lost > 0;
        }
    };

    /// How much the server says until somebody is logged in and has run a command.
    [[nodiscard]] qint64 measure()
    {
        Relay relay(server.port());
        server.writeConfig({u"Port %1"_s.arg(relay.port())});
        {
            const auto client = connected();
            EXPECT_TRUE(client->run("echo x").isOk());
        }
        server.write(u"known_hosts"_s, "* " + server.hostKey(u"ed25519"_s) + '\n');
        return relay.passed();
    }
    [[nodiscard]] Client client(qint64 bytes) const
    {
        Client one;
        one.bytes = bytes;
        one.relay = std::make_unique<Relay>(server.port());
        one.relay->setFault(GetParam().fault, bytes);
        const QString config = u"config-%1"_s.arg(bytes);
        server.write(config,
                     server.section(u"loop"_s,
                                    {u"Port %1"_s.arg(one.relay->port()),
                                     u"ServerAliveInterval 1"_s, u"ConnectTimeout 2"_s}));
        one.listener = std::make_unique<Listener>(
            HostTarget{.host = u"loop"_s, .sshConfigFile = server.path(config)});
        return one;
    }
};

TEST_P(BrokenLoginTest, EndsInTimeWhereverItHappens)
{
    const qint64 all = measure();
    ASSERT_GT(all, 2000);
    std::vector<Client> clients;
    for (const qint64 bytes :
         {0,    1,    4,    20,   39,   40,   41,   45,   46,   60,   300,  800, 1000,
          1100, 1130, 1200, 1300, 1400, 1500, 1560, 1600, 1700, 1800, 1900, 2000}) {
        clients.push_back(client(bytes));
    }
    for (qint64 bytes = 2050; bytes < all; bytes += 60) {
        clients.push_back(client(bytes));
    }
    QElapsedTimer elapsed;
    elapsed.start();
    for (Client &one : clients) {
        one.listener->shell.open();
    }
    EXPECT_TRUE(QTest::qWaitFor(
        [&clients] {
            return std::ranges::all_of(clients, [](const Client &one) { return one.isDone(); });
        },
        45'000));
    EXPECT_LT(elapsed.elapsed(), 36'000);
    for (const Client &one : clients) {
        EXPECT_TRUE(one.isDone()) << GetParam().name << " after " << one.bytes << " bytes";
        if (const std::optional<Error> &error = one.listener->failure) {
            EXPECT_FALSE(error->detail.isEmpty());
            EXPECT_NE(error->code, ErrorCode::Cancelled);
        }
        EXPECT_TRUE(one.listener->secrets.isEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Troubles, BrokenLoginTest,
                         ::testing::Values(Trouble{"Stalls", Relay::Fault::Stall},
                                           Trouble{"Garbles", Relay::Fault::Garble},
                                           Trouble{"Closes", Relay::Fault::Close}),
                         [](const auto &trouble) { return std::string(trouble.param.name); });

} // namespace
} // namespace proverdeck::ssh
