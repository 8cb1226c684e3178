// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsFile.h"

#include "models/boundless/Toml.h"
#include "models/boundless/TomlScan.h"
#include "models/workflow/TomlDepth.h"

#include <QCoreApplication>

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MostBytes = 1 << 20;
constexpr qsizetype MostUndo = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("SettingsFile", text);
}

struct Parsed
{
    std::optional<toml::table> table;
    QString problem;
    qint64 line = 0;
};

Parsed parse(const QByteArray &bytes)
{
    if (bytes.size() > MostBytes) {
        return {{}, tr("The file is larger than a megabyte; settings files are small."), 0};
    }
    if (const auto line
        = lineOfTooDeepKey(std::string_view(bytes.constData(), std::size_t(bytes.size())))) {
        return {{}, tr("The key has too many parts."), *line};
    }
    try {
        return {toml::parse(std::string_view(bytes.constData(), std::size_t(bytes.size()))), {}, 0};
    } catch (const toml::parse_error &error) {
        return {{}, tomlText(error.description()), qint64(error.source().begin.line)};
    }
}

const toml::node *nodeAt(const toml::table &root, const QString &section, const QString &key)
{
    const toml::table *table = &root;
    QStringList path = section.isEmpty() ? QStringList() : section.split(u'.');
    const toml::node *node = nullptr;
    for (const QString &part : std::as_const(path)) {
        node = table->get(part.toStdString());
        table = node != nullptr ? node->as_table() : nullptr;
        if (table == nullptr) {
            return nullptr;
        }
    }
    if (const toml::node *whole = table->get(key.toStdString())) {
        return whole;
    }
    const QStringList parts = key.split(u'.');
    for (qsizetype i = 0; i < parts.size(); ++i) {
        node = table->get(parts.at(i).toStdString());
        if (i + 1 < parts.size()) {
            table = node != nullptr ? node->as_table() : nullptr;
            if (table == nullptr) {
                return nullptr;
            }
        }
    }
    return node;
}

SettingValue valueOf(const toml::node &node, const QByteArray &text)
{
    SettingValue value;
    value.text = QString::fromUtf8(text);
    if (node.is_string()) {
        value.type = SettingValue::Type::Text;
        value.text = tomlText(node.as_string()->get());
    } else if (node.is_integer()) {
        value.type = SettingValue::Type::Integer;
        value.text = QString::number(node.as_integer()->get());
    } else if (node.is_floating_point()) {
        value.type = SettingValue::Type::Number;
    } else if (node.is_boolean()) {
        value.type = SettingValue::Type::Boolean;
        value.text = node.as_boolean()->get() ? u"true"_s : u"false"_s;
    } else if (node.is_array()) {
        value.type = SettingValue::Type::List;
        value.isTextList = true;
        for (const toml::node &item : *node.as_array()) {
            value.isTextList = value.isTextList && item.is_string();
            value.list << (item.is_string() ? tomlText(item.as_string()->get()) : QString());
        }
    }
    return value;
}

} // namespace

