// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/FileTransfer.h"
#include "ssh/Handles.h"
#include "ssh/SftpSession.h"

#include <functional>
#include <optional>

namespace proverdeck::ssh {

/// One file by SFTP, read or written. Worker thread; nothing else may use the SFTP session.
///
/// step() makes whatever calls are possible now. ended() comes once, or not at all if an existing
/// file must be replaced by FileTransfer::moveCommand(): then the transfer is gone without an end.
/// After cancel() it goes on silently: libssh2 must finish what it began, and a part is removed.
class SftpTransfer
{
public:
    struct Listener
    {
        std::function<void(QByteArrayView)> data;
        std::function<void(const Result<ExitStatus> &)> ended;
    };

    /// @p file, which is told the progress, must outlive the transfer.
    SftpTransfer(Transport &transport, const SftpSession &sftp, FileTransfer &file, QByteArray data,
                 Listener listener);
    ~SftpTransfer();
    Q_DISABLE_COPY_MOVE(SftpTransfer)

    /// True if something moved. With @p mayRead false nothing is read.
    [[nodiscard]] bool step(bool mayRead);
    void cancel(const Error &error);

    [[nodiscard]] bool isGone() const { return m_phase == Phase::Gone; }
    [[nodiscard]] bool hasEnded() const { return m_hasEnded; }
    /// The SFTP session does not answer or is out of step: it must be ended.
    [[nodiscard]] bool isBroken() const { return m_isBroken || m_hasStaleClock; }
    /// The file beside the target that still exists; empty if there is none.
    [[nodiscard]] QByteArray part() const { return m_hasPart ? m_part : QByteArray(); }
    [[nodiscard]] QByteArray target() const { return m_target; }
    /// When the next step is due even if nothing comes.
    [[nodiscard]] QDeadlineTimer deadline() const { return m_deadline; }

private:
    enum class Phase {
        Home, ///< what "~" means
        Resolving, ///< links, so that they survive
        Examining, ///< what the path names now
        Opening,
        Sizing,
        Reading,
        Owning,
        Protecting,
        Writing,
        Gauging, ///< after an error: is the disk full?
        Closing,
        Renaming,
        Removing,
        Gone
    };

    [[nodiscard]] bool stepPhase(bool mayRead);
    [[nodiscard]] bool findHome();
    [[nodiscard]] bool resolve();
    [[nodiscard]] bool examine();
    [[nodiscard]] bool open();
    [[nodiscard]] bool size();
    [[nodiscard]] bool setOwner();
    [[nodiscard]] bool setMode();
    [[nodiscard]] bool read();
    [[nodiscard]] bool write();
    [[nodiscard]] bool gauge();
    [[nodiscard]] bool close();
    [[nodiscard]] bool rename();
    [[nodiscard]] bool remove();

    void go(Phase phase);
    void leave();
    void fail(const Error &error);
    void end(const Result<ExitStatus> &result);
    [[nodiscard]] bool mustWait(std::ptrdiff_t code);
    [[nodiscard]] std::optional<QByteArray> realPath(const QByteArray &path, int *code);
    [[nodiscard]] unsigned long status() const;
    [[nodiscard]] Error errorFor(std::ptrdiff_t code) const;
    [[nodiscard]] bool isRead() const
    {
        return m_file.direction() == FileTransfer::Direction::Read;
    }

    Transport &m_transport;
    LIBSSH2_SFTP *m_sftp;
    FileTransfer &m_file;
    Listener m_listener;
    LIBSSH2_SFTP_HANDLE *m_handle = nullptr; // freed step by step, so no unique_ptr
    Phase m_phase = Phase::Home;
    QByteArray m_target;
    QByteArray m_part;
    QByteArray m_data; // what to write, or the buffer for reading
    qsizetype m_done = 0;
    qsizetype m_sent = 0; // given to libssh2, confirmed or not
    quint64 m_total = 0;
    std::optional<long> m_mode; // of the file that is replaced
    unsigned long m_owner = 0;
    unsigned long m_group = 0;
    std::optional<Error> m_failure; // told when all is tidied up
    QDeadlineTimer m_deadline{QDeadlineTimer::Forever}; // for tidying up
    bool m_isPending = false; // libssh2 waits for an answer
    bool m_isLeaving = false;
    bool m_isCautious = false;
    bool m_hasStaleClock = false; // libssh2 would count its time limit from the cancelled read on
    bool m_hasPart = false;
    bool m_triedPosix = false;
    bool m_hasEnded = false;
    bool m_isBroken = false;
};

} // namespace proverdeck::ssh
