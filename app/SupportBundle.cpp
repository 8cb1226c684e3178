// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/SupportBundle.h"

#include "app/ArchiveWriter.h"
#include "models/logs/LogFile.h"
#include "models/logs/NameHider.h"
#include "models/report/Report.h"
#include "models/store/RunJson.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QSysInfo>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using models::report::BundleEntry;
using models::report::BundleRedaction;

namespace {

constexpr qsizetype Piece = 1 << 20;
constexpr qsizetype Before = 64 * 1024; ///< read before a cut, for a secret that began there
constexpr qsizetype MostContext = 400;

QString tr(const char *text)
{
    return QCoreApplication::translate("SupportBundle", text);
}

/// A line of nothing but stars is an ornament.
bool isOrnament(QByteArrayView line)
{
    return std::all_of(line.begin(), line.end(), [](char letter) {
        return letter == '*' || letter == ' ' || letter == '\t' || letter == '\r';
    });
}

/// Calls @p found(line, text) for each line with something that was masked before, by the rules of
/// the time when it was received.
template<class Found> void findMaskedBefore(const QByteArray &text, Found found)
{
    static const QByteArray stars(4, '*');
    qint64 line = 1;
    qsizetype counted = 0;
    qsizetype at = text.indexOf(stars);
    while (at >= 0) {
        const qsizetype start = text.lastIndexOf('\n', at) + 1;
        const qsizetype newline = text.indexOf('\n', at);
        const qsizetype end = newline < 0 ? text.size() : newline;
        line += std::count(text.begin() + counted, text.begin() + start, '\n');
        counted = start;
        if (!isOrnament(QByteArrayView(text).sliced(start, end - start))) {
            const qsizetype from = std::max(start, at - MostContext / 2);
            found(line, QByteArrayView(text).sliced(from, std::min(end, at + MostContext) - from));
        }
        at = text.indexOf(stars, end);
    }
}

/// The end of a log, from the beginning of a line.
struct Tail
{
    QByteArray text;
    QByteArray before; ///< a little of what comes before it
    qint64 leftOut = 0;
    QString problem;
};

Tail readTail(const QString &path, quint64 most, const std::atomic_bool *cancelled)
{
    Tail tail;
    models::LogFile log(path);
    if (const auto opened = log.openExisting(); !opened) {
        tail.problem = opened.error();
        return tail;
    }
    const quint64 size = log.size();
    const quint64 from = std::max(log.firstKept(), size > most ? size - most : quint64(0));
    const quint64 back = std::min(from - log.firstKept(), quint64(Before));
    quint64 at = from - back;
    while (at < size && !(cancelled && *cancelled)) {
        const auto part = log.read(at, qsizetype(std::min<quint64>(size - at, quint64(Piece))));
        if (!part) {
            tail.problem = part.error();
            break;
        }
        if (part->isEmpty()) {
            break;
        }
        tail.text += *part;
        at += quint64(part->size());
    }
    qsizetype begin = 0;
    if (from > 0) {
        const qsizetype newline
            = tail.text.indexOf('\n', std::max<qsizetype>(qsizetype(back) - 1, 0));
        begin = newline < 0 ? std::min(qsizetype(back), tail.text.size()) : newline + 1;
    }
    tail.before = tail.text.first(begin);
    tail.text.remove(0, begin);
    tail.leftOut = qint64(from - back) + begin;
    return tail;
}

} // namespace

SupportBundle::SupportBundle(BundleSources sources,
                             std::shared_ptr<const models::RedactionRules> rules)
    : m_sources(std::move(sources))
    , m_rules(std::move(rules))
{
}

SupportBundle::~SupportBundle() = default;

QString SupportBundle::suggestedName() const
{
    return u"proverdeck-support-"_s + m_sources.record.id + u".tar.gz"_s;
}

void SupportBundle::collectNames()
{
    m_hider = m_sources.hideNames ? std::make_unique<models::NameHider>() : nullptr;
    if (!m_hider) {
        return;
    }
    m_hider->addHost(m_sources.record.host);
    m_hider->addHost(m_sources.record.result.session.server);
    for (const QString &server : std::as_const(m_sources.servers)) {
        m_hider->addHost(server);
    }
    m_hider->addHost(QSysInfo::machineHostName());
    m_hider->addUser(qEnvironmentVariable("USER"));
    m_hider->learn(QDir::homePath().toUtf8() + '/');
    m_hider->learn(m_sources.record.folder.toUtf8());
}

