// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/aztec/AztecLoader.h"

#include <QElapsedTimer>

namespace proverdeck::ui {

using models::aztec::Gathering;
using models::aztec::InputFile;

namespace {

constexpr qint64 FirstLookMs = 500;
constexpr qint64 ProgressMs = 100;

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

AztecLoader::AztecLoader(QObject *parent)
    : QObject(parent)
    , m_worker(new QObject)
{
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
}

void AztecLoader::start(const QList<InputFile> &files,
                        const models::aztec::AnalysisOptions &options)
{
    stop();
    m_cancel = std::make_shared<std::atomic<bool>>(false);
    m_isBusy = true;
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
    const auto work = [this, files, options, cancel = m_cancel, tell] {
        qint64 total = 0;
        for (const InputFile &file : files) {
            total += file.size;
        }
        auto gathering = std::make_shared<Gathering>();
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
