// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run/RunLogs.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

const QString kMarks = u"/marks.json"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("RunLogs", text);
}

/// JSON numbers are doubles: sizes travel as texts.
quint64 numberOf(const QJsonValue &value)
{
    return value.toString().toULongLong();
}

QJsonObject toJson(const RunLogs::Stretch &stretch)
{
    return {{u"from"_s, QString::number(stretch.from)},
            {u"to"_s, QString::number(stretch.to)},
            {u"sha256"_s, QString::fromLatin1(stretch.sha256)}};
}

RunLogs::Stretch stretchOf(const QJsonObject &object)
{
    return {numberOf(object.value(u"from"_s)), numberOf(object.value(u"to"_s)),
            object.value(u"sha256"_s).toString().toLatin1()};
}

} // namespace

RunLogs::RunLogs(QString folder)
    : m_folder(std::move(folder))
{
}

RunLogs::~RunLogs() = default;

void RunLogs::renew(Track &track)
{
    track.hash = std::make_unique<QCryptographicHash>(QCryptographicHash::Sha256);
    track.stretchFrom = track.offset;
}

tl::expected<LogFile *, QString> RunLogs::file(const QString &name)
{
    auto found = m_files.find(name);
    if (found == m_files.end()) {
        auto log = std::make_unique<LogFile>(m_folder + u'/' + name);
        if (const auto opened = log->open(); !opened) {
            return tl::unexpected(opened.error());
        }
        found = m_files.emplace(name, std::move(log)).first;
    }
    return found->second.get();
}

tl::expected<void, QString> RunLogs::begin(const QByteArray &jobId, const QString &name)
{
    Track track;
    track.name = name;
    if (!m_folder.isEmpty()) {
        const auto log = file(name);
        if (!log) {
            return tl::unexpected(log.error());
        }
        track.start = track.base = (*log)->size();
    }
    renew(track);
    m_tracks[jobId] = std::move(track);
    m_changed = true;
    return {};
}

/// A secret may begin with a word, or a block, that was written before the mark.
void RunLogs::prime(Track &track)
{
    static constexpr quint64 Tail = 64 * 1024;
    const quint64 back = std::min(track.offset, Tail);
    if (back > 0 && !m_folder.isEmpty()) {
        const auto tail = read(track.name, track.base + track.offset - back, qsizetype(back));
        track.redactor.resumeAfter(tail.value_or(QByteArray()));
    }
}

tl::expected<QByteArray, QString> RunLogs::write(Track &track, const QByteArray &out)
{
    if (!m_folder.isEmpty()) {
        const auto log = file(track.name);
        if (!log) {
            return tl::unexpected(log.error());
        }
        if (const auto done = (*log)->append(out); !done) {
            return tl::unexpected(done.error());
        }
    }
    // The redactor keeps the length: what it hands out are the oldest bytes that it holds.
    track.hash->addData(QByteArrayView(track.held).first(out.size()));
    track.held.remove(0, out.size());
    track.offset += quint64(out.size());
    m_changed = m_changed || !out.isEmpty();
    return out;
}

tl::expected<QByteArray, QString> RunLogs::take(const QByteArray &jobId, QByteArrayView bytes)
{
    Track &track = m_tracks.at(jobId);
    track.held.append(bytes);
    return write(track, track.redactor.feed(bytes));
}

tl::expected<QByteArray, QString> RunLogs::finish(const QByteArray &jobId)
{
    Track &track = m_tracks.at(jobId);
    auto rest = write(track, track.redactor.finish());
    track.ended = rest.has_value();
    return rest;
}

void RunLogs::restart(const QByteArray &jobId)
{
    Track &track = m_tracks.at(jobId);
    track.base += track.offset;
    track.offset = 0;
    rewind(jobId);
    track.done.clear();
    track.comparable = false;
    renew(track);
    m_changed = true;
}

quint64 RunLogs::offset(const QByteArray &jobId) const
{
    return m_tracks.at(jobId).offset;
}

quint64 RunLogs::received(const QByteArray &jobId) const
{
    const Track &track = m_tracks.at(jobId);
    return track.offset + quint64(track.held.size());
}

void RunLogs::rewind(const QByteArray &jobId)
{
    Track &track = m_tracks.at(jobId);
    track.held.clear();
    track.masked += track.redactor.count();
    track.redactor = Redactor();
    prime(track);
}

QList<RunLogs::Stretch> RunLogs::stretches(const QByteArray &jobId) const
{
    const Track &track = m_tracks.at(jobId);
    QList<Stretch> all = track.done;
    if (track.offset > track.stretchFrom) {
        all << Stretch{track.stretchFrom, track.offset, track.hash->result().toHex()};
    }
    return all;
}

