// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerDb.h"

#include <QObject>
#include <QStringList>

#include <memory>

class QFile;
class QTimer;

namespace proverdeck::ui {

/// Reads logs and databases of a broker from files of this machine, a piece between two events
/// each, one file after another. GUI thread. Ends with done(), also if none could be read;
/// destroying or stop() end it without.
class BrokerFileReader : public QObject
{
    Q_OBJECT

public:
    explicit BrokerFileReader(QObject *parent = nullptr);
    ~BrokerFileReader() override;

    void read(const QStringList &paths);
    void stop();
    [[nodiscard]] bool isReading() const { return m_file != nullptr || !m_waiting.isEmpty(); }

signals:
    void logRead(const QString &name, const QByteArray &bytes); ///< a piece of it
    void logEnded(const QString &name);
    void databaseRead(const QString &name,
                      const proverdeck::models::boundless::DbSnapshot &snapshot);
    void problem(const QString &sentence);
    void done();

private:
    void next();
    void readPiece();

    QStringList m_waiting;
    QStringList m_names; ///< that were given to logs
    std::unique_ptr<QFile> m_file;
    QString m_name;
    QTimer *m_timer = nullptr;
};

} // namespace proverdeck::ui