QByteArray tomlQuoted(const QString &text)
{
    QByteArray quoted = "\"";
    for (const char c : text.toUtf8()) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (c == '\n') {
            quoted += "\\n";
        } else if (c == '\t') {
            quoted += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            quoted += "\\u00" + QByteArray::number(int(byte), 16).rightJustified(2, '0');
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

SettingsFile::SettingsFile(QByteArray bytes)
    : m_bytes(std::move(bytes))
{
    read();
}

void SettingsFile::read()
{
    const Parsed parsed = parse(m_bytes);
    m_problem = parsed.problem;
    m_problemLine = parsed.line;
    scan();
}

void SettingsFile::scan()
{
    const TomlScan found = scanToml(m_bytes);
    m_entries = found.entries;
    m_sections = found.sections;
    m_headerEnds = found.headerEnds;
}

const SettingEntry *SettingsFile::find(const QString &section, const QString &key) const
{
    const auto entry = std::ranges::find_if(m_entries, [&](const SettingEntry &other) {
        return !other.isCommentedOut && other.section == section && other.key == key;
    });
    return entry == m_entries.end() ? nullptr : &*entry;
}

std::optional<SettingValue> SettingsFile::value(const QString &section, const QString &key) const
{
    const SettingEntry *entry = find(section, key);
    const Parsed parsed = entry != nullptr ? parse(m_bytes) : Parsed();
    if (!parsed.table) {
        return std::nullopt;
    }
    const toml::node *node = nodeAt(*parsed.table, section, key);
    return node != nullptr ? std::optional(valueOf(*node, entry->text)) : std::nullopt;
}

QByteArray SettingsFile::lineEnd() const
{
    const qsizetype at = m_bytes.indexOf('\n');
    return at > 0 && m_bytes.at(at - 1) == '\r' ? "\r\n" : "\n";
}

tl::expected<void, QString> SettingsFile::replace(qsizetype start, qsizetype end,
                                                  const QByteArray &with)
{
    if (!m_problem.isEmpty()) {
        return tl::unexpected(tr("The file cannot be changed, as it is no valid TOML: line %1: %2")
                                  .arg(m_problemLine)
                                  .arg(m_problem));
    }
    QByteArray changed = m_bytes;
    changed.replace(start, end - start, with);
    if (const Parsed parsed = parse(changed); !parsed.table) {
        return tl::unexpected(
            tr("The change was not made, as the file would no longer be valid: line %1: %2")
                .arg(parsed.line)
                .arg(parsed.problem));
    }
    if (changed != m_bytes) {
        m_past << m_bytes;
        if (m_past.size() > MostUndo) {
            m_past.remove(1); // the first one is the original
        }
        m_bytes = changed;
        scan();
    }
    return {};
}

tl::expected<void, QString> SettingsFile::set(const QString &section, const QString &key,
                                              const QByteArray &toml)
{
    const QByteArray wanted = "x = " + toml;
    const Parsed parsed = parse(wanted);
    if (!parsed.table || parsed.table->size() != 1 || toml.contains('\n') || toml.contains('#')) {
        const bool isHash = toml.contains('#') && parsed.table && parsed.table->size() == 1
            && scanToml(wanted).entries.value(0).text == toml;
        if (!isHash) {
            return tl::unexpected(tr("%1 = %2 is no value in TOML; texts stand in quotes.")
                                      .arg(key, QString::fromUtf8(toml)));
        }
    }
    if (const SettingEntry *entry = find(section, key)) {
        return replace(entry->valueStart, entry->valueEnd, toml);
    }
    const QByteArray end = lineEnd();
    const QByteArray line = key.toUtf8() + " = " + toml;
    const SettingEntry *twin = nullptr;
    const SettingEntry *last = nullptr;
    for (const SettingEntry &entry : std::as_const(m_entries)) {
        if (entry.section == section && entry.isCommentedOut && entry.key == key) {
            twin = &entry;
        }
        if (entry.section == section && !entry.isCommentedOut) {
            last = &entry;
        }
    }
    const qsizetype header = m_sections.indexOf(section);
    qsizetype at = m_bytes.size();
    QByteArray text = line;
    if (twin != nullptr || last != nullptr) {
        at = twin != nullptr ? twin->lineEnd : last->lineEnd;
    } else if (header >= 0) {
        at = m_headerEnds.at(header);
    } else if (section.isEmpty()) {
        at = 0;
        return replace(at, at, line + end);
    } else {
        const QByteArray before = m_bytes.isEmpty() ? QByteArray() : end;
        text = before + '[' + section.toUtf8() + ']' + end + line;
    }
    // A last line without its end gets one; the new last line has none then, either.
    const bool isOpen = at > 0 && m_bytes.at(at - 1) != '\n';
    return replace(at, at, isOpen ? end + text : text + end);
}

tl::expected<void, QString> SettingsFile::setList(const QString &section, const QString &key,
                                                  const QStringList &texts)
{
    const SettingEntry *entry = find(section, key);
    const std::optional<SettingValue> old = value(section, key);
    if (entry == nullptr || !old || !old->isTextList) {
        QByteArrayList quoted;
        for (const QString &text : texts) {
            quoted << tomlQuoted(text);
        }
        return set(section, key, '[' + quoted.join(", ") + ']');
    }
    const QByteArray changed = withItems(entry->text, old->list, texts, lineEnd());
    return replace(entry->valueStart, entry->valueEnd, changed);
}

tl::expected<void, QString> SettingsFile::rename(const QString &section, const QString &key,
                                                 const QString &now)
{
    const SettingEntry *entry = find(section, key);
    const qsizetype at = entry == nullptr ? -1 : m_bytes.indexOf(key.toUtf8(), entry->lineStart);
    if (at < 0 || at >= entry->valueStart || find(section, now) != nullptr) {
        return tl::unexpected(
            tr("%1 cannot be renamed to %2: one is missing or the other is there already.")
                .arg(key, now));
    }
    return replace(at, at + key.toUtf8().size(), now.toUtf8());
}

tl::expected<void, QString> SettingsFile::remove(const QString &section, const QString &key)
{
    const SettingEntry *entry = find(section, key);
    if (entry == nullptr) {
        return tl::unexpected(tr("There is no key %1 in [%2].").arg(key, section));
    }
    return replace(entry->lineStart, entry->lineEnd, {});
}

void SettingsFile::setOriginal(const QByteArray &kept)
{
    m_past = kept == m_bytes ? QList<QByteArray>() : QList<QByteArray>{kept};
}

void SettingsFile::undo()
{
    if (!m_past.isEmpty()) {
        m_bytes = m_past.takeLast();
        read();
    }
}

} // namespace proverdeck::models::boundless
