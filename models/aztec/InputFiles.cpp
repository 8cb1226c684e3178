// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/InputFiles.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Piece = 1 << 18;
constexpr qsizetype DockerMost = 32 << 20; ///< more than any output of docker inspect

QString tr(const char *text)
{
    return QCoreApplication::translate("InputFiles", text);
}

/// "docker-ps.machine-a.txt" → "machine-a": outputs are saved under such names.
QString machineOf(const QString &path)
{
    QString name = QFileInfo(path).fileName();
    for (const QString &end :
         {u".gz"_s, u".zst"_s, u".log"_s, u".txt"_s, u".json"_s, u".jsonl"_s}) {
        if (name.endsWith(end) && name.size() > end.size()) {
            name.chop(end.size());
        }
    }
    for (const QString &start : {u"docker-ps."_s, u"docker-stats."_s, u"docker-inspect."_s}) {
        if (name.startsWith(start) && name.size() > start.size()) {
            name.remove(0, start.size());
        }
    }
    return name;
}

void addFile(QList<InputFile> &list, const QString &path, const QString &machine)
{
    list << InputFile{path, machine.isEmpty() ? machineOf(path) : machine, QFileInfo(path).size()};
}

/// The contents of a file, unpacked where it is packed.
class Unpacker
{
public:
    explicit Unpacker(const QString &path)
        : m_file(path)
        , m_path(path)
    {
    }
    ~Unpacker() { archive_read_free(m_archive); }
    Unpacker(const Unpacker &) = delete;
    Unpacker &operator=(const Unpacker &) = delete;

    [[nodiscard]] QString open()
    {
        if (!m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
            return tr("%1 cannot be read: %2.").arg(m_path, m_file.errorString());
        }
        const QByteArray magic = m_file.read(4);
        m_file.seek(0); // libarchive goes on with the descriptor where it is
        const bool isPacked = magic.startsWith("\x1f\x8b") || magic == "\x28\xb5\x2f\xfd";
        if (!isPacked) {
            return {};
        }
        m_archive = archive_read_new();
        archive_entry *entry = nullptr;
        if (!m_archive || archive_read_support_filter_gzip(m_archive) != ARCHIVE_OK
            || archive_read_support_filter_zstd(m_archive) != ARCHIVE_OK
            || archive_read_support_format_raw(m_archive) != ARCHIVE_OK
            || archive_read_open_fd(m_archive, m_file.handle(), std::size_t(Piece)) != ARCHIVE_OK
            || archive_read_next_header(m_archive, &entry) != ARCHIVE_OK) {
            return damaged();
        }
        return {};
    }

    /// How many bytes came; 0 at the end, −1 on trouble.
    [[nodiscard]] qint64 read(char *to, qint64 most)
    {
        return m_archive ? qint64(archive_read_data(m_archive, to, std::size_t(most)))
                         : m_file.read(to, most);
    }
    /// Goes to @p offset if that costs nothing; where it is then.
    [[nodiscard]] qint64 skipTo(qint64 offset)
    {
        return !m_archive && m_file.seek(offset) ? offset : 0;
    }
    [[nodiscard]] qint64 done() const
    {
        return m_archive ? qint64(archive_filter_bytes(m_archive, -1)) : m_file.pos();
    }
    [[nodiscard]] QString damaged() const
    {
        return m_archive
            ? tr("%1 is damaged or cut off: %2. What could be unpacked was read.")
                  .arg(m_path, QString::fromUtf8(archive_error_string(m_archive)))
            : tr("%1 cannot be read to its end: %2.").arg(m_path, m_file.errorString());
    }

private:
    QFile m_file;
    QString m_path;
    archive *m_archive = nullptr;
};

tl::expected<QByteArray, QString> readRest(Unpacker &unpacker, QByteArray bytes)
{
    QByteArray piece(Piece, Qt::Uninitialized);
    while (bytes.size() < DockerMost) {
        const qint64 got = unpacker.read(piece.data(), piece.size());
        if (got < 0) {
            return tl::unexpected(unpacker.damaged());
        }
        if (got == 0) {
            break;
        }
        bytes.append(piece.constData(), got);
    }
    return bytes;
}

} // namespace