bool RunLogs::isComparable(const QByteArray &jobId) const
{
    return m_tracks.at(jobId).comparable;
}

bool RunLogs::isFinished(const QByteArray &jobId) const
{
    const auto found = m_tracks.find(jobId);
    return found != m_tracks.end() && found->second.ended;
}

int RunLogs::redactions() const
{
    int count = 0;
    for (const auto &[id, track] : m_tracks) {
        count += track.masked + track.redactor.count();
    }
    return count;
}

tl::expected<void, QString> RunLogs::saveMarks()
{
    if (m_folder.isEmpty() || !m_changed) {
        return {};
    }
    QJsonObject jobs;
    for (const auto &[id, track] : m_tracks) {
        QJsonArray sums;
        for (const Stretch &stretch : stretches(id)) {
            sums << toJson(stretch);
        }
        jobs.insert(QString::fromLatin1(id),
                    QJsonObject{{u"log"_s, track.name},
                                {u"start"_s, QString::number(track.start)},
                                {u"base"_s, QString::number(track.base)},
                                {u"offset"_s, QString::number(track.offset)},
                                {u"masked"_s, track.masked + track.redactor.count()},
                                {u"comparable"_s, track.comparable},
                                {u"ended"_s, track.ended},
                                {u"stretches"_s, sums}});
    }
    QSaveFile file(m_folder + kMarks);
    const QByteArray text = QJsonDocument(QJsonObject{{u"jobs"_s, jobs}}).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
        return tl::unexpected(tr("How far the logs are could not be noted in %1: %2. Free space on "
                                 "this machine.")
                                  .arg(file.fileName(), file.errorString()));
    }
    m_changed = false;
    return {};
}

tl::expected<void, QString> RunLogs::restore()
{
    QFile file(m_folder + kMarks);
    QJsonObject jobs;
    if (file.open(QIODevice::ReadOnly)) {
        jobs = QJsonDocument::fromJson(file.readAll()).object().value(u"jobs"_s).toObject();
    }
    QMap<QString, quint64> ends;
    for (auto job = jobs.begin(); job != jobs.end(); ++job) {
        const QJsonObject mark = job->toObject();
        Track track;
        track.name = mark.value(u"log"_s).toString();
        if (track.name.isEmpty() || track.name.contains(u'/')) {
            continue;
        }
        track.start = numberOf(mark.value(u"start"_s));
        track.base = numberOf(mark.value(u"base"_s));
        track.offset = numberOf(mark.value(u"offset"_s));
        track.masked = mark.value(u"masked"_s).toInt();
        track.comparable = mark.value(u"comparable"_s).toBool(true);
        track.ended = mark.value(u"ended"_s).toBool();
        const auto log = this->file(track.name);
        if (!log) {
            return tl::unexpected(log.error());
        }
        for (const QJsonValue &one : mark.value(u"stretches"_s).toArray()) {
            track.done << stretchOf(one.toObject());
        }
        // A power cut may have taken bytes that the mark counts: then the stretch is fetched again.
        while (!track.done.isEmpty() && track.base + track.offset > (*log)->size()) {
            track.offset = track.done.takeLast().from;
            track.ended = false;
        }
        track.offset
            = std::min(track.offset, (*log)->size() - std::min((*log)->size(), track.base));
        ends[track.name] = std::max(ends.value(track.name), track.base + track.offset);
        renew(track);
        prime(track);
        m_tracks[job.key().toLatin1()] = std::move(track);
    }
    for (const QString &name : LogFile::namesIn(m_folder)) {
        if (!name.endsWith(u".log"_s)) {
            continue;
        }
        const auto log = this->file(name);
        if (!log) {
            return tl::unexpected(log.error());
        }
        if ((*log)->size() > ends.value(name)) {
            if (const auto cut = (*log)->truncate(ends.value(name)); !cut) {
                return cut;
            }
        }
    }
    m_changed = true;
    return {};
}

quint64 RunLogs::sizeOf(const QString &name) const
{
    const auto found = m_files.find(name);
    return found == m_files.end() ? 0 : found->second->size();
}

tl::expected<QByteArray, QString> RunLogs::read(const QString &name, quint64 offset,
                                                qsizetype limit) const
{
    const auto found = m_files.find(name);
    return found == m_files.end() ? QByteArray() : found->second->read(offset, limit);
}

quint64 RunLogs::startOf(const QByteArray &jobId) const
{
    return m_tracks.at(jobId).start;
}

QStringList RunLogs::names() const
{
    QStringList all;
    for (const auto &[name, log] : m_files) {
        all << name;
    }
    return all;
}

} // namespace proverdeck::models
