// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/ShellFixture.h"

#include <QTest>

namespace proverdeck::ssh {

Listener::Listener(const HostTarget &target, std::shared_ptr<SystemWatch> watch)
    : shell(target, nullptr, std::move(watch))
{
    QObject::connect(&shell, &RemoteShell::opened, &shell, [this] { ++opened; });
    QObject::connect(&shell, &RemoteShell::openFailed, &shell,
                     [this](const Error &error) { failure = error; });
    QObject::connect(&shell, &RemoteShell::connectionLost, &shell, [this] { ++lost; });
    QObject::connect(&shell, &RemoteShell::hostKeyAsked, &shell,
                     [this](const HostKeyQuestion &question) {
                         hostKeys << question;
                         shell.answerHostKey(trust);
                     });
    QObject::connect(&shell, &RemoteShell::secretAsked, &shell,
                     [this](const SecretQuestion &question) {
                         secrets << question;
                         shell.answerSecret(answers.isEmpty() ? std::nullopt
                                                              : std::optional(answers.takeFirst()));
                     });
    QObject::connect(&shell, &RemoteShell::output, &shell,
                     [this](CommandId id, Stream stream, const QByteArray &bytes) {
                         Outcome &outcome = outcomes[id];
                         EXPECT_EQ(outcome.ends, 0) << "output after the end";
                         (stream == Stream::Stdout ? outcome.out : outcome.err) += bytes;
                     });
    QObject::connect(&shell, &RemoteShell::finished, &shell,
                     [this](CommandId id, const Result<ExitStatus> &result) {
                         ++outcomes[id].ends;
                         outcomes[id].result = result;
                     });
}

std::optional<Error> Listener::open()
{
    failure.reset();
    const int before = opened;
    shell.open();
    EXPECT_TRUE(QTest::qWaitFor([&] { return failure || opened > before; }, 30'000));
    return failure;
}

const Outcome &Listener::wait(CommandId id, std::chrono::milliseconds limit)
{
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return outcomes[id].ends > 0; }, static_cast<int>(limit.count())));
    return outcomes[id];
}

const Outcome &Listener::run(const QByteArray &line, const QByteArray &input)
{
    return wait(shell.run({line, input}));
}

void ServerTest::SetUp()
{
    if (!server.start()) {
        GTEST_SKIP() << server.whyNot().toStdString();
    }
}

HostTarget ServerTest::target() const
{
    return {.host = server.host(), .sshConfigFile = server.configFile()};
}

std::unique_ptr<Listener> ServerTest::connected() const
{
    auto listener = std::make_unique<Listener>(target());
    if (const std::optional<Error> error = listener->open()) {
        ADD_FAILURE() << error->detail.toStdString();
    }
    return listener;
}

} // namespace proverdeck::ssh
