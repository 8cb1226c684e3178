// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/CommandQueue.h"

#include "ssh/Text.h"

#include <QElapsedTimer>
#include <QScopedValueRollback>

#include <algorithm>

namespace proverdeck::ssh {

using namespace std::chrono_literals;

namespace {

constexpr std::ptrdiff_t kMaxChannels = 6; // servers allow ten, and count ended ones for a while
constexpr qsizetype kBatchBytes = 65536;
constexpr auto kBatchTime = 50ms;
constexpr qint64 kPauseBytes = 32 << 20;
constexpr int kBudgetMs = 20; // then other events of this thread get their turn
constexpr quint64 kProgressBytes = 256 << 10;

} // namespace

CommandQueue::CommandQueue(Transport &transport, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
{
    m_again.setSingleShot(true);
    m_flush.setSingleShot(true);
    m_deadlines.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &CommandQueue::pump);
    connect(&m_flush, &QTimer::timeout, this, &CommandQueue::flushAll);
    connect(&m_deadlines, &QTimer::timeout, this, &CommandQueue::checkDeadlines);
}

CommandQueue::~CommandQueue() = default;

void CommandQueue::run(CommandId id, const Command &command)
{
    auto entry = std::make_unique<Entry>();
    entry->id = id;
    add(std::move(entry), command);
}

void CommandQueue::transfer(CommandId id, FileTransfer file, const QByteArray &data)
{
    const Result<Command> command = file.command(data);
    if (!command) {
        emit finished(id, tl::unexpected(command.error()));
        return;
    }
    auto entry = std::make_unique<Entry>();
    entry->id = id;
    entry->file = std::move(file);
    add(std::move(entry), *command);
}

void CommandQueue::ping()
{
    const bool isReading
        = std::ranges::any_of(m_entries, [](const auto &entry) { return entry->task != nullptr; });
    if (isReading) { // the answer is read with the channel's output
        int next = 0;
        libssh2_keepalive_send(m_transport.session(), &next);
        return;
    }
    // Without a channel nothing would ever read the answer, so the sign of life is a channel.
    auto entry = std::make_unique<Entry>();
    entry->isPing = true;
    add(std::move(entry), {.timeout = 0ms});
}

void CommandQueue::add(std::unique_ptr<Entry> entry, const Command &command)
{
    if (command.timeout > 0ms) {
        entry->timeout = command.timeout;
        entry->deadline = QDeadlineTimer(command.timeout);
    }
    entry->waiting = command;
    m_entries.push_back(std::move(entry));
    m_again.start(0);
}

ChannelTask::Listener CommandQueue::listenerFor(Entry &entry)
{
    return {.data = [this, &entry](Stream stream,
                                   QByteArrayView bytes) { takeData(entry, stream, bytes); },
            .written =
                [&entry](quint64 bytes) {
                    if (entry.file) {
                        entry.file->setWritten(bytes);
                    }
                },
            .ended = [this, &entry](const Result<ExitStatus> &result) { end(entry, result); }};
}

void CommandQueue::startWaiting()
{
    auto busy = std::ranges::count_if(m_entries,
                                      [](const auto &entry) { return entry->task != nullptr; });
    for (const auto &entry : m_entries) {
        if (busy >= kMaxChannels) {
            return;
        }
        if (entry->waiting) {
            entry->task = std::make_unique<ChannelTask>(m_transport, std::move(*entry->waiting),
                                                        listenerFor(*entry));
            entry->waiting.reset();
            ++busy;
        }
    }
}

bool CommandQueue::stepEntry(Entry &entry, const ChannelTask *opener)
{
    ChannelTask *task = entry.task.get();
    if (task == nullptr || (task->isOpening() && task != opener)) {
        return false;
    }
    const bool hasMoved = task->step(!m_isPaused);
    if (entry.file && !task->hasEnded()
        && entry.file->done() >= entry.sentProgress + kProgressBytes) {
        entry.sentProgress = entry.file->done();
        emit progress(entry.id, entry.file->done(), entry.file->total());
    }
    return hasMoved;
}

bool CommandQueue::passOnce()
{
    startWaiting();
    m_isPaused = m_transport.control().bytesInFlight > kPauseBytes;
    const auto opening = std::ranges::find_if(m_entries, [](const auto &entry) {
        return entry->task != nullptr && entry->task->isOpening();
    });
    const ChannelTask *opener = opening == m_entries.end() ? nullptr : (*opening)->task.get();
    bool hasMoved = false;
    for (const auto &entry : m_entries) {
        hasMoved |= stepEntry(*entry, opener);
    }
    const auto removed = std::erase_if(m_entries, [](const auto &entry) {
        return entry->task == nullptr ? !entry->waiting : entry->task->isGone();
    });
    return hasMoved || removed > 0;
}

void CommandQueue::pump()
{
    if (m_isPumping) {
        m_again.start(0);
        return;
    }
    const QScopedValueRollback<bool> guard(m_isPumping, true);
    QElapsedTimer elapsed;
    elapsed.start();
    // Any call may take bytes of another channel off the link, so go round until nothing moves.
    for (;;) {
        const quint64 received = m_transport.received();
        const bool hasMoved = passOnce();
        if (!hasMoved && m_transport.received() == received) {
            break;
        }
        if (elapsed.elapsed() > kBudgetMs) {
            m_again.start(0);
            break;
        }
    }
    armTimer();
}

void CommandQueue::takeData(Entry &entry, Stream stream, QByteArrayView bytes)
{
    QByteArray &pending = entry.pending[stream == Stream::Stderr ? 1 : 0];
    if (entry.file && stream == Stream::Stderr) {
        entry.file->takeErrors(bytes);
    } else if (entry.file) {
        pending += entry.file->takeOutput(bytes);
    } else {
        pending += bytes;
    }
    if (pending.size() >= kBatchBytes) {
        flush(entry);
    } else if (!pending.isEmpty() && !m_flush.isActive()) {
        m_flush.start(kBatchTime);
    }
}

void CommandQueue::flush(Entry &entry)
{
    for (const Stream stream : {Stream::Stdout, Stream::Stderr}) {
        QByteArray &pending = entry.pending[stream == Stream::Stderr ? 1 : 0];
        if (!pending.isEmpty()) {
            const QByteArray bytes = std::exchange(pending, {});
            m_transport.control().bytesInFlight += bytes.size();
            emit output(entry.id, stream, bytes);
        }
    }
}

void CommandQueue::flushAll()
{
    for (const auto &entry : m_entries) {
        flush(*entry);
    }
}

void CommandQueue::end(Entry &entry, const Result<ExitStatus> &result)
{
    if (entry.isPing) {
        return;
    }
    flush(entry);
    if (entry.file && result && result->ok()) {
        emit progress(entry.id, entry.file->done(), entry.file->total());
    }
    emit finished(entry.id, entry.file ? entry.file->judge(result) : result);
}

void CommandQueue::cancel(CommandId id, const Error &error)
{
    const auto found = std::ranges::find_if(m_entries, [id](const auto &entry) {
        return !entry->isPing && entry->id == id && !(entry->task && entry->task->hasEnded());
    });
    if (found == m_entries.end()) {
        return;
    }
    if ((*found)->task != nullptr) {
        (*found)->task->cancel(error);
    } else if ((*found)->waiting) {
        (*found)->waiting.reset();
        end(**found, tl::unexpected(error));
    }
    m_again.start(0);
}

void CommandQueue::endAll(const Error &error)
{
    const QScopedValueRollback<bool> guard(m_isPumping, true);
    for (const auto &entry : m_entries) {
        if (entry->task != nullptr) {
            entry->task->cancel(error);
        } else if (entry->waiting) {
            end(*entry, tl::unexpected(error));
        }
    }
    m_entries.clear();
    m_again.stop();
}

void CommandQueue::checkDeadlines()
{
    QList<std::pair<CommandId, std::chrono::milliseconds>> late;
    for (const auto &entry : m_entries) {
        const bool hasEnded = entry->task != nullptr && entry->task->hasEnded();
        if (!hasEnded && entry->deadline.hasExpired()) {
            late.append({entry->id, entry->timeout});
        }
    }
    for (const auto &[id, timeout] : std::as_const(late)) {
        cancel(id,
               {ErrorCode::Timeout,
                Text::tr("The command did not end within %1 seconds.")
                    .arg(QString::number(double(timeout.count()) / 1000))});
    }
    m_again.start(0);
}

void CommandQueue::armTimer()
{
    qint64 next = -1;
    const auto consider = [&next](const QDeadlineTimer &deadline) {
        if (!deadline.isForever()) {
            const qint64 left = qMax<qint64>(deadline.remainingTime(), 1);
            next = next < 0 ? left : qMin(next, left);
        }
    };
    for (const auto &entry : m_entries) {
        const ChannelTask *task = entry->task.get();
        if (task == nullptr || !task->hasEnded()) {
            consider(entry->deadline);
        }
        if (task != nullptr && task->isOpening() && !task->retryAt().hasExpired()) {
            consider(task->retryAt());
        }
    }
    if (next >= 0) {
        m_deadlines.start(std::chrono::milliseconds(next));
    } else {
        m_deadlines.stop();
    }
}

} // namespace proverdeck::ssh