QList<BundleEntry> SupportBundle::collect(const std::atomic_bool *cancelled)
{
    m_entries.clear();
    m_packed.clear();
    collectNames();
    addLogs(cancelled); // first: they name users that the other files may have, too
    const models::RunRecord &record = m_sources.record;
    addJson(u"results.json"_s, tr("Batches, summaries, findings and session"),
            models::report::toJson(record.result, true));
    addJson(u"findings.json"_s, tr("What the program noticed"),
            models::store::findingsToJson(record.result.findings));
    addJson(u"run.json"_s, tr("The run: answers, steps, state"),
            QJsonObject{{u"id"_s, record.id},
                        {u"host"_s, record.host},
                        {u"workflow"_s, record.workflow},
                        {u"state"_s, models::runStateWord(record.state)},
                        {u"started"_s, models::report::jsonTime(record.started)},
                        {u"ended"_s, models::report::jsonTime(record.ended)},
                        {u"folder"_s, record.folder},
                        {u"values"_s, models::store::valuesToJson(record.values)},
                        {u"steps"_s, models::store::stepsToJson(record.steps)}});
    const QString workflow = record.blueprint.value(u"workflow"_s).toString();
    if (!workflow.isEmpty()) {
        add(u"workflow.toml"_s, tr("The workflow file of the run"), workflow.toUtf8());
    }
    addJournal();
    addJson(u"settings.json"_s, tr("Settings of the program"),
            QJsonObject{{u"servers"_s, QJsonArray::fromStringList(m_sources.servers)}});
    addJson(u"versions.json"_s, tr("Versions of the program, its libraries and this machine"),
            m_sources.versions);
    std::stable_sort(m_entries.begin(), m_entries.end(),
                     [](const BundleEntry &a, const BundleEntry &b) {
                         const bool isLog = a.name.startsWith(u"logs/");
                         const bool isOther = b.name.startsWith(u"logs/");
                         return isLog != isOther ? isOther : false;
                     });
    return m_entries;
}

void SupportBundle::add(const QString &name, const QString &about, QByteArray text, qint64 leftOut,
                        const QByteArray &before)
{
    BundleEntry entry{.name = name, .about = about, .leftOut = leftOut};
    const auto shown = [this](const QByteArray &context) {
        return QString::fromUtf8(m_hider ? m_hider->hidden(context) : context);
    };
    QSet<qint64> lines;
    models::Redactor redactor(m_rules);
    redactor.resumeAfter(before);
    redactor.observe([&](const models::Redaction &one) {
        lines.insert(one.line);
        if (entry.redactions.size() < BundleEntry::MostRedactions) {
            entry.redactions << BundleRedaction{one.rule, m_rules->titleOf(one.rule), one.line,
                                                shown(one.masked)};
        }
    });
    QByteArray masked;
    masked.reserve(text.size());
    for (qsizetype at = 0; at < text.size(); at += Piece) {
        masked += redactor.feed(
            QByteArrayView(text).sliced(at).first(std::min(Piece, text.size() - at)));
    }
    masked += redactor.finish();
    text.fill('\0'); // the secrets that were still in it
    text.clear();
    entry.redactionCount = redactor.count();
    findMaskedBefore(masked, [&](qint64 line, QByteArrayView context) {
        if (lines.contains(line)) {
            return; // masked by the rules of now
        }
        ++entry.redactionCount;
        if (entry.redactions.size() < BundleEntry::MostRedactions) {
            entry.redactions << BundleRedaction{
                {}, tr("masked when it was received"), line, shown(context.toByteArray())};
        }
    });
    std::stable_sort(entry.redactions.begin(), entry.redactions.end(),
                     [](const auto &a, const auto &b) { return a.line < b.line; });
    if (m_hider) {
        masked = m_hider->hidden(masked, &entry.hiddenNames);
    }
    entry.size = masked.size();
    m_packed.insert(name, qCompress(masked, 1));
    m_entries << entry;
}

void SupportBundle::addJson(const QString &name, const QString &about, const QJsonValue &value)
{
    const QJsonDocument document
        = value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    add(name, about, document.toJson());
}

