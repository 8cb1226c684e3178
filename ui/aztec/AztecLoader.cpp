// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/AztecLoader.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QSaveFile>

#include <algorithm>
#include <map>

namespace proverdeck::ui {

using models::aztec::Gathering;
using models::aztec::InputFile;

namespace {

constexpr qint64 FirstLookMs = 500;
constexpr qint64 ProgressMs = 100;
constexpr qint64 LiveLookMs = 400; ///< at least between two analyses of logs that grow
constexpr qint64 LiveMostMs = 10'000;

AztecResultPtr resultOf(const std::shared_ptr<Gathering> &gathering,
                        const models::aztec::AnalysisOptions &options, bool isFinal)
{
    auto result = std::make_shared<AztecResult>();
    result->analysis = models::aztec::analyse(*gathering, options);
    const auto &book = gathering->book();
    result->ids.reserve(book.jobs().size());
    for (const auto &job : book.jobs()) {
        const std::string_view id = book.idOf(job);
        result->ids.emplace_back(id.data(), qsizetype(id.size()));
    }
    result->isFinal = isFinal;
    if (isFinal) {
        result->gathering = gathering;
    }
    return result;
}

} // namespace

/// Logs as they grow; touched by the worker only.
struct AztecLoader::Live
{
    struct Log
    {
        int index = 0;
        std::unique_ptr<QFile> copy;
    };
    QString folder;
    std::shared_ptr<Gathering> gathering = std::make_shared<Gathering>();
    std::map<QString, Log> logs; ///< by machine and source