tl::expected<QList<InputFile>, QString> listInputs(const QStringList &names)
{
    QList<InputFile> list;
    for (const QString &name : names) {
        QString path = name;
        QString machine;
        const qsizetype equals = name.indexOf(u'=');
        if (equals > 0 && !QFileInfo::exists(name)) {
            machine = name.left(equals);
            path = name.mid(equals + 1);
        }
        const QFileInfo info(path);
        if (!info.exists()) {
            return tl::unexpected(
                tr("There is no file %1. Name the saved logs, as in: machine-a=broker.log.")
                    .arg(path));
        }
        if (!info.isDir()) {
            addFile(list, path, machine);
            continue;
        }
        const QDir folder(path);
        const QStringList inside = folder.entryList(QDir::Files | QDir::Readable, QDir::Name);
        if (inside.isEmpty()) {
            return tl::unexpected(tr("The folder %1 holds no files.").arg(path));
        }
        for (const QString &one : inside) {
            addFile(list, folder.filePath(one), machine);
        }
    }
    return list;
}

tl::expected<void, QString> readInput(const InputFile &file, Gathering &gathering,
                                      const ReadProgress &progress)
{
    Unpacker unpacker(file.path);
    if (const QString problem = unpacker.open(); !problem.isEmpty()) {
        return tl::unexpected(problem);
    }
    QByteArray piece(Piece, Qt::Uninitialized);
    qint64 got = unpacker.read(piece.data(), piece.size());
    if (got > 0 && isDockerOutput(QByteArrayView(piece.constData(), got))) {
        const auto bytes = readRest(unpacker, piece.left(got));
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        gathering.addDocker(readDocker(*bytes, file.machine));
        return {};
    }
    const QFileInfo info(file.path);
    const int log = gathering.addLog(info.fileName(), file.machine, file.path,
                                     info.lastModified().toMSecsSinceEpoch());
    while (got > 0) {
        gathering.feed(log, QByteArrayView(piece.constData(), got));
        if (progress && !progress(unpacker.done())) {
            return {};
        }
        got = unpacker.read(piece.data(), piece.size());
    }
    gathering.finish(log);
    if (got < 0) {
        return tl::unexpected(unpacker.damaged());
    }
    return {};
}

bool looksLikeAztec(QByteArrayView head)
{
    class Counter : public LogSink
    {
    public:
        void take(const Event &event) override { known += event.kind != EventKind::None; }
        int known = 0;
    };
    if (isDockerOutput(head)) {
        return true;
    }
    Counter counter;
    LogReader reader(Vocabulary::builtIn(), counter);
    reader.feed(head.first(std::min<qsizetype>(head.size(), Piece)));
    return counter.known > 0;
}

bool isAztecFile(const QString &path)
{
    Unpacker unpacker(path);
    if (!unpacker.open().isEmpty()) {
        return false;
    }
    QByteArray piece(Piece, Qt::Uninitialized);
    const qint64 got = unpacker.read(piece.data(), piece.size());
    return got > 0 && looksLikeAztec(QByteArrayView(piece.constData(), got));
}

QByteArray lineAt(const QString &path, qint64 offset, qsizetype limit)
{
    Unpacker unpacker(path);
    if (!unpacker.open().isEmpty()) {
        return {};
    }
    QByteArray piece(Piece, Qt::Uninitialized);
    QByteArray line;
    qint64 at = unpacker.skipTo(offset);
    for (qint64 got = 0; (got = unpacker.read(piece.data(), piece.size())) > 0; at += got) {
        if (at + got <= offset) {
            continue;
        }
        const qint64 from = std::max<qint64>(0, offset - at);
        const qsizetype end = piece.left(got).indexOf('\n', from);
        line += piece.mid(from, (end < 0 ? got : end) - from);
        if (end >= 0 || line.size() >= limit) {
            break;
        }
    }
    return line.left(limit);
}

} // namespace proverdeck::models::aztec
