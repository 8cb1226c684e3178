// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/StakeTransfer.h"

#include <QObject>
#include <QTimer>

#include <memory>

namespace proverdeck::app {

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
    [[nodiscard]] bool isCarriedOut() const;
    void end(int code);
    void say(const QString &line);

    StakeRequest m_request;
    std::unique_ptr<models::boundless::StakeWatch> m_watch;
    std::unique_ptr<StakeTransfer> m_transfer;
    QTimer m_timeout;
    QString m_said;
    bool m_isOver = false;
};

} // namespace proverdeck::app
