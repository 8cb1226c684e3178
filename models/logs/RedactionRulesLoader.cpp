// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/RedactionRules.h"
#include "models/workflow/Toml.h"
#include "models/workflow/TomlDepth.h"

#include <QCoreApplication>

#include <exception>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

constexpr int MostLines = 1000;

/// Thrown inside this file only: the first thing that is wrong in the file.
struct Problem : std::exception
{
    Problem(int atLine, QString saying)
        : line(atLine)
        , text(std::move(saying))
    {
    }
    int line;
    QString text;
};

QString tr(const char *text)
{
    return QCoreApplication::translate("RedactionRules", text);
}

QString qstring(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

int lineOf(const toml::node &node)
{
    return int(node.source().begin.line);
}

QString textOf(const toml::node &node, const QString &where, const QString &key)
{
    if (!node.is_string() || node.as_string()->get().empty()) {
        throw Problem(
            lineOf(node),
            tr("%1: the key \"%2\" must be a text in quotes that is not empty.").arg(where, key));
    }
    return qstring(node.as_string()->get());
}

QStringList textsOf(const toml::table &table, const QString &where, const char *key)
{
    QStringList list;
    const toml::node *node = table.get(key);
    if (!node) {
        return list;
    }
    const QString name = QString::fromLatin1(key);
    if (!node->is_array()) {
        throw Problem(lineOf(*node),
                      tr("%1: the key \"%2\" must be a list of texts.").arg(where, name));
    }
    for (const toml::node &item : *node->as_array()) {
        list << textOf(item, where, name);
    }
    return list;
}

void refuseOthers(const toml::table &table, const QString &where, const QStringList &known)
{
    for (const auto &[key, value] : table) {
        if (!known.contains(qstring(key.str()))) {
            throw Problem(lineOf(value),
                          tr("%1 has the key \"%2\", which is not known here. Known keys: %3.")
                              .arg(where, qstring(key.str()), known.join(u", "_s)));
        }
    }
}

QString withParts(QString text, const QHash<QString, QString> &parts, int line,
                  const QString &where)
{
    static const QRegularExpression name(u"%([a-z][a-z0-9-]*)%"_s);
    for (auto match = name.match(text); match.hasMatch(); match = name.match(text)) {
        const auto part = parts.constFind(match.captured(1));
        if (part == parts.constEnd()) {
            throw Problem(line,
                          tr("%1 uses %%2%, and [part] has no such name. Known names: %3.")
                              .arg(where, match.captured(1), parts.keys().join(u", "_s)));
        }
        text.replace(match.capturedStart(), match.capturedLength(), *part);
    }
    return text;
}

/// Reads the [[rule]] tables with the parts that are known at their place.
class Reader
{
public:
    explicit Reader(QHash<QString, QString> parts)
        : m_parts(std::move(parts))
    {
    }

    [[nodiscard]] const QHash<QString, QString> &parts() const { return m_parts; }

    void readParts(const toml::table &document)
    {
        const toml::node *node = document.get("part");
        if (!node) {
            return;
        }
        if (!node->is_table()) {
            throw Problem(lineOf(*node), tr("\"part\" must be a table [part]."));
        }
        // In the order of the file, so that a part may use those above it.
        QMap<int, QString> order;
        for (const auto &[key, value] : *node->as_table()) {
            order.insert(lineOf(value), qstring(key.str()));
        }
        for (auto it = order.cbegin(); it != order.cend(); ++it) {
            const std::string key = it.value().toStdString();
            const QString text = textOf(*node->as_table()->get(key), u"[part]"_s, it.value());
            m_parts.insert(it.value(), withParts(text, m_parts, it.key(), u"[part]"_s));
        }
    }

    RedactionRule readRule(const toml::table &table)
    {
        RedactionRule rule;
        rule.fileLine = lineOf(table);
        const toml::node *id = table.get("id");
        if (!id) {
            throw Problem(rule.fileLine, tr("A [[rule]] needs the key \"id\"."));
        }
        rule.id = textOf(*id, u"[[rule]]"_s, u"id"_s);
        static const QRegularExpression good(u"^[a-z0-9]+(?:-[a-z0-9]+)*$"_s);
        if (!good.match(rule.id).hasMatch()) {
            throw Problem(
                lineOf(*id),
                tr("The id \"%1\" must be small letters, digits and dashes.").arg(rule.id));
        }
        m_where = tr("Rule \"%1\"").arg(rule.id);
        rule.title = required(table, "title");
        readWords(table, rule);
        if (table.contains("also")) {
            rule.also = required(table, "also").toUtf8();
        }
        rule.expression = expression(table, "expression", true);
        rule.group = int(rule.expression.namedCaptureGroups().indexOf(u"secret"));
        if (rule.group < 0) {
            throw Problem(lineOf(*table.get("expression")),
                          tr("%1: the key \"expression\" must have a group (?<secret>…), which is "
                             "what is masked.")
                              .arg(m_where));
        }
        readBlock(table, rule);
        rule.hides = textsOf(table, m_where, "hides");
        rule.keeps = textsOf(table, m_where, "keeps");
        if (rule.hides.isEmpty()) {
            throw Problem(rule.fileLine,
                          tr("%1 needs the key \"hides\", a list of examples with what is masked "
                             "between ⟦ and ⟧.")
                              .arg(m_where));
        }
        refuseOthers(table, m_where,
                     {u"id"_s, u"title"_s, u"words"_s, u"also"_s, u"expression"_s, u"begin"_s,
                      u"end"_s, u"lines"_s, u"hides"_s, u"keeps"_s});
        return rule;
    }

private:
    [[nodiscard]] QString required(const toml::table &table, const char *key) const
    {
        const toml::node *node = table.get(key);
        if (!node) {
            throw Problem(lineOf(table),
                          tr("%1 needs the key \"%2\".").arg(m_where, QString::fromLatin1(key)));
        }
        return textOf(*node, m_where, QString::fromLatin1(key));
    }

    void readWords(const toml::table &table, RedactionRule &rule) const
    {
        const QStringList words = textsOf(table, m_where, "words");
        if (words.isEmpty()) {
            throw Problem(rule.fileLine, tr("%1 needs the key \"words\".").arg(m_where));
        }
        for (const QString &word : words) {
            const QByteArray bytes = word.toUtf8();
            if (bytes.size() < WordScanner::ShortestWord || word != word.toLower()
                || bytes.contains('\n')) {
                throw Problem(lineOf(*table.get("words")),
                              tr("%1: the word \"%2\" must have at least three characters, small "
                                 "letters only, on one line.")
                                  .arg(m_where, word));
            }
            rule.words << bytes;
        }
    }

    [[nodiscard]] QRegularExpression expression(const toml::table &table, const char *key,
                                                bool isRequired) const
    {
        const toml::node *node = table.get(key);
        if (!node && !isRequired) {
            return {};
        }
        const QString name = QString::fromLatin1(key);
        const QString text = withParts(required(table, key), m_parts, lineOf(*node),
                                       u"%1, key \"%2\""_s.arg(m_where, name));
        QRegularExpression result(text, QRegularExpression::CaseInsensitiveOption);
        if (!result.isValid()) {
            throw Problem(lineOf(*node),
                          tr("%1: the key \"%2\" is no valid expression: %3, at character %4.")
                              .arg(m_where, name, result.errorString())
                              .arg(result.patternErrorOffset()));
        }
        if (result.match(QString()).hasMatch()) {
            throw Problem(lineOf(*node),
                          tr("%1: the key \"%2\" matches an empty text.").arg(m_where, name));
        }
        result.optimize();
        return result;
    }

    void readBlock(const toml::table &table, RedactionRule &rule) const
    {
        rule.begin = expression(table, "begin", false);
        rule.end = expression(table, "end", false);
        const toml::node *lines = table.get("lines");
        const bool isBlock = table.contains("begin");
        if (!isBlock && (lines || table.contains("end"))) {
            throw Problem(rule.fileLine,
                          tr("%1: the keys \"end\" and \"lines\" belong to a rule with \"begin\".")
                              .arg(m_where));
        }
        if (!isBlock) {
            return;
        }
        const qint64 count
            = lines && lines->is_integer() ? qint64(lines->as_integer()->get()) : qint64(0);
        if (count < 1 || count > MostLines) {
            throw Problem(lines ? lineOf(*lines) : rule.fileLine,
                          tr("%1: a rule with \"begin\" needs the key \"lines\", a whole number "
                             "from 1 to %2.")
                              .arg(m_where)
                              .arg(MostLines));
        }
        rule.lines = int(count);
    }

    QHash<QString, QString> m_parts;
    QString m_where;
};

} // namespace

