// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/FileTransfer.h"

#include "ssh/Text.h"

namespace proverdeck::ssh {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds kNoDeadline{0}; // a file may be large
constexpr int kNoFile = 44;
constexpr int kNotReadable = 45;
constexpr int kCutOff = 46;
constexpr qsizetype kMaxHeader = 65536;
constexpr qsizetype kMaxErrors = 4096;
constexpr QByteArrayView kMarker("\nPROVERDECK-FILE ");

// Inside their single quotes the lines have no such quote, no backslash and no exclamation mark:
// they mean the same to every login shell, also to tcsh and fish.
constexpr const char *kReadLine
    = "sh -c 'IFS= read -r p; case $p in \"~/\"*) p=$HOME/${p#??};; /*) ;; *) p=$PWD/$p;; esac; "
      "[ -e \"$p\" ] || exit 44; [ -f \"$p\" ] && [ -r \"$p\" ] || exit 45; "
      "echo; echo \"PROVERDECK-FILE $(wc -c <\"$p\")\"; exec cat \"$p\"'";
constexpr const char *kWriteLine
    = "sh -c 'IFS= read -r p; case $p in \"~/\"*) p=$HOME/${p#??};; /*) ;; *) p=$PWD/$p;; esac; "
      "[ -L \"$p\" ] && q=$(readlink -f \"$p\") && p=$q; [ -d \"${p%/*}/\" ] || exit 44; "
      "[ -d \"$p\" ] && exit 45; t=$p.part.$$; c() { rm -f \"$t\"; }; trap c EXIT; "
      "trap \"exit 46\" HUP INT PIPE TERM; { [ -f \"$p\" ] && cp -p \"$p\" \"$t\"; cat >\"$t\"; } "
      "|| exit 45; n=$(wc -c <\"$t\"); [ \"$n\" -eq \"$1\" ] || exit 46; "
      "mv -f \"$t\" \"$p\" || exit 45' proverdeck ";
constexpr const char *kMoveLine = "sh -c 'IFS= read -r t; IFS= read -r p; mv -f \"$t\" \"$p\" "
                                  "|| { rm -f \"$t\"; exit 45; }'";
constexpr const char *kRemoveLine = "sh -c 'IFS= read -r t; rm -f \"$t\"'";

} // namespace

quint64 FileTransfer::headerSize() const
{
    return quint64(m_path.toUtf8().size()) + 1;
}

Result<> FileTransfer::check() const
{
    if (m_path.isEmpty() || m_path.contains(u'\n') || m_path.contains(QChar(u'\0'))) {
        return fail(ErrorCode::BadInput,
                    Text::tr("\"%1\" cannot be used as the path of a remote file.")
                        .arg(plainText(m_path, 200)));
    }
    return {};
}

Command FileTransfer::command(const QByteArray &data)
{
    const QByteArray path = m_path.toUtf8() + '\n';
    if (m_direction == Direction::Read) {
        return {kReadLine, path, kNoDeadline};
    }
    m_uploadSize = quint64(data.size());
    return {kWriteLine + QByteArray::number(data.size()), path + data, kNoDeadline};
}

Command FileTransfer::moveCommand(const QByteArray &part, const QByteArray &target)
{
    return {kMoveLine, part + '\n' + target + '\n', kNoDeadline};
}

Command FileTransfer::removeCommand(const QByteArray &part)
{
    return {kRemoveLine, part + '\n', std::chrono::minutes(1)};
}

void FileTransfer::setProgress(quint64 done, quint64 total)
{
    m_done = done;
    m_total = total;
}

QByteArray FileTransfer::takeOutput(QByteArrayView bytes)
{
    if (m_direction == Direction::Write) {
        return {};
    }
    if (m_hasHeader) {
        m_done += quint64(bytes.size());
        return bytes.toByteArray();
    }
    if (m_header.size() > kMaxHeader) {
        return {};
    }
    m_header += bytes;
    const qsizetype marker = m_header.indexOf(kMarker);
    const qsizetype end = marker < 0 ? -1 : m_header.indexOf('\n', marker + kMarker.size());
    if (end < 0) {
        return {};
    }
    m_hasHeader = true;
    const QByteArray size = m_header.sliced(marker + kMarker.size(), end - marker - kMarker.size());
    m_total = size.trimmed().toULongLong();
    QByteArray content = m_header.sliced(end + 1);
    m_header.clear();
    m_done = quint64(content.size());
    return content;
}

void FileTransfer::takeErrors(QByteArrayView bytes)
{
    m_errors += bytes.first(qMin(bytes.size(), kMaxErrors - m_errors.size()));
}

void FileTransfer::setWritten(quint64 inputBytes)
{
    m_total = m_uploadSize;
    m_done = inputBytes > headerSize() ? inputBytes - headerSize() : 0;
}

Result<ExitStatus> FileTransfer::judge(const Result<ExitStatus> &result) const
{
    if (!result || (result->ok() && (m_hasHeader || m_direction == Direction::Write))) {
        return result;
    }
    if (result->code == kNoFile) {
        return tl::unexpected(missing());
    }
    const bool isRead = m_direction == Direction::Read;
    QString why = plainBytes(m_errors, 500);
    if (why.isEmpty() && result->code == kNotReadable) {
        why = isRead ? Text::tr("it is not a file that this account may read")
                     : Text::tr("it is a folder, or this account may not write there");
    } else if (why.isEmpty() && result->code == kCutOff) {
        why = Text::tr("it arrived incomplete");
    } else if (why.isEmpty()) {
        why = Text::tr("the remote shell ended with %1")
                  .arg(result->signal.isEmpty() ? QString::number(result->code) : result->signal);
    }
    return tl::unexpected(failure(why));
}

Error FileTransfer::missing() const
{
    return {ErrorCode::NotFound,
            (m_direction == Direction::Read ? Text::tr("The server has no file %1.")
                                            : Text::tr("The server has no folder for %1."))
                .arg(m_path)};
}

Error FileTransfer::failure(const QString &why) const
{
    return {ErrorCode::Channel,
            (m_direction == Direction::Read ? Text::tr("The remote file %1 could not be read: %2.")
                                            : Text::tr("The remote file %1 could not be written: "
                                                       "%2."))
                .arg(m_path, why)};
}

} // namespace proverdeck::ssh
