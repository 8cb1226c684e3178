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
    , m_sftp(transport)
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
    if (const Result<> possible = file.check(); !possible) {
        emit finished(id, tl::unexpected(possible.error()));
        return;
    }
    auto entry = std::make_unique<Entry>();
    entry->id = id;
    entry->file = std::move(file);
    entry->data = data;
    entry->wantsSftp = true;
    m_entries.push_back(std::move(entry));
    m_again.start(0);
}

void CommandQueue::removeLeftovers(const QList<QByteArray> &parts)
{
    m_leftovers += parts;
    m_again.start(0);
}

void CommandQueue::addSilent(const Command &command)
{
    auto entry = std::make_unique<Entry>();
    entry->isSilent = true;
    add(std::move(entry), command);
}

void CommandQueue::ping()
{
    // Opening a channel is a question that every server answers, if only by a refusal. libssh2's
    // own keepalive would keep each answer in memory, and trusts the clock on the wall.
    if (std::ranges::any_of(m_entries, [](const auto &entry) { return entry->isPing; })) {
        return;
    }
    auto entry = std::make_unique<Entry>();
    entry->isSilent = true;
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

void CommandQueue::startFile(Entry &entry)
{
    const bool isTaken
        = std::ranges::any_of(m_entries, [](const auto &other) { return other->sftp != nullptr; });
    if (!m_sftp.isAvailable()) {
        entry.wantsSftp = false;
        entry.waiting = entry.file->command(std::exchange(entry.data, {}));
    } else if (m_sftp.isReady() && !isTaken) {
        entry.wantsSftp = false;
        const SftpTransfer::Listener listener{
            .data
            = [this, &entry](QByteArrayView bytes) { takeData(entry, Stream::Stdout, bytes); },
            .ended = [this, &entry](const Result<ExitStatus> &result) { end(entry, result); }};
        entry.sftp = std::make_unique<SftpTransfer>(m_transport, m_sftp, *entry.file,
                                                    std::exchange(entry.data, {}), listener);
    }
}

void CommandQueue::finishSftp(Entry &entry)
{
    const std::unique_ptr<SftpTransfer> sftp = std::move(entry.sftp);
    if (sftp->isBroken()) {
        m_sftp.stop();
    }
    if (!sftp->hasEnded()) {
        entry.part = sftp->part();
        entry.waiting = FileTransfer::moveCommand(sftp->part(), sftp->target());
    } else if (!sftp->part().isEmpty()) {
        m_leftovers << sftp->part();
    }
}

bool CommandQueue::stepSftp(const ChannelTask *opener)
{
    const bool isWanted
        = std::ranges::any_of(m_entries, [](const auto &entry) { return entry->wantsSftp; });
    const bool isUsed
        = std::ranges::any_of(m_entries, [](const auto &entry) { return entry->sftp != nullptr; });
    if (isWanted) {
        m_sftp.want(opener == nullptr);
    }
    if (isWanted || isUsed) {
        m_sftp.touch();
    } else if (opener != nullptr && opener->hasFailedToOpen()) {
        m_sftp.stop(); // a command needs the channel more
    }
    return m_sftp.step();
}

void CommandQueue::startWaiting()
{
    const QList<QByteArray> leftovers = std::exchange(m_leftovers, {});
    for (const QByteArray &part : leftovers) {
        addSilent(FileTransfer::removeCommand(part));
    }
    for (const auto &entry : m_entries) {
        if (entry->wantsSftp) {
            startFile(*entry);
        }
    }
    auto busy = std::ranges::count_if(m_entries,
                                      [](const auto &entry) { return entry->task != nullptr; });
    for (const auto &entry : m_entries) {
        if (entry->waiting && (busy < kMaxChannels || entry->isPing)) {
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
    const bool canStep = task != nullptr && (!task->isOpening() || task == opener);
    if (!canStep && entry.sftp == nullptr) {
        return false;
    }
    const bool hasMoved = canStep ? task->step(!m_isPaused) : entry.sftp->step(!m_isPaused);
    const bool hasEnded = canStep ? task->hasEnded() : entry.sftp->hasEnded();
    if (entry.sftp != nullptr && entry.sftp->isGone()) {
        finishSftp(entry);
    }
    if (entry.file && !hasEnded && entry.file->done() >= entry.sentProgress + kProgressBytes) {
        entry.sentProgress = entry.file->done();
        emit progress(entry.id, entry.file->done(), entry.file->total());
    }
    return hasMoved;
}

bool CommandQueue::hasEnded(const Entry &entry)
{
    return (entry.task != nullptr && entry.task->hasEnded())
        || (entry.sftp != nullptr && entry.sftp->hasEnded());
}

bool CommandQueue::isDone(const Entry &entry)
{
    if (entry.task != nullptr) {
        return entry.task->isGone();
    }
    return entry.sftp == nullptr && !entry.waiting && !entry.wantsSftp;
}

bool CommandQueue::passOnce()
{
    m_transport.noteProgress();
    startWaiting();
    m_isPaused = m_transport.control().bytesInFlight > kPauseBytes;
    const auto opening = std::ranges::find_if(m_entries, [](const auto &entry) {
        return entry->task != nullptr && entry->task->isOpening();
    });
    const ChannelTask *opener = opening == m_entries.end() ? nullptr : (*opening)->task.get();
    bool hasMoved = stepSftp(opener);
    if (m_sftp.isOpening()) {
        opener = nullptr;
    }
    for (const auto &entry : m_entries) {
        hasMoved |= stepEntry(*entry, opener);
    }
    const auto removed = std::erase_if(m_entries, [](const auto &entry) { return isDone(*entry); });
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
    } else if (entry.file && entry.sftp == nullptr) {
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
    if (entry.isSilent) {
        return;
    }
    flush(entry);
    if (entry.file && result && result->ok()) {
        emit progress(entry.id, entry.file->done(), entry.file->total());
    }
    if (!entry.part.isEmpty() && !(result && result->ok())) {
        m_leftovers << entry.part; // the command may not have come to it
    }
    const bool wasByShell = entry.file && entry.task != nullptr;
    emit finished(entry.id, wasByShell ? entry.file->judge(result) : result);
}

void CommandQueue::cancel(CommandId id, const Error &error)
{
    const auto found = std::ranges::find_if(m_entries, [id](const auto &entry) {
        return !entry->isSilent && entry->id == id && !hasEnded(*entry);
    });
    if (found == m_entries.end()) {
        return;
    }
    cancelEntry(**found, error);
    m_again.start(0);
}

void CommandQueue::cancelEntry(Entry &entry, const Error &error)
{
    if (entry.task != nullptr) {
        entry.task->cancel(error);
    } else if (entry.sftp != nullptr) {
        entry.sftp->cancel(error);
    } else if (entry.waiting || entry.wantsSftp) {
        entry.waiting.reset();
        entry.wantsSftp = false;
        end(entry, tl::unexpected(error));
    }
}

void CommandQueue::endAll(const Error &error)
{
    const QScopedValueRollback<bool> guard(m_isPumping, true);
    for (const auto &entry : m_entries) {
        cancelEntry(*entry, error);
        if (entry->sftp != nullptr && !entry->sftp->part().isEmpty()) {
            m_leftovers << entry->sftp->part();
        }
    }
    m_entries.clear();
    m_again.stop();
}

void CommandQueue::checkDeadlines()
{
    QList<std::pair<CommandId, std::chrono::milliseconds>> late;
    for (const auto &entry : m_entries) {
        if (!hasEnded(*entry) && entry->deadline.hasExpired()) {
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
        if (entry->sftp != nullptr) {
            consider(entry->sftp->deadline());
        }
    }
    consider(m_sftp.deadline());
    if (next >= 0) {
        m_deadlines.start(std::chrono::milliseconds(next));
    } else {
        m_deadlines.stop();
    }
}

} // namespace proverdeck::ssh
