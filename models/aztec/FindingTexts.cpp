// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/FindingTexts.h"

#include "models/workflow/Toml.h"

#include <QFile>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

struct Entry
{
    Severity severity = Severity::Info;
    QString group, text, advice, textZh, adviceZh;
};

QString word(const toml::table &table, std::string_view key)
{
    const auto value = table[key].value<std::string_view>().value_or("");
    return QString::fromUtf8(value.data(), qsizetype(value.size()));
}

/// Built in, so a mistake in it is ours: the tests read every entry.
const QMap<QString, Entry> &entries()
{
    static const QMap<QString, Entry> list = [] {
        QMap<QString, Entry> made;
        QFile file(u":/aztec/findings.toml"_s);
        const QByteArray bytes = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const toml::table root
            = toml::parse(std::string_view(bytes.constData(), std::size_t(bytes.size())));
        for (const auto &[key, node] : root) {
            if (const toml::table *table = node.as_table()) {
                const QString severity = word(*table, "severity");
                made.insert(QString::fromUtf8(key.str().data(), qsizetype(key.str().size())),
                            {severity == u"error"         ? Severity::Error
                                 : severity == u"warning" ? Severity::Warning
                                                          : Severity::Info,
                             word(*table, "group"), word(*table, "text"), word(*table, "advice"),
                             word(*table, "text_zh"), word(*table, "advice_zh")});
            }
        }
        return made;
    }();
    return list;
}

/// What a log says may hold braces itself, so each place is filled once, from the left.
QString filled(const QString &text, const QMap<QString, QString> &values)
{
    QString made;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype open = text.indexOf(u'{', at);
        const qsizetype close = open < 0 ? -1 : text.indexOf(u'}', open);
        if (close < 0) {
            made += QStringView(text).mid(at);
            break;
        }
        made += QStringView(text).mid(at, open - at);
        made += values.value(text.mid(open + 1, close - open - 1), u"–"_s);
        at = close + 1;
    }
    return made;
}

} // namespace

TroubleText textOf(const Trouble &trouble, Language language)
{
    const auto at = entries().find(trouble.code);
    if (at == entries().end()) {
        return {trouble.severity, trouble.group, trouble.code, {}};
    }
    QMap<QString, QString> values = trouble.values;
    values.insert(u"count"_s, QString::number(trouble.count));
    const bool isChinese = language == Language::Chinese;
    return {at->severity, at->group, filled(isChinese ? at->textZh : at->text, values),
            filled(isChinese ? at->adviceZh : at->advice, values)};
}

Finding toFinding(const Trouble &trouble, Language language)
{
    const TroubleText text = textOf(trouble, language);
    Finding finding;
    finding.code = trouble.code;
    finding.severity = trouble.severity;
    finding.text = text.text;
    finding.advice = text.advice;
    finding.evidence = trouble.evidence.value(0);
    finding.count = trouble.count;
    return finding;
}

QStringList knownCodes()
{
    return entries().keys();
}

} // namespace proverdeck::models::aztec