void SupportBundle::addJournal()
{
    QByteArray lines;
    for (const models::JournalEntry &entry : std::as_const(m_sources.journal)) {
        QJsonObject line = entry.data;
        line.remove(u"token"_s); // of the lease
        line.insert(u"at"_s, entry.at.toUTC().toString(Qt::ISODateWithMs));
        line.insert(u"what"_s, entry.what);
        if (!entry.step.isEmpty()) {
            line.insert(u"step"_s, entry.step);
        }
        lines += QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
    }
    add(u"journal.jsonl"_s, tr("What the program did, and when"), lines);
}

void SupportBundle::addLogs(const std::atomic_bool *cancelled)
{
    const models::RunRecord &record = m_sources.record;
    if (record.folder.isEmpty()) {
        return;
    }
    QStringList names = models::LogFile::namesIn(record.folder);
    if (QFileInfo(record.folder + u"/metrics.txt"_s).isFile()
        && !names.contains(u"metrics.txt"_s)) {
        names << u"metrics.txt"_s;
    }
    for (const QString &name : std::as_const(names)) {
        if (cancelled && *cancelled) {
            return;
        }
        Tail tail = readTail(record.folder + u'/' + name, quint64(m_sources.mostOfLog), cancelled);
        if (m_hider) {
            m_hider->learn(tail.text);
        }
        add(u"logs/"_s + name, tr("As it came from the server"), std::move(tail.text), tail.leftOut,
            tail.before);
        m_entries.last().problem = tail.problem;
    }
}

QByteArray SupportBundle::readme(const QStringList &leftOut) const
{
    QString text
        = tr("Support bundle of %1, made on %2.\n\n")
              .arg(m_sources.record.id, QDateTime::currentDateTimeUtc().toString(Qt::ISODate));
    text += tr("Secrets are replaced by stars.") + u' ';
    text += m_hider
        ? tr("Host names, user names and addresses are replaced: the same name by the same word.")
        : tr("Host names and user names are as they were.");
    text += u"\n\n"_s;
    for (const BundleEntry &entry : m_entries) {
        text += entry.name.leftJustified(28) + u' ';
        if (leftOut.contains(entry.name)) {
            text += tr("left out");
        } else {
            text += tr("%1 bytes, %2 secrets masked").arg(entry.size).arg(entry.redactionCount);
            if (entry.leftOut > 0) {
                text += u", "_s + tr("the first %1 bytes are left out").arg(entry.leftOut);
            }
            if (!entry.problem.isEmpty()) {
                text += u". "_s
                    + QString::fromUtf8(models::redacted(entry.problem.toUtf8(), m_rules));
            }
        }
        text += u'\n';
    }
    const QByteArray bytes = text.toUtf8();
    return m_hider ? m_hider->hidden(bytes) : bytes;
}

QString SupportBundle::write(const QString &path, const QStringList &leftOut, bool overwrite) const
{
    const QString shown = QDir::toNativeSeparators(path);
    const QFileInfo info(path);
    if (path.isEmpty() || (info.exists() && !info.isFile())) { // a device is not replaced
        return tr("%1 is not a file name.").arg(shown);
    }
    if (!overwrite && (info.exists() || info.isSymLink())) {
        return tr("%1 exists already and was left alone.").arg(shown);
    }
    const auto failed = [&shown](const QString &why) {
        return tr("The support bundle %1 could not be written: %2. Check the free space and the "
                  "permissions.")
            .arg(shown, why);
    };
    ArchiveWriter archive(path);
    const QString top = u"proverdeck-support-"_s + m_sources.record.id;
    QString why = archive.open();
    if (why.isEmpty()) {
        why = archive.addFolder(top);
    }
    if (why.isEmpty()) {
        why = archive.addFile(top + u"/README.txt"_s, readme(leftOut));
    }
    for (const BundleEntry &entry : m_entries) {
        if (why.isEmpty() && !leftOut.contains(entry.name)) {
            why = archive.addFile(top + u'/' + entry.name, qUncompress(m_packed.value(entry.name)));
        }
    }
    if (why.isEmpty()) {
        why = archive.commit();
    }
    return why.isEmpty() ? QString() : failed(why);
}

} // namespace proverdeck::app
