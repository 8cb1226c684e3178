// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/BrokerConfigCommand.h"

#include "app/Commands.h"
#include "app/Terminal.h"
#include "models/boundless/ComposeFile.h"
#include "models/boundless/LineDiff.h"
#include "models/boundless/SettingsCheck.h"
#include "models/boundless/SettingsMigration.h"
#include "models/boundless/SettingsWriter.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
using namespace models::boundless;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("BrokerConfigCommand", text);
}

tl::expected<QByteArray, QString> contentsOf(const QString &path)
{
    constexpr qint64 MostBytes = 1 << 20;
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(QFileInfo(path).isDir()
                                  ? tr("%1 is a folder; name the file.").arg(path)
                                  : tr("%1 cannot be read: %2.").arg(path, file.errorString()));
    }
    const QByteArray bytes = file.read(MostBytes + 1);
    if (bytes.size() > MostBytes) {
        return tl::unexpected(tr("%1 is larger than a megabyte: no settings file is.").arg(path));
    }
    return bytes;
}

QJsonObject flagJson(const SettingFlag &flag)
{
    const models::Finding &finding = flag.finding;
    return {
        {u"code"_s, finding.code},
        {u"severity"_s, models::severityWord(finding.severity)},
        {u"file"_s, finding.evidence.log},
        {u"line"_s, finding.evidence.line > 0 ? QJsonValue(finding.evidence.line) : QJsonValue()},
        {u"section"_s, flag.section.isEmpty() ? QJsonValue() : QJsonValue(flag.section)},
        {u"key"_s, flag.key.isEmpty() ? QJsonValue() : QJsonValue(flag.key)},
        {u"text"_s, finding.text},
        {u"advice"_s, finding.advice}};
}

QString flagText(const SettingFlag &flag)
{
    const models::Finding &finding = flag.finding;
    const QString place = finding.evidence.line > 0
        ? u"%1:%2: "_s.arg(finding.evidence.log).arg(finding.evidence.line)
        : finding.evidence.log + u": "_s;
    QString text = place
        + u"%1: %2 [%3]\n"_s.arg(models::severityWord(finding.severity), finding.text,
                                 finding.code);
    if (!finding.advice.isEmpty()) {
        text += u"    "_s + finding.advice + u'\n';
    }
    return text;
}

SettingsContext contextOf(const Request &request, const QString &path)
{
    SettingsContext context;
    context.name = QFileInfo(path).fileName();
    context.era = eraFromWord(request.era);
    context.isOverride = QFileInfo(path).absolutePath().endsWith("/chain-overrides"_L1);
    return context;
}

int check(const Request &request)
{
    const QString path = request.files.first();
    const auto bytes = contentsOf(path);
    if (!bytes) {
        complain(bytes.error());
        return 2;
    }
    const SettingsFile file(*bytes);
    SettingsContext context = contextOf(request, path);
    QList<SettingFlag> flags;
    if (!request.compose.isEmpty()) {
        const auto compose = contentsOf(request.compose);
        if (!compose) {
            complain(compose.error());
            return 2;
        }
        const ComposeFile services(*compose);
        context.execAgents = services.execAgentCount();
        for (const models::Finding &finding :
             services.check(QFileInfo(request.compose).fileName())) {
            flags << SettingFlag{finding, {}, {}};
        }
    }
    flags = checkSettings(file, context) + flags;
    const bool hasErrors = std::ranges::any_of(flags, [](const SettingFlag &flag) {
        return flag.finding.severity == models::Severity::Error;
    });
    const BrokerEra era = checkedEra(file, context);
    if (request.format == "json"_L1) {
        QJsonArray list;
        for (const SettingFlag &flag : std::as_const(flags)) {
            list << flagJson(flag);
        }
        printJson(stdout, {{u"file"_s, path}, {u"era"_s, eraWord(era)}, {u"findings"_s, list}});
    } else {
        QString text;
        for (const SettingFlag &flag : std::as_const(flags)) {
            text += flagText(flag);
        }
        printText(stdout,
                  text.isEmpty()
                      ? tr("%1: nothing to remark (checked as %2).\n").arg(path, eraWord(era))
                      : text);
    }
    return hasErrors ? 1 : 0;
}

/// Which key "market.peak_prove_khz" or "peak_prove_khz" is.
tl::expected<std::pair<QString, QString>, QString> placeOf(const QString &name, BrokerEra era)
{
    const qsizetype dot = name.lastIndexOf(u'.');
    if (dot > 0) {
        return std::pair(name.left(dot), name.mid(dot + 1));
    }
    const QStringList sections = SettingsSchema::builtIn()->sectionsOf(era, name);
    if (sections.size() != 1) {
        return tl::unexpected(
            sections.isEmpty() ? tr("The broker of %1 knows no key %2. Write SECTION.KEY=VALUE to "
                                    "set it all the same.")
                                     .arg(eraWord(era), name)
                               : tr("%1 is a key of %2; write SECTION.%1=VALUE.")
                                     .arg(name, sections.join(tr(" and "))));
    }
    return std::pair(sections.first(), name);
}

