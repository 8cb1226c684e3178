// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/FakeShell.h"

#include "support/Test.h"

#include <QCryptographicHash>

#include <algorithm>

namespace proverdeck::testing {

namespace {

bool contains(const FakeShell::Request &request, const QByteArray &part)
{
    return request.line.contains(part) || request.input.contains(part);
}

bool isInstall(const FakeShell::Request &request)
{
    return request.line.contains("cannot install the job helper");
}

/// Of a job helper's line: the verb and what follows it.
QList<QByteArray> wordsOf(const FakeShell::Request &request)
{
    static const QByteArray before = "' proverdeck ";
    const qsizetype at = request.line.lastIndexOf(before);
    if (at < 0 || !request.line.contains("/proverdeck/jobs/h-") || isInstall(request)) {
        return {};
    }
    return request.line.sliced(at + before.size()).split(' ');
}

bool isJob(const FakeShell::Request &request, const QByteArray &verb, const QByteArray &job)
{
    if (verb == "install") {
        return isInstall(request);
    }
    const QList<QByteArray> words = wordsOf(request);
    return words.value(0) == verb && (job.isEmpty() || words.value(1) == job);
}

} // namespace

void FakeShell::open()
{
    if (m_state == ssh::ConnectionState::Disconnected) {
        ++m_opens;
        setState(ssh::ConnectionState::Connecting);
    }
}

void FakeShell::close()
{
    const bool wasConnecting = m_state == ssh::ConnectionState::Connecting;
    setState(ssh::ConnectionState::Disconnected);
    QMetaObject::invokeMethod(
        this,
        [this, wasConnecting] {
            const ssh::Error error{ssh::ErrorCode::Cancelled, QStringLiteral("closed")};
            if (wasConnecting) {
                emit openFailed(error);
            }
            const QList<Request> all = m_requests;
            for (const Request &request : all) {
                end(request.id, tl::unexpected(error));
            }
        },
        Qt::QueuedConnection);
}

void FakeShell::answerHostKey(bool /*trust*/) { }

void FakeShell::answerSecret(const std::optional<QString> & /*secret*/) { }

ssh::CommandId FakeShell::run(const ssh::Command &command)
{
    const ssh::CommandId id{++m_lastId};
    m_requests << Request{id, command.line, command.input};
    if (m_state != ssh::ConnectionState::Connected) {
        QMetaObject::invokeMethod(
            this,
            [this, id] {
                end(id, ssh::fail(ssh::ErrorCode::ConnectionLost, QStringLiteral("not connected")));
            },
            Qt::QueuedConnection);
    }
    return id;
}

void FakeShell::cancel(ssh::CommandId id)
{
    const qsizetype at = indexOf(id);
    if (at >= 0) {
        m_requests[at].cancelled = true;
        end(id, ssh::fail(ssh::ErrorCode::Cancelled, QStringLiteral("cancelled")));
    }
}

ssh::CommandId FakeShell::readFile(const QString &path)
{
    return run({"read " + path.toUtf8(), {}});
}

ssh::CommandId FakeShell::writeFile(const QString &path, const QByteArray &data)
{
    return run({"write " + path.toUtf8(), data});
}

void FakeShell::acceptLogin()
{
    ASSERT_EQ(int(m_state), int(ssh::ConnectionState::Connecting)) << "open() was not called";
    setState(ssh::ConnectionState::Connected);
    emit opened();
}

void FakeShell::refuseLogin(ssh::ErrorCode code, const QString &detail)
{
    ASSERT_EQ(int(m_state), int(ssh::ConnectionState::Connecting)) << "open() was not called";
    setState(ssh::ConnectionState::Disconnected);
    emit openFailed({code, detail});
}

void FakeShell::lose()
{
    const ssh::Error error{ssh::ErrorCode::ConnectionLost, QStringLiteral("reset by peer")};
    const QList<Request> all = m_requests;
    for (const Request &request : all) {
        end(request.id, tl::unexpected(error));
    }
    setState(ssh::ConnectionState::Disconnected);
    // Asked meanwhile: also lost.
    const QList<Request> late = m_requests;
    for (const Request &request : late) {
        end(request.id, tl::unexpected(error));
    }
    emit connectionLost(error);
}

void FakeShell::reply(const QByteArray &out, int code, const QByteArray &part)
{
    const Request *request = pending(part);
    ASSERT_NE(request, nullptr) << "nothing is asked" << (part.isEmpty() ? "" : " with ")
                                << part.toStdString();
    const ssh::CommandId id = request->id;
    print(id, out);
    finish(id, code);
}

void FakeShell::replyError(ssh::ErrorCode code, const QString &detail, const QByteArray &part)
{
    const Request *request = pending(part);
    ASSERT_NE(request, nullptr) << "nothing is asked";
    end(request->id, ssh::fail(code, detail));
}

void FakeShell::print(ssh::CommandId id, const QByteArray &bytes)
{
    if (!bytes.isEmpty()) {
        emit output(id, ssh::Stream::Stdout, bytes);
    }
}

void FakeShell::finish(ssh::CommandId id, int code)
{
    end(id, ssh::ExitStatus{code, {}});
}

const FakeShell::Request *FakeShell::pending(const QByteArray &part) const
{
    const auto found = std::find_if(m_requests.begin(), m_requests.end(), [&](const Request &one) {
        return !one.over && contains(one, part);
    });
    return found == m_requests.end() ? nullptr : &*found;
}

qsizetype FakeShell::count(const QByteArray &part) const
{
    return std::count_if(m_requests.begin(), m_requests.end(),
                         [&](const Request &one) { return contains(one, part); });
}

FakeShell::Request FakeShell::expectJob(const QByteArray &verb, const QByteArray &job)
{
    const Request *request = pendingJob(verb, job);
    if (request == nullptr) {
        ADD_FAILURE() << "no open request to " << verb.toStdString() << " job "
                      << job.toStdString();
        return {};
    }
    return *request;
}

const FakeShell::Request *FakeShell::pendingJob(const QByteArray &verb, const QByteArray &job) const
{
    const auto found = std::find_if(m_requests.begin(), m_requests.end(), [&](const Request &one) {
        return !one.over && isJob(one, verb, job);
    });
    return found == m_requests.end() ? nullptr : &*found;
}

qsizetype FakeShell::countJobs(const QByteArray &verb, const QByteArray &job) const
{
    return std::count_if(m_requests.begin(), m_requests.end(),
                         [&](const Request &one) { return isJob(one, verb, job); });
}

QByteArray FakeShell::verbOf(const Request &request)
{
    return isInstall(request) ? QByteArray("install") : wordsOf(request).value(0);
}

QByteArray FakeShell::jobOf(const Request &request)
{
    return wordsOf(request).value(1);
}

quint64 FakeShell::argumentOf(const Request &request)
{
    return argumentsOf(request).value(0).toULongLong();
}

QList<QByteArray> FakeShell::argumentsOf(const Request &request)
{
    return wordsOf(request).mid(2);
}

qsizetype FakeShell::indexOf(ssh::CommandId id) const
{
    const auto found = std::find_if(m_requests.begin(), m_requests.end(),
                                    [&](const Request &one) { return one.id == id; });
    return found == m_requests.end() ? -1 : found - m_requests.begin();
}

void FakeShell::end(ssh::CommandId id, const ssh::Result<ssh::ExitStatus> &result)
{
    const qsizetype at = indexOf(id);
    if (at >= 0 && !m_requests.at(at).over) {
        m_requests[at].over = true;
        emit finished(id, result);
    }
}

void FakeShell::setState(ssh::ConnectionState state)
{
    if (m_state != state) {
        m_state = state;
        emit stateChanged(state);
    }
}

QByteArray statusLine(const QByteArray &state, quint64 size, int code)
{
    const QByteArray shown = code < 0 ? QByteArray("-") : QByteArray::number(code);
    return "S " + state + " rc=" + shown + " size=" + QByteArray::number(size)
        + " pgid=42 inode=7 started=1 ended=- now=2 boot=- beat=-\n";
}

QByteArray listLine(const QByteArray &job, const QByteArray &state, quint64 size, int code)
{
    return "J " + job + statusLine(state, size, code).sliced(1);
}

QByteArray sumLine(const QByteArray &bytes, std::optional<quint64> size)
{
    return "H sha256=" + QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex()
        + " size=" + QByteArray::number(size.value_or(quint64(bytes.size()))) + '\n';
}

QByteArray leaseLine(const QByteArray &state, const QByteArray &run, const QByteArray &holder,
                     const QByteArray &previousRun, const QByteArray &bootId)
{
    const auto shown = [](const QByteArray &text) { return text.isEmpty() ? "-" : text; };
    const QByteArray times = state == "free" ? QByteArray(" taken=- renewed=- now=20")
                                             : QByteArray(" taken=10 renewed=15 now=20");
    return "L " + state + " run=" + shown(run) + " previous=" + shown(previousRun) + times
        + " boot=" + bootId + " booted=7 holder=" + holder + '\n';
}

} // namespace proverdeck::testing
