// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/BrokerFileReader.h"

#include <QFile>
#include <QFileInfo>
#include <QTimer>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 PieceSize = 512 * 1024; // some 20 ms of reading

} // namespace

BrokerFileReader::BrokerFileReader(QObject *parent)
    : QObject(parent)
    , m_timer(new QTimer(this))
{
    m_timer->setInterval(0);
    connect(m_timer, &QTimer::timeout, this, &BrokerFileReader::readPiece);
}

BrokerFileReader::~BrokerFileReader() = default;

void BrokerFileReader::read(const QStringList &paths)
{
    m_waiting += paths;
    m_timer->start();
}

void BrokerFileReader::stop()
{
    m_timer->stop();
    m_file.reset();
    m_waiting.clear();
    m_names.clear();
}

void BrokerFileReader::next()
{
    const QString path = m_waiting.takeFirst();
    auto file = std::make_unique<QFile>(path);
    if (QFileInfo(path).isDir() || !file->open(QIODevice::ReadOnly)) {
        emit problem(QFileInfo(path).isDir()
                         ? tr("%1 is a folder.").arg(path)
                         : tr("%1 cannot be read: %2.").arg(path, file->errorString()));
        return;
    }
    m_name = QFileInfo(path).fileName();
    m_name = m_names.contains(m_name) ? path : m_name; // two of the same name are two logs
    m_names << m_name;
    if (!models::boundless::looksLikeSqlite(file->peek(16))) {
        m_file = std::move(file);
        return;
    }
    const auto snapshot = models::boundless::readBrokerDb(path);
    if (snapshot) {
        emit databaseRead(m_name, *snapshot);
    } else {
        emit problem(snapshot.error());
    }
}

void BrokerFileReader::readPiece()
{
    if (m_file == nullptr) {
        if (m_waiting.isEmpty()) {
            m_timer->stop();
            emit done();
            return;
        }
        next();
        return;
    }
    const QByteArray bytes = m_file->read(PieceSize);
    const bool isFailed = m_file->error() != QFileDevice::NoError;
    const bool isEnd = m_file->atEnd() || isFailed;
    const QString why = m_file->errorString();
    if (isEnd) {
        m_file.reset();
    }
    emit logRead(m_name, bytes);
    if (isFailed) {
        emit problem(tr("%1 cannot be read to its end: %2.").arg(m_name, why));
    }
    if (isEnd) {
        emit logEnded(m_name);
    }
}

} // namespace proverdeck::ui