tl::expected<void, QString> assign(SettingsFile &file, BrokerEra era, const QString &assignment)
{
    const qsizetype equals = assignment.indexOf(u'=');
    if (equals <= 0) {
        return tl::unexpected(tr("\"%1\": write KEY=VALUE.").arg(assignment));
    }
    const QString text = assignment.mid(equals + 1).trimmed();
    const auto place = placeOf(assignment.left(equals).trimmed(), era);
    if (!place) {
        return tl::unexpected(place.error());
    }
    auto [section, name] = *place;
    const SettingKey *key = SettingsSchema::builtIn()->find(era, section, name);
    if (key == nullptr) {
        return file.set(section, name, text.toUtf8());
    }
    // The value may come with the quotes that it has in the file.
    const bool isQuoted = text.size() > 1 && text.startsWith(u'"') && text.endsWith(u'"');
    const QString plain = isQuoted ? text.mid(1, text.size() - 2) : text;
    if (const QString problem = problemWith(*key, era, plain); !problem.isEmpty()) {
        return tl::unexpected(problem);
    }
    // A key that stands there by its old name keeps it: two would be one too many.
    if (file.find(section, name) == nullptr && !key->alias.isEmpty()
        && file.find(section, key->alias) != nullptr) {
        name = key->alias;
    }
    return file.set(section, name, tomlFor(*key, plain));
}

int set(const Request &request)
{
    const QString path = request.files.first();
    const auto bytes = contentsOf(path);
    if (!bytes) {
        complain(bytes.error());
        return 2;
    }
    SettingsFile file(*bytes);
    const SettingsContext context = contextOf(request, path);
    const BrokerEra era = checkedEra(file, context);
    for (const QString &assignment : request.assignments) {
        if (const auto done = assign(file, era, assignment); !done) {
            complain(done.error());
            return 2;
        }
    }
    const QString diff = diffText(lineDiff(*bytes, file.bytes()));
    QString backup;
    if (file.isChanged()) {
        const auto written = writeSettings(path, *bytes, file.bytes());
        if (!written) {
            complain(written.error());
            return 1;
        }
        backup = *written;
    }
    if (request.format == "json"_L1) {
        printJson(stdout,
                  {{u"file"_s, path},
                   {u"changed"_s, file.isChanged()},
                   {u"backup"_s, backup.isEmpty() ? QJsonValue() : QJsonValue(backup)},
                   {u"diff"_s, diff}});
    } else if (file.isChanged()) {
        printText(stdout, diff);
        complain(tr("%1 is written; as it was: %2").arg(path, backup));
    } else {
        complain(tr("%1 says that already; nothing was written.").arg(path));
    }
    return 0;
}

/// Shows each renamed key; writes only if that was asked for.
int migrate(const Request &request)
{
    const QString path = request.files.first();
    const auto bytes = contentsOf(path);
    if (!bytes) {
        complain(bytes.error());
        return 2;
    }
    const BrokerEra from = checkedEra(SettingsFile(*bytes), contextOf(request, path));
    const BrokerEra to = eraFromWord(request.targetEra);
    const auto done = migrateSettings(*bytes, from, to);
    if (!done) {
        complain(done.error());
        return 2;
    }
    QString text;
    QJsonArray list;
    for (const SettingMove &move : done->moves) {
        text += u"%1.%2 = %3\n    %4\n"_s.arg(move.section, move.old, move.value,
                                              move.isDone ? tr("→ %1").arg(move.now)
                                                          : tr("stays as it is"));
        text += move.remark.isEmpty() ? QString() : u"    %1\n"_s.arg(move.remark);
        list << QJsonObject{
            {u"section"_s, move.section},
            {u"old"_s, move.old},
            {u"new"_s, move.now},
            {u"renamed"_s, move.isDone},
            {u"remark"_s, move.remark.isEmpty() ? QJsonValue() : QJsonValue(move.remark)}};
    }
    QString backup;
    const bool isChanged = done->text != *bytes;
    if (request.writes && isChanged) {
        const auto written = writeSettings(path, *bytes, done->text);
        if (!written) {
            complain(written.error());
            return 1;
        }
        backup = *written;
    }
    const QString diff = diffText(lineDiff(*bytes, done->text));
    if (request.format == "json"_L1) {
        printJson(stdout,
                  {{u"file"_s, path},
                   {u"from"_s, eraWord(from)},
                   {u"to"_s, eraWord(to)},
                   {u"settings"_s, list},
                   {u"written"_s, !backup.isEmpty()},
                   {u"backup"_s, backup.isEmpty() ? QJsonValue() : QJsonValue(backup)},
                   {u"diff"_s, diff}});
        return 0;
    }
    printText(stdout,
              text.isEmpty() ? tr("No key of %1 (%2) is called otherwise in %3.\n")
                                   .arg(path, eraWord(from), eraWord(to))
                             : text + u'\n' + diff);
    complain(!backup.isEmpty() ? tr("%1 is written; as it was: %2").arg(path, backup)
                 : isChanged   ? tr("Nothing was written; --write does it.")
                               : tr("Nothing to write."));
    return 0;
}

} // namespace

int runBrokerConfig(const Request &request)
{
    return request.command == Request::Command::BrokerConfigCheck  ? check(request)
        : request.command == Request::Command::BrokerConfigMigrate ? migrate(request)
                                                                   : set(request);
}

} // namespace proverdeck::app
