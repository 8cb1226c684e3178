// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ShellFixture.h"
#include "ssh/SystemWatch.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <memory>
#include <vector>

namespace proverdeck::ssh {
namespace {

using namespace std::chrono_literals;

class ManyHostsTest : public ServerTest
{
};

/// tests/bench/ManyHostsBench measures how fluid it stays; this shows that it is right.
TEST_F(ManyHostsTest, TwentyServersStreamTheirLogsAndEnd)
{
    constexpr int kHosts = 20;
    const auto watch = std::make_shared<SystemWatch>();
    std::vector<std::unique_ptr<Listener>> clients;
    for (int i = 0; i < kHosts; ++i) {
        clients.push_back(std::make_unique<Listener>(target(), watch));
        clients.back()->shell.open();
    }
    const auto all = [&clients](auto condition) {
        return QTest::qWaitFor(
            [&] {
                return std::ranges::all_of(clients,
                                           [&](const auto &one) { return condition(*one); });
            },
            60'000);
    };
    if (!all([](const Listener &one) { return one.opened == 1; })) {
        GTEST_SKIP() << "this machine is too busy for twenty logins at once";
    }

    qint64 longest = 0;
    QElapsedTimer last;
    QTimer pulse;
    QObject::connect(&pulse, &QTimer::timeout, &pulse,
                     [&] { longest = qMax(longest, last.restart()); });
    last.start();
    pulse.start(5ms);
    std::vector<CommandId> ids;
    for (int i = 0; i < kHosts; ++i) {
        const QByteArray host = QByteArray::number(i);
        const QByteArray line = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo \"host " + host
            + " line $i\"; done; echo 'last words' >&2; exit " + host;
        ids.push_back(clients[size_t(i)]->shell.run({line, {}, 0ms}));
    }
    EXPECT_TRUE(all([&](Listener &one) {
        return !one.outcomes.empty() && one.outcomes.begin()->second.ends == 1;
    }));
    RecordProperty("longest_wait_ms", static_cast<int>(longest));
    EXPECT_LT(longest, 2000); // on a machine that does other things as well
    for (int i = 0; i < kHosts; ++i) {
        const Outcome &outcome = clients[size_t(i)]->outcomes[ids[size_t(i)]];
        ASSERT_TRUE(outcome.result) << outcome.detail().toStdString();
        EXPECT_EQ(outcome.result->code, i);
        EXPECT_EQ(outcome.err, "last words\n");
        const QByteArray host = QByteArray::number(i);
        EXPECT_TRUE(outcome.out.startsWith(
            QByteArray("host " + host + " line 1\nhost " + host + " line 2\n")));
        EXPECT_TRUE(outcome.out.endsWith(QByteArray("host " + host + " line 3000\n")));
        EXPECT_EQ(outcome.out.count('\n'), 3000);
    }
}

} // namespace
} // namespace proverdeck::ssh
