// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/SecretsSearch.h"

#include "support/Test.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QMutexLocker>
#include <QProcess>

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

namespace {

/// The middle of a base64 text does not depend on what stands around it, only on the offset.
QList<QByteArray> base64Forms(const QByteArray &secret)
{
    QList<QByteArray> forms;
    for (int shift = 0; shift < 3; ++shift) {
        const QByteArray shifted = secret.mid((3 - shift) % 3);
        forms << shifted.first(shifted.size() / 3 * 3).toBase64();
    }
    return forms;
}

QByteArray jsonForm(const QByteArray &secret)
{
    QByteArray text = secret;
    return text.replace('\\', "\\\\").replace('"', "\\\"");
}

QByteArray contentOf(const QString &path, QStringList &notes)
{
    QStringList command;
    if (path.endsWith(u".gz")) {
        command = {u"gzip"_s, u"-dc"_s, path};
    } else if (path.endsWith(u".zst")) {
        command = {u"zstd"_s, u"-dcq"_s, path};
    }
    if (command.isEmpty()) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QProcess process;
    process.start(command.takeFirst(), command);
    if (!process.waitForFinished(20'000) || process.exitCode() != 0) {
        notes << path + u" could not be unpacked"_s;
        return {};
    }
    return process.readAllStandardOutput();
}

struct Process
{
    QByteArray parent;
    QByteArray program; ///< as the kernel names it
};

QHash<QByteArray, Process> allProcesses()
{
    QHash<QByteArray, Process> all;
    const QStringList pids = QDir(u"/proc"_s).entryList({u"[0-9]*"_s}, QDir::Dirs);
    for (const QString &pid : pids) {
        QFile stat(u"/proc/"_s + pid + u"/stat"_s);
        if (!stat.open(QIODevice::ReadOnly)) {
            continue;
        }
        const QByteArray text = stat.readAll();
        const qsizetype open = text.indexOf('(');
        const qsizetype close = text.lastIndexOf(')');
        all.insert(pid.toLatin1(),
                   {text.mid(close + 2).split(' ').value(1), text.mid(open + 1, close - open - 1)});
    }
    return all;
}

QByteArray ofProcess(const QByteArray &pid, const char *what)
{
    QFile file(u"/proc/"_s + QString::fromLatin1(pid) + u'/' + QString::fromLatin1(what));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

SecretsSearch::SecretsSearch()
    : m_processes{u"command lines and environments"_s}
{
    for (const Canary &one : canaries()) {
        QList<QByteArray> forms{one.secret, one.secret.toHex(), one.secret.toPercentEncoding(),
                                jsonForm(one.secret)};
        forms += base64Forms(one.secret);
        for (const QByteArray &form : std::as_const(forms)) {
            m_needles << Needle{one.name, form, one.isServers};
        }
    }
}

SecretsSearch::~SecretsSearch()
{
    (void)finish();
}

void SecretsSearch::addMarker(const QString &marker)
{
    const QMutexLocker lock(&m_mutex);
    m_markers << marker.toLocal8Bit();
}

void SecretsSearch::search(Place &place, const QString &where, const QByteArray &text,
                           bool isServers)
{
    ++place.files;
    place.bytes += text.size();
    for (const Needle &needle : std::as_const(m_needles)) {
        if (!(isServers && needle.isServers) && text.contains(needle.text)) {
            const QString found = needle.canary + u" in "_s + where;
            if (!place.found.contains(found)) {
                place.found << found;
            }
        }
    }
}

void SecretsSearch::searchFolder(const QString &name, const QString &folder)
{
    Place place{name};
    QDirIterator it(folder, QDir::Files | QDir::Hidden | QDir::System | QDir::NoSymLinks,
                    QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString path = it.next();
        if (it.fileInfo().isFile()) {
            search(place, path, contentOf(path, place.notes), false);
        }
    }
    m_places << place;
}

void SecretsSearch::searchText(const QString &name, const QByteArray &text)
{
    Place place{name};
    search(place, name, text, false);
    m_places << place;
}

void SecretsSearch::watchProcesses()
{
    m_thread = std::thread([this] {
        while (!m_isOver) {
            lookAtProcesses();
            std::this_thread::sleep_for(std::chrono::milliseconds(15));
        }
    });
}

qsizetype SecretsSearch::foundInProcesses()
{
    const QMutexLocker lock(&m_mutex);
    return m_processes.found.size();
}

void SecretsSearch::lookAtProcesses()
{
    const QMutexLocker lock(&m_mutex);
    const QByteArray self = QByteArray::number(::getpid());
    const QHash<QByteArray, Process> all = allProcesses();
    for (auto it = all.cbegin(); it != all.cend(); ++it) {
        bool isOurs = false;
        bool isServers = false; // below an sshd: the server's side
        for (QByteArray pid = it.key(); all.contains(pid); pid = all.value(pid).parent) {
            isOurs = isOurs || pid == self;
            isServers = isServers || all.value(pid).program.startsWith("sshd");
        }
        const QByteArray environment = ofProcess(it.key(), "environ");
        if (!isOurs) {
            const bool isMarked
                = std::any_of(m_markers.begin(), m_markers.end(),
                              [&](const QByteArray &one) { return environment.contains(one); });
            if (!isMarked) {
                continue;
            }
            isServers = true; // detached: a job on the server
        }
        const QByteArray command = ofProcess(it.key(), "cmdline");
        if (m_seenProcesses.contains(it.key() + command)) {
            continue;
        }
        m_seenProcesses.insert(it.key() + command);
        const QString where = QString::fromLocal8Bit(all.value(it.key()).program);
        search(m_processes, u"the command line of "_s + where, command, isServers);
        search(m_processes, u"the environment of "_s + where, environment, isServers);
        --m_processes.files; // one process, not two files
    }
}

QList<SecretsSearch::Place> SecretsSearch::finish()
{
    if (m_thread.joinable()) {
        m_isOver = true;
        m_thread.join();
        m_places << m_processes;
    }
    return m_places;
}

QByteArray SecretsSearch::table(const QList<Place> &places)
{
    const auto row = [](const QString &name, const QString &files, const QString &bytes,
                        const QString &found) {
        return QString(name.leftJustified(44) + files.rightJustified(8) + bytes.rightJustified(14)
                       + found.rightJustified(8) + u'\n');
    };
    QString text
        = u"Secrets search: %1 secrets, each in 7 forms (plain, hex, URL, JSON, base64)\n\n"_s.arg(
            canaries().size());
    text += row(u"place"_s, u"files"_s, u"bytes"_s, u"found"_s);
    qsizetype found = 0;
    for (const Place &place : places) {
        text += row(place.name, QString::number(place.files), QString::number(place.bytes),
                    QString::number(place.found.size()));
        found += place.found.size();
    }
    text += u'\n';
    for (const Place &place : places) {
        for (const QString &one : place.found) {
            text += u"FOUND: "_s + one + u'\n';
        }
        for (const QString &one : place.notes) {
            text += u"note: "_s + one + u'\n';
        }
    }
    text += found == 0 ? u"No secret was left behind.\n"_s
                       : u"%1 secrets were left behind.\n"_s.arg(found);
    return text.toUtf8();
}

void SecretsSearch::writeReport(const QByteArray &table)
{
    std::fputs(table.constData(), stdout);
    QString folder = qEnvironmentVariable("PROVERDECK_REPORT_DIR");
    if (folder.isEmpty()) {
        folder = QStringLiteral(PROVERDECK_BINARY_DIR);
    }
    QFile file(folder + u"/secrets-search.txt"_s);
    EXPECT_TRUE(file.open(QIODevice::WriteOnly)) << file.fileName().toStdString();
    file.write(table);
}

} // namespace proverdeck::testing
