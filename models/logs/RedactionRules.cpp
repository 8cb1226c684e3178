// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/RedactionRules.h"

#include "models/logs/Redactor.h"

#include <QCoreApplication>
#include <QFile>
#include <QStandardPaths>

namespace proverdeck::models {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("RedactionRules", text);
}

} // namespace

void RedactionRules::indexWords()
{
    QList<QByteArray> words;
    m_rulesOfWord.clear();
    for (int index = 0; index < m_rules.size(); ++index) {
        for (const QByteArray &word : m_rules.at(index).words) {
            qsizetype at = words.indexOf(word);
            if (at < 0) {
                at = words.size();
                words << word;
                m_rulesOfWord << QList<int>();
            }
            m_rulesOfWord[at] << index;
        }
    }
    m_scanner = WordScanner(words);
}

QString RedactionRules::titleOf(const QString &id) const
{
    for (const RedactionRule &rule : m_rules) {
        if (rule.id == id) {
            return rule.title;
        }
    }
    return id;
}

RedactionRules RedactionRules::only(int index) const
{
    RedactionRules result;
    result.m_rules << m_rules.at(index);
    result.indexWords();
    return result;
}

QString RedactionRules::brokenExample(int first, const QString &origin) const
{
    const auto sentence = [&](const RedactionRule &rule, const QString &example) {
        return tr("Redaction rules %1, line %2: Rule \"%3\" does not hold for its example: %4")
            .arg(origin)
            .arg(rule.fileLine)
            .arg(rule.id, example);
    };
    for (int index = first; index < m_rules.size(); ++index) {
        const RedactionRule &rule = m_rules.at(index);
        const auto alone = std::make_shared<const RedactionRules>(only(index));
        for (const QString &example : rule.hides) {
            const RedactionExample wanted = readExample(example);
            if (wanted.text == wanted.masked || redacted(wanted.text, alone) != wanted.masked) {
                return sentence(rule, example);
            }
        }
        for (const QString &example : rule.keeps) {
            if (redacted(example.toUtf8(), alone) != example.toUtf8()) {
                return sentence(rule, example);
            }
        }
    }
    return {};
}

RedactionExample readExample(const QString &example)
{
    RedactionExample result;
    bool inside = false;
    for (const QChar letter : example) {
        if (letter == u'⟦' || letter == u'⟧') {
            inside = letter == u'⟦';
            continue;
        }
        const QByteArray bytes = QString(letter).toUtf8();
        const bool stays = !inside || letter == u'\n' || letter == u'\r';
        result.text += bytes;
        result.masked += stays ? bytes : QByteArray(bytes.size(), '*');
    }
    return result;
}

std::shared_ptr<const RedactionRules> RedactionRules::load(const QString &userFile)
{
    auto rules = std::make_shared<RedactionRules>();
    QFile builtIn(u":/redaction.toml"_s);
    if (!builtIn.open(QIODevice::ReadOnly)) {
        qFatal("The built-in redaction rules are missing.");
    }
    if (const auto added = rules->add(builtIn.readAll(), tr("built in")); !added) {
        qFatal("%s", qPrintable(added.error())); // without rules, secrets would be shown
    }
    QFile own(userFile);
    if (!own.exists()) {
        return rules;
    }
    auto both = std::make_shared<RedactionRules>(*rules);
    QString problem;
    if (!own.open(QIODevice::ReadOnly)) {
        problem = tr("The redaction rules %1 cannot be read: %2.").arg(userFile, own.errorString());
    } else if (const auto added = both->add(own.readAll(), userFile); !added) {
        problem = added.error();
    } else {
        problem = both->brokenExample(int(rules->rules().size()), userFile);
    }
    if (!problem.isEmpty()) {
        rules->m_problem = problem;
        return rules;
    }
    return both;
}

std::shared_ptr<const RedactionRules> redactionRules()
{
    static const std::shared_ptr<const RedactionRules> rules
        = RedactionRules::load(userRedactionFile());
    return rules;
}

QString userRedactionFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + u"/proverdeck/redaction.toml"_s;
}

} // namespace proverdeck::models
