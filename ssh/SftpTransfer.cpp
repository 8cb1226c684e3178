// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/SftpTransfer.h"

#include "ssh/Text.h"

#include <QRandomGenerator>

#include <dlfcn.h>

#include <array>

namespace proverdeck::ssh {

using namespace std::chrono_literals;

namespace {

constexpr qsizetype kPiece = 1 << 20; // libssh2 asks for four times as much in advance
// libssh2 1.10 gives up a file of which the server sends less than it asked for, unless it is the
// last answer (/proc, a file that grows). With this buffer it asks for one piece at a time.
constexpr qsizetype kCautiousPiece = 7500;
constexpr int kMaxPieces = 4; // per step, so that nothing else starves
constexpr auto kTidyTime = 30s;
constexpr qsizetype kMaxName = 200; // of 255 bytes
constexpr quint64 kRoom = 65536;
constexpr qsizetype kMaxPath = 4096;

using PosixRename = int (*)(LIBSSH2_SFTP *, const char *, size_t, const char *, size_t);

/// In libssh2 from 1.11 on; the same binary must run with 1.10.
PosixRename posixRename()
{
    static const auto call
        = reinterpret_cast<PosixRename>(::dlsym(RTLD_DEFAULT, "libssh2_sftp_posix_rename_ex"));
    return call;
}

QByteArray partFor(const QByteArray &target)
{
    const qsizetype slash = target.lastIndexOf('/') + 1;
    const quint64 random = QRandomGenerator::system()->generate64();
    return target.first(slash) + '.' + target.sliced(slash).left(kMaxName) + ".proverdeck-"
        + QByteArray::number(random, 16) + ".part";
}

unsigned lengthOf(const QByteArray &path)
{
    return unsigned(path.size());
}

} // namespace

SftpTransfer::SftpTransfer(Transport &transport, const SftpSession &sftp, FileTransfer &file,
                           QByteArray data, Listener listener)
    : m_transport(transport)
    , m_sftp(sftp.handle())
    , m_file(file)
    , m_listener(std::move(listener))
    , m_target(file.path().toUtf8())
    , m_data(std::move(data))
{
    if (!m_target.startsWith("~/")) {
        m_phase = isRead() ? Phase::Examining : Phase::Resolving;
    }
}

SftpTransfer::~SftpTransfer()
{
    if (m_handle != nullptr && !m_isBroken) {
        m_transport.markClosed(); // ends the connection, but then nothing asks us to wait
        libssh2_sftp_close_handle(m_handle);
    }
}

bool SftpTransfer::step(bool mayRead)
{
    if (m_phase != Phase::Gone && m_deadline.hasExpired()) {
        m_isBroken = true;
        go(Phase::Gone);
        return true;
    }
    return stepPhase(mayRead);
}

bool SftpTransfer::stepPhase(bool mayRead)
{
    switch (m_phase) {
    case Phase::Home:
        return findHome();
    case Phase::Resolving:
        return resolve();
    case Phase::Examining:
        return examine();
    case Phase::Opening:
        return open();
    case Phase::Sizing:
        return size();
    case Phase::Reading:
        return (mayRead || m_isLeaving) && read();
    case Phase::Owning:
        return setOwner();
    case Phase::Protecting:
        return setMode();
    case Phase::Writing:
        return write();
    case Phase::Gauging:
        return gauge();
    case Phase::Closing:
        return close();
    case Phase::Renaming:
        return rename();
    case Phase::Removing:
        return remove();
    case Phase::Gone:
        break;
    }
    return false;
}

void SftpTransfer::cancel(const Error &error)
{
    end(tl::unexpected(error));
    m_isLeaving = true;
    m_deadline = QDeadlineTimer(kTidyTime);
    m_hasStaleClock = m_hasStaleClock || m_phase == Phase::Reading;
    const bool isBeforeEnd = m_phase < Phase::Gauging && m_phase != Phase::Writing;
    if (!m_isPending && (isBeforeEnd || m_phase == Phase::Renaming)) {
        leave();
    }
}

void SftpTransfer::end(const Result<ExitStatus> &result)
{
    if (!m_hasEnded) {
        m_hasEnded = true;
        m_listener.ended(result);
    }
}

void SftpTransfer::go(Phase phase)
{
    m_isPending = false;
    if (m_isLeaving && phase < Phase::Gauging) {
        leave();
        return;
    }
    m_phase = phase;
    if (phase == Phase::Gone && m_failure) {
        end(tl::unexpected(*m_failure));
    }
}

void SftpTransfer::leave()
{
    if (m_handle != nullptr) {
        go(Phase::Closing);
    } else {
        go(m_hasPart ? Phase::Removing : Phase::Gone);
    }
}

void SftpTransfer::fail(const Error &error)
{
    m_failure = error;
    m_isLeaving = true;
    m_deadline = QDeadlineTimer(kTidyTime);
    leave();
}

bool SftpTransfer::mustWait(std::ptrdiff_t code)
{
    m_isPending = code == LIBSSH2_ERROR_EAGAIN;
    if (!m_isPending) {
        // A lost link ends the session, and that ends this.
        return Transport::isLinkFailure(code);
    }
    if (libssh2_channel_eof(libssh2_sftp_get_channel(m_sftp)) == 1) {
        m_isBroken = true;
        m_failure = m_file.failure(Text::tr("the SFTP program on the server has ended"));
        go(Phase::Gone);
    }
    return true;
}

unsigned long SftpTransfer::status() const
{
    return libssh2_sftp_last_error(m_sftp);
}

Error SftpTransfer::errorFor(std::ptrdiff_t code) const
{
    if (code == LIBSSH2_ERROR_TIMEOUT) {
        return m_file.failure(Text::tr("the SFTP program on the server does not answer"));
    }
    if (code != LIBSSH2_ERROR_SFTP_PROTOCOL) {
        return m_file.failure(m_transport.errorText());
    }
    switch (status()) {
    case LIBSSH2_FX_NO_SUCH_FILE:
    case LIBSSH2_FX_NO_SUCH_PATH:
        return m_file.missing();
    case LIBSSH2_FX_PERMISSION_DENIED:
        return m_file.failure(isRead() ? Text::tr("this account may not read it")
                                       : Text::tr("this account may not write there"));
    default:
        return m_file.failure(
            Text::tr("the server gives no reason (SFTP status %1)").arg(status()));
    }
}

std::optional<QByteArray> SftpTransfer::realPath(const QByteArray &path, int *code)
{
    std::array<char, kMaxPath + 1> buffer{};
    *code = libssh2_sftp_symlink_ex(m_sftp, path.constData(), lengthOf(path), buffer.data(),
                                    kMaxPath, LIBSSH2_SFTP_REALPATH);
    if (*code <= 0) {
        return std::nullopt;
    }
    return QByteArray(buffer.data(), *code);
}

bool SftpTransfer::findHome()
{
    int code = 0;
    const std::optional<QByteArray> home = realPath(".", &code);
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (!home) {
        fail(errorFor(code));
        return true;
    }
    m_target = *home + m_target.sliced(1);
    go(isRead() ? Phase::Examining : Phase::Resolving);
    return true;
}

bool SftpTransfer::resolve()
{
    int code = 0;
    const std::optional<QByteArray> target = realPath(m_target, &code);
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (!target) {
        fail(errorFor(code));
        return true;
    }
    m_target = *target;
    go(Phase::Examining);
    return true;
}

bool SftpTransfer::examine()
{
    LIBSSH2_SFTP_ATTRIBUTES found{};
    const int code = libssh2_sftp_stat_ex(m_sftp, m_target.constData(), lengthOf(m_target),
                                          LIBSSH2_SFTP_STAT, &found);
    if (mustWait(code)) {
        return m_isBroken;
    }
    const bool isNew = code == LIBSSH2_ERROR_SFTP_PROTOCOL && status() == LIBSSH2_FX_NO_SUCH_FILE;
    const bool knowsMode = (found.flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0;
    if (code != 0 && (isRead() || !isNew)) {
        fail(errorFor(code));
    } else if (code == 0 && knowsMode && LIBSSH2_SFTP_S_ISDIR(found.permissions)) {
        fail(m_file.failure(Text::tr("it is a folder")));
    } else if (code == 0 && knowsMode && !LIBSSH2_SFTP_S_ISREG(found.permissions)) {
        fail(m_file.failure(Text::tr("it is not an ordinary file")));
    } else {
        if (code == 0 && knowsMode) {
            m_mode = long(found.permissions & 07777);
            m_owner = found.uid;
            m_group = found.gid;
        }
        m_part = partFor(m_target);
        go(Phase::Opening);
    }
    return true;
}

bool SftpTransfer::open()
{
    const QByteArray &path = isRead() ? m_target : m_part;
    m_hasPart = !isRead(); // if the link breaks now, nobody knows
    const unsigned long flags
        = isRead() ? LIBSSH2_FXF_READ : LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_EXCL;
    m_handle = libssh2_sftp_open_ex(m_sftp, path.constData(), lengthOf(path), flags, 0600,
                                    LIBSSH2_SFTP_OPENFILE);
    const int code = m_handle != nullptr ? 0 : libssh2_session_last_errno(m_transport.session());
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (code != 0) {
        m_hasPart = false;
        fail(errorFor(code));
        return true;
    }
    if (isRead()) {
        go(Phase::Sizing);
    } else {
        m_total = quint64(m_data.size());
        m_file.setProgress(0, m_total);
        go(m_mode ? Phase::Owning : Phase::Writing);
    }
    return true;
}

bool SftpTransfer::size()
{
    LIBSSH2_SFTP_ATTRIBUTES found{};
    const int code = libssh2_sftp_fstat_ex(m_handle, &found, 0);
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (code == 0 && (found.flags & LIBSSH2_SFTP_ATTR_SIZE) != 0) {
        m_total = found.filesize;
    }
    m_data.resize(kPiece);
    go(Phase::Reading);
    return true;
}

bool SftpTransfer::read()
{
    for (int i = 0; i < kMaxPieces; ++i) {
        const auto count = libssh2_sftp_read(m_handle, m_data.data(),
                                             size_t(m_isCautious ? kCautiousPiece : kPiece));
        if (count == LIBSSH2_ERROR_TIMEOUT) {
            return i > 0; // it counts our own pauses; whether the link is dead is seen elsewhere
        }
        if (mustWait(count)) {
            return i > 0 || m_isBroken;
        }
        if (m_isLeaving) { // the call that had begun is through
            leave();
            return true;
        }
        if (count == 0) {
            m_data.clear();
            m_file.setProgress(quint64(m_done), quint64(m_done));
            end(ExitStatus{});
            m_deadline = QDeadlineTimer(kTidyTime);
            m_isLeaving = true;
            leave();
            return true;
        }
        if (count < 0 && m_isCautious) {
            fail(errorFor(count));
            return true;
        }
        if (count < 0) {
            m_isCautious = true; // what was asked for in advance is dropped by the first seek
            libssh2_sftp_seek64(m_handle, libssh2_uint64_t(m_done) + 1);
            libssh2_sftp_seek64(m_handle, libssh2_uint64_t(m_done));
            continue;
        }
        m_done += count;
        m_total = qMax(m_total, quint64(m_done));
        m_file.setProgress(quint64(m_done), m_total);
        m_listener.data(QByteArrayView(m_data.constData(), qsizetype(count)));
    }
    return true;
}

bool SftpTransfer::setOwner()
{
    LIBSSH2_SFTP_ATTRIBUTES wanted{};
    wanted.flags = LIBSSH2_SFTP_ATTR_UIDGID;
    wanted.uid = m_owner;
    wanted.gid = m_group;
    if (mustWait(libssh2_sftp_fstat_ex(m_handle, &wanted, 1))) {
        return m_isBroken;
    }
    go(Phase::Protecting); // only root may give files away: then the file has a new owner
    return true;
}

bool SftpTransfer::setMode()
{
    LIBSSH2_SFTP_ATTRIBUTES wanted{};
    wanted.flags = LIBSSH2_SFTP_ATTR_PERMISSIONS;
    wanted.permissions = static_cast<unsigned long>(m_mode.value_or(0600));
    const int code = libssh2_sftp_fstat_ex(m_handle, &wanted, 1);
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (code != 0) {
        fail(errorFor(code));
    } else {
        go(Phase::Writing);
    }
    return true;
}

bool SftpTransfer::write()
{
    bool hasMoved = false;
    while (m_transport.canWrite()) {
        // What libssh2 has begun to send must be sent to its end, or the server is out of step.
        if (!m_isLeaving) {
            m_sent = qMin(m_done + kPiece, m_data.size());
        }
        if (m_done == m_sent) {
            go(Phase::Closing);
            return true;
        }
        const auto count
            = libssh2_sftp_write(m_handle, m_data.constData() + m_done, size_t(m_sent - m_done));
        if (mustWait(count)) {
            return hasMoved || m_isBroken;
        }
        if (count == 0) {
            return hasMoved; // the channel's window is used up
        }
        if (count < 0) {
            m_failure = errorFor(count);
            m_deadline = QDeadlineTimer(kTidyTime);
            go(Phase::Gauging);
            return true;
        }
        m_done += count;
        m_file.setProgress(quint64(m_done), m_total);
        hasMoved = true;
    }
    return hasMoved;
}

bool SftpTransfer::gauge()
{
    LIBSSH2_SFTP_STATVFS found{};
    const bool wasPlainFailure = m_isPending || status() == LIBSSH2_FX_FAILURE;
    if (!wasPlainFailure) {
        fail(*m_failure);
        return true;
    }
    const int code = libssh2_sftp_fstatvfs(m_handle, &found);
    if (mustWait(code)) {
        return m_isBroken;
    }
    const quint64 left = m_total - quint64(m_done);
    if (code == 0 && found.f_bavail * found.f_frsize < left + kRoom) {
        fail(m_file.failure(Text::tr("the server's disk is full")));
    } else {
        fail(m_file.failure(Text::tr("the server could not store it; a quota, a limit on the size "
                                     "of files or a broken disk may be the reason")));
    }
    return true;
}

bool SftpTransfer::close()
{
    const int code = libssh2_sftp_close_handle(m_handle);
    if (code != LIBSSH2_ERROR_EAGAIN) {
        m_handle = nullptr; // freed, whatever the server says
    }
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (m_isLeaving) {
        leave();
    } else if (code != 0) { // some file systems notice a full disk only here
        fail(errorFor(code));
    } else {
        go(Phase::Renaming);
    }
    return true;
}

bool SftpTransfer::rename()
{
    const bool byPosix = posixRename() != nullptr && !m_triedPosix;
    const int code = byPosix
        ? posixRename()(m_sftp, m_part.constData(), size_t(m_part.size()), m_target.constData(),
                        size_t(m_target.size()))
        : libssh2_sftp_rename_ex(m_sftp, m_part.constData(), lengthOf(m_part), m_target.constData(),
                                 lengthOf(m_target),
                                 LIBSSH2_SFTP_RENAME_OVERWRITE | LIBSSH2_SFTP_RENAME_ATOMIC
                                     | LIBSSH2_SFTP_RENAME_NATIVE);
    if (mustWait(code)) {
        return m_isBroken;
    }
    if (code == 0) {
        m_hasPart = false;
        end(ExitStatus{});
        go(Phase::Gone);
    } else if (m_isLeaving) {
        leave();
    } else if (byPosix) {
        m_triedPosix = true;
        go(Phase::Renaming);
    } else if (code != LIBSSH2_ERROR_SFTP_PROTOCOL || status() == LIBSSH2_FX_PERMISSION_DENIED
               || m_target.contains('\n')) {
        fail(errorFor(code));
    } else {
        go(Phase::Gone); // to be moved by a command
    }
    return true;
}

bool SftpTransfer::remove()
{
    const int code = libssh2_sftp_unlink_ex(m_sftp, m_part.constData(), lengthOf(m_part));
    if (mustWait(code)) {
        return m_isBroken;
    }
    m_hasPart = code != 0;
    go(Phase::Gone);
    return true;
}

} // namespace proverdeck::ssh