    Log &logOf(const QString &machine, const QString &source)
    {
        const QString key = machine + u'\n' + source;
        const auto found = logs.find(key);
        if (found != logs.end()) {
            return found->second;
        }
        static const QRegularExpression odd(QStringLiteral("[^A-Za-z0-9_.-]+"));
        const QString name = source.section(u':', 1);
        const QString file = QString(name).replace(odd, QStringLiteral("_"));
        const QString place = folder + u'/' + QString(machine).replace(odd, QStringLiteral("_"));
        const QString path = place + u'/' + file + QStringLiteral(".log");
        Log &log = logs[key];
        if (QDir().mkpath(place)) {
            log.copy = std::make_unique<QFile>(path);
            if (!log.copy->open(QIODevice::WriteOnly)) {
                log.copy.reset();
            } else {
                log.copy->setPermissions(QFile::ReadOwner | QFile::WriteOwner);
            }
        }
        log.index = gathering->addLog(name, machine, log.copy ? path : QString());
        return log;
    }
};

AztecLoader::AztecLoader(QObject *parent)
    : QObject(parent)
    , m_worker(new QObject)
{
    m_look.setSingleShot(true);
    connect(&m_look, &QTimer::timeout, this, &AztecLoader::look);
    qRegisterMetaType<AztecResultPtr>();
    m_thread.setObjectName(QStringLiteral("aztec"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
}

AztecLoader::~AztecLoader()
{
    stop();
    m_thread.quit();
    m_thread.wait();
}

void AztecLoader::stop()
{
    if (m_cancel) {
        m_cancel->store(true);
    }
    m_isBusy = false;
    m_look.stop();
    m_isLooking = false;
    m_isStale = false;
    m_live.reset();
    m_gathering.reset();
}

void AztecLoader::startLive(const QString &folder, const models::aztec::AnalysisOptions &options)
{
    stop();
    m_cancel = std::make_shared<std::atomic<bool>>(false);
    m_options = options;
    m_live = std::make_shared<Live>();
    m_live->folder = folder;
    m_gathering = m_live->gathering;
}

void AztecLoader::feed(const QString &machine, const QString &source, const QByteArray &bytes)
{
    if (!m_live) {
        return;
    }
    QMetaObject::invokeMethod(
        m_worker,
        [live = m_live, machine, source, bytes] {
            Live::Log &log = live->logOf(machine, source);
            if (log.copy && log.copy->write(bytes) == bytes.size()) {
                log.copy->flush();
            }
            live->gathering->feed(log.index, bytes);
        },
        Qt::QueuedConnection);
    lookSoon();
}

void AztecLoader::setContainers(const QString &machine,
                                const QList<models::aztec::DockerContainer> &containers)
{
    if (m_live) {
        QMetaObject::invokeMethod(
            m_worker,
            [live = m_live, machine, containers] {
                live->gathering->setContainers(machine, containers);
            },
            Qt::QueuedConnection);
        lookSoon();
    }
}

void AztecLoader::setOptions(const models::aztec::AnalysisOptions &options)
{
    m_options = options;
    if (m_gathering && !m_isBusy) {
        lookSoon();
    }
}

void AztecLoader::lookSoon()
{
    if (m_isLooking) {
        m_isStale = true;
    } else if (!m_look.isActive()) {
        m_look.start(int(std::clamp(m_lookMs * 2, LiveLookMs, LiveMostMs)));
    }
}

void AztecLoader::look()
{
    m_isLooking = true;
    m_isStale = false;
    QMetaObject::invokeMethod(
        m_worker,
        [this, gathering = m_gathering, options = m_options, cancel = m_cancel,
         isFinal = m_live == nullptr] {
            QElapsedTimer timer;
            timer.start();
            const AztecResultPtr result = resultOf(gathering, options, isFinal);
            const auto answer = [this, cancel, result, ms = timer.elapsed()] {
                if (!cancel->load()) {
                    m_isLooking = false;
                    m_lookMs = ms;
                    emit analysed(result);
                    if (m_isStale) {
                        lookSoon();
                    }
                }
            };
            QMetaObject::invokeMethod(this, answer, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

void AztecLoader::writeJson(const QString &path)
{
    QMetaObject::invokeMethod(
        m_worker,
        [this, path, gathering = m_gathering, options = m_options] {
            QSaveFile file(path);
            QString problem;
            if (!gathering || !file.open(QIODevice::WriteOnly)) {
                problem = tr("%1 cannot be written: %2.").arg(path, file.errorString());
            } else {
                models::aztec::writeJson(*gathering, models::aztec::analyse(*gathering, options),
                                         {}, [&file](std::string_view piece) {
                                             file.write(piece.data(), qint64(piece.size()));
                                         });
                problem = file.commit()
                    ? QString()
                    : tr("%1 cannot be written: %2.").arg(path, file.errorString());
            }
            QMetaObject::invokeMethod(
                this, [this, path, problem] { emit written(path, problem); }, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

void AztecLoader::start(const QList<InputFile> &files,
                        const models::aztec::AnalysisOptions &options)
{
    stop();
    m_cancel = std::make_shared<std::atomic<bool>>(false);
    m_isBusy = true;
    m_options = options;
    m_gathering = std::make_shared<Gathering>();
    // What the worker says goes back through the event loop and is dropped if a newer reading
    // began.
    const auto tell = [this, cancel = m_cancel](auto &&say) {
        QMetaObject::invokeMethod(
            this,
            [cancel, say = std::forward<decltype(say)>(say)] {
                if (!cancel->load()) {
                    say();
                }
            },
            Qt::QueuedConnection);
    };
    const auto work = [this, files, options, cancel = m_cancel, tell, gathering = m_gathering] {
        qint64 total = 0;
        for (const InputFile &file : files) {
            total += file.size;
        }
        QStringList problems;
        QElapsedTimer timer;
        timer.start();
        qint64 nextLook = FirstLookMs;
        qint64 nextProgress = 0;
        qint64 before = 0;
        for (const InputFile &file : files) {
            const auto read = models::aztec::readInput(file, *gathering, [&](qint64 done) {
                const qint64 now = timer.elapsed();
                if (now >= nextProgress) {
                    nextProgress = now + ProgressMs;
                    tell([this, sum = before + done, total] { emit progress(sum, total); });
                }
                if (now >= nextLook) {
                    const AztecResultPtr result = resultOf(gathering, options, false);
                    nextLook = timer.elapsed() * 2;
                    tell([this, result] { emit analysed(result); });
                }
                return !cancel->load();
            });
            if (!read) {
                problems << read.error();
            }
            before += file.size;
            if (cancel->load()) {
                return;
            }
        }
        const AztecResultPtr result = resultOf(gathering, options, true);
        tell([this, result, problems] {
            m_isBusy = false;
            emit analysed(result);
            emit finished(problems);
        });
    };
    QMetaObject::invokeMethod(m_worker, work, Qt::QueuedConnection);
}

void AztecLoader::fetchLine(const QString &path, qint64 offset)
{
    QMetaObject::invokeMethod(
        m_worker,
        [this, path, offset] {
            const QByteArray line = models::aztec::lineAt(path, offset);
            QMetaObject::invokeMethod(
                this, [this, offset, line] { emit lineRead(offset, line); }, Qt::QueuedConnection);
        },
        Qt::QueuedConnection);
}

} // namespace proverdeck::ui