tl::expected<void, QString> RedactionRules::add(const QByteArray &toml, const QString &origin)
{
    const auto complain = [&](int line, const QString &text) {
        return tl::unexpected<QString>(
            tr("Redaction rules %1, line %2: %3").arg(origin).arg(line).arg(text));
    };
    const std::string_view text(toml.constData(), size_t(toml.size()));
    if (const std::optional<int> line = lineOfTooDeepKey(text)) {
        return complain(*line, tr("the key has too many parts."));
    }
    try {
        const toml::table document = toml::parse(text, origin.toStdString());
        Reader reader(m_parts);
        reader.readParts(document);
        refuseOthers(document, tr("The file"), {u"part"_s, u"rule"_s});
        QList<RedactionRule> list = m_rules;
        const toml::node *rules = document.get("rule");
        if (rules && !rules->is_array_of_tables()) {
            throw Problem(lineOf(*rules), tr("\"rule\" must be a list of tables [[rule]]."));
        }
        for (std::size_t i = 0; rules && i < rules->as_array()->size(); ++i) {
            const RedactionRule rule = reader.readRule(*rules->as_array()->get(i)->as_table());
            for (const RedactionRule &other : std::as_const(list)) {
                if (other.id == rule.id) {
                    throw Problem(rule.fileLine,
                                  tr("There is a rule with the id \"%1\" already. Built-in rules "
                                     "can be added to, not replaced.")
                                      .arg(rule.id));
                }
            }
            list << rule;
        }
        m_rules = list;
        m_parts = reader.parts();
        indexWords();
        return {};
    } catch (const toml::parse_error &error) {
        return complain(int(error.source().begin.line), qstring(error.description()) + u'.');
    } catch (const Problem &found) {
        return complain(found.line, found.text);
    }
}

} // namespace proverdeck::models
