// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeWatch.h"
#include "models/boundless/TransferPlan.h"

#include <QObject>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTimer>

#include <functional>
#include <memory>

namespace proverdeck::app {

/// What "proverdeck stake …" was asked for.
struct StakeRequest
{
    enum class Action { Help, Balance, History, Deposit, Withdraw };
    Action action = Action::Help;
    QString help;
    QString amount; ///< deposit, withdraw
    models::boundless::StakeTarget target;
    models::evm::RpcUrl endpoint;
    std::chrono::seconds timeout{60};
    bool isJson = false;
    QStringList warnings; ///< for standard error
};

/// Where the address of the endpoint comes from. It holds a key, so not from the command line, if
/// possible.
struct StakeInput
{
    QProcessEnvironment environment;
    std::function<tl::expected<QString, QString>()> ask; ///< from the terminal or standard input
};

/// Reads the arguments after "stake". The error is a sentence; exit with 2.
[[nodiscard]] tl::expected<StakeRequest, QString> parseStake(const QStringList &arguments,
                                                             const StakeInput &input);
/// The environment, and a question on the terminal that does not show what is typed.
[[nodiscard]] StakeInput stakeInput();

/// Carries a request out. GUI thread; ends with exactly one finished(exit status).
class StakeCommand : public QObject
{
    Q_OBJECT

public:
    explicit StakeCommand(StakeRequest request, QObject *parent = nullptr);
    ~StakeCommand() override;

    void start();
    void interrupt();

signals:
    void finished(int code);

private:
    void onChanged();
    void onTimeout();
    void report(bool isComplete);
    void reportPlan();
    void end(int code);
    void say(const QString &line);

    StakeRequest m_request;
    std::unique_ptr<models::boundless::StakeWatch> m_watch;
    QTimer m_timeout;
    QString m_said;
    bool m_isOver = false;
};

} // namespace proverdeck::app
