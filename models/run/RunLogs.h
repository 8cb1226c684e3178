// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/LogFile.h"
#include "models/logs/Redactor.h"

#include <QCryptographicHash>
#include <QJsonObject>
#include <QList>

#include <functional>
#include <map>
#include <memory>

namespace proverdeck::models {

/// The logs of one run on this machine: what each job printed, redacted, in the file of its name,
/// and how far that is, so that a later program goes on at the very byte.
///
/// A job's bytes begin somewhere in its file (several jobs may share one) and lie there without a
/// gap. Of the bytes as the server has them, each stretch that one program received is summed by
/// SHA-256, to be compared with the server's file at the end. What was received after the last
/// saveMarks() is cut off and fetched again by the next program.
///
/// GUI thread. Errors are sentences for a person.
class RunLogs
{
public:
    /// A stretch of a job's log as the server has it.
    struct Stretch
    {
        quint64 from = 0;
        quint64 to = 0;
        QByteArray sha256; ///< hexadecimal
        bool operator==(const Stretch &) const = default;
    };

    /// @p folder empty: nothing is kept on disk.
    explicit RunLogs(QString folder);
    ~RunLogs();

    /// A job begins to write at the end of the log @p name.
    [[nodiscard]] tl::expected<void, QString> begin(const QByteArray &jobId, const QString &name);
    [[nodiscard]] bool knows(const QByteArray &jobId) const { return m_tracks.contains(jobId); }
    /// The bytes that may be shown now, already in the file; less than came while a line is open.
    /// After an error nothing of @p bytes was taken: fetch from offset() again.
    [[nodiscard]] tl::expected<QByteArray, QString> take(const QByteArray &jobId,
                                                         QByteArrayView bytes);
    /// The rest, when the job's log has ended.
    [[nodiscard]] tl::expected<QByteArray, QString> finish(const QByteArray &jobId);
    /// The server's file was cut or replaced: what comes next is from its first byte.
    void restart(const QByteArray &jobId);
    /// Bytes of the server's file that are here for good; where to go on after a failure.
    [[nodiscard]] quint64 offset(const QByteArray &jobId) const;
    /// The same with what was received and not written yet: where a reader goes on.
    [[nodiscard]] quint64 received(const QByteArray &jobId) const;
    /// Forgets what was received and not written yet, before fetching again from offset().
    void rewind(const QByteArray &jobId);
    [[nodiscard]] QList<Stretch> stretches(const QByteArray &jobId) const;
    /// False once the server's file was replaced: then there is nothing to compare with.
    [[nodiscard]] bool isComparable(const QByteArray &jobId) const;
    /// finish() was called for it, by this program or an earlier one.
    [[nodiscard]] bool isFinished(const QByteArray &jobId) const;
    /// Secrets masked in all logs.
    [[nodiscard]] int redactions() const;

    /// Writes how far each job is (marks.json in the folder, whole or not at all).
    [[nodiscard]] tl::expected<void, QString> saveMarks();
    /// Takes the marks and logs of an earlier program over; each log ends after its last mark.
    [[nodiscard]] tl::expected<void, QString> restore();
    /// Bytes of a log in its file, for reading them again in pieces.
    [[nodiscard]] quint64 sizeOf(const QString &name) const;
    [[nodiscard]] tl::expected<QByteArray, QString> read(const QString &name, quint64 offset,
                                                         qsizetype limit) const;
    /// Where in its file a job's bytes begin.
    [[nodiscard]] quint64 startOf(const QByteArray &jobId) const;
    [[nodiscard]] QStringList names() const;

private:
    struct Track
    {
        QString name;
        quint64 start = 0; ///< in the file
        quint64 base = 0; ///< in the file, of byte 0 of the server's file as it is now
        quint64 offset = 0; ///< of the server's file: written
        quint64 stretchFrom = 0;
        QList<Stretch> done; ///< of earlier programs
        std::unique_ptr<QCryptographicHash> hash; ///< from stretchFrom on
        QByteArray held; ///< received, not written: the redactor keeps an open line
        Redactor redactor;
        int masked = 0; ///< by redactors before this one
        bool comparable = true;
        bool ended = false;
    };

    [[nodiscard]] tl::expected<LogFile *, QString> file(const QString &name);
    [[nodiscard]] tl::expected<QByteArray, QString> write(Track &track, const QByteArray &out);
    static void renew(Track &track);
    void prime(Track &track);

    QString m_folder;
    std::map<QString, std::unique_ptr<LogFile>> m_files;
    std::map<QByteArray, Track> m_tracks;
    bool m_changed = false;
};

} // namespace proverdeck::models
