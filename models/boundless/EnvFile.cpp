// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/EnvFile.h"

#include "models/logs/LogText.h"
#include "models/logs/Redactor.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QUrl>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("EnvFile", text);
}

QString unquoted(const QString &text)
{
    const bool isQuoted = text.size() >= 2 && (text.front() == u'"' || text.front() == u'\'')
        && text.back() == text.front();
    return isQuoted ? text.mid(1, text.size() - 2) : text;
}

} // namespace

EnvFile::EnvFile(QByteArray bytes)
    : m_bytes(std::move(bytes))
{
    read();
}

void EnvFile::read()
{
    m_entries.clear();
    static const QRegularExpression entry(
        uR"(^[ \t]*(export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=("[^"\n]*"|'[^'\n]*'|[^\s#]*))"_s);
    qint64 line = 0;
    for (qsizetype at = 0; at < m_bytes.size();) {
        const qsizetype next = m_bytes.indexOf('\n', at);
        const qsizetype end = next < 0 ? m_bytes.size() : next;
        ++line;
        const auto found = entry.match(QString::fromLatin1(m_bytes.sliced(at, end - at)));
        if (found.hasMatch()) {
            const qsizetype start = at + found.capturedStart(3);
            const qsizetype stop = at + found.capturedEnd(3);
            m_entries << EnvEntry{found.captured(2),
                                  unquoted(QString::fromUtf8(m_bytes.sliced(start, stop - start))),
                                  !found.captured(1).isEmpty(),
                                  line,
                                  start,
                                  stop};
        }
        at = end + 1;
    }
}

const EnvEntry *EnvFile::find(const QString &name) const
{
    const EnvEntry *last = nullptr;
    for (const EnvEntry &entry : m_entries) {
        last = entry.name == name ? &entry : last;
    }
    return last;
}

std::optional<QString> EnvFile::value(const QString &name) const
{
    const EnvEntry *entry = find(name);
    return entry != nullptr ? std::optional(entry->value) : std::nullopt;
}

bool EnvFile::isSecret(const QString &name)
{
    static const QRegularExpression secret(u"PRIVATE_KEY|PASS|SECRET|TOKEN|API_KEY|MNEMONIC"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    return secret.match(name).hasMatch();
}

QString EnvFile::shown(const QString &name) const
{
    const auto text = value(name);
    if (!text) {
        return u"–"_s;
    }
    if (text->isEmpty()) {
        return tr("(empty)");
    }
    if (isSecret(name)) {
        return QString(8, u'•'); // not even its length
    }
    if (name.contains("RPC_URL"_L1)) {
        const QUrl url(*text);
        const bool hasMore = url.path().size() > 1 || url.hasQuery() || !url.userInfo().isEmpty();
        return url.isValid() && !url.host().isEmpty()
            ? plainLine(url.scheme() + u"://"_s + url.host()
                        + (url.port() > 0 ? u':' + QString::number(url.port()) : QString())
                        + (hasMore ? u"/…"_s : QString()))
            : u"…"_s;
    }
    return plainLine(redactedText(*text));
}

tl::expected<void, QString> EnvFile::set(const QString &name, const QString &value)
{
    static const QRegularExpression nameRule(u"^[A-Za-z_][A-Za-z0-9_]*$"_s);
    static const QRegularExpression bad(u"[\\x00-\\x1f\\x7f\"'`$\\\\]"_s);
    static const QRegularExpression bare(u"^[A-Za-z0-9_./:@%+,=-]*$"_s);
    if (!nameRule.match(name).hasMatch()) {
        return tl::unexpected(tr("\"%1\" is no name of a variable.").arg(plainLine(name, 40)));
    }
    // A shell would act on these; no address, key or number has them.
    if (bad.match(value).hasMatch()) {
        return tl::unexpected(
            tr("The value of %1 must not hold quotes, backslashes, $, backticks or line ends.")
                .arg(name));
    }
    const bool needsQuotes = !bare.match(value).hasMatch();
    if (const EnvEntry *entry = find(name)) {
        const bool wasQuoted = m_bytes.at(std::min(entry->valueStart, m_bytes.size() - 1)) == '"';
        const QByteArray text = needsQuotes || (wasQuoted && entry->valueEnd > entry->valueStart)
            ? '"' + value.toUtf8() + '"'
            : value.toUtf8();
        m_bytes.replace(entry->valueStart, entry->valueEnd - entry->valueStart, text);
    } else {
        const QByteArray end = m_bytes.contains("\r\n") ? "\r\n" : "\n";
        const bool exports = std::ranges::any_of(m_entries, &EnvEntry::isExported);
        const QByteArray text = needsQuotes ? '"' + value.toUtf8() + '"' : value.toUtf8();
        if (!m_bytes.isEmpty() && !m_bytes.endsWith('\n')) {
            m_bytes += end;
        }
        m_bytes
            += (exports ? QByteArray("export ") : QByteArray()) + name.toUtf8() + '=' + text + end;
    }
    read();
    return {};
}

QList<Finding> EnvFile::check(const QString &fileName) const
{
    QList<Finding> findings;
    const auto put = [&](const char *code, Severity severity, const QString &text,
                         const QString &advice, qint64 line) {
        findings << Finding{QString::fromLatin1(code),        severity, text, advice,
                            Evidence{fileName, line, -1, {}}, 1};
    };
    static const QRegularExpression key(u"^(0x)?[0-9a-fA-F]{64}$"_s);
    qint64 notExported = 0;
    int exported = 0;
    for (const EnvEntry &entry : m_entries) {
        if (entry.name.endsWith("PRIVATE_KEY"_L1) && !entry.value.isEmpty()
            && !key.match(entry.value).hasMatch()) {
            put("private-key-form", Severity::Error,
                tr("%1 is no private key: it must have 64 hexadecimal digits, with or without 0x.")
                    .arg(entry.name),
                tr("Enter it again; odd digits are the usual reason."), entry.line);
        }
        if (entry.name.contains("RPC_URL"_L1) && !entry.value.isEmpty()
            && !entry.value.startsWith("http"_L1) && !entry.value.startsWith("ws"_L1)
            && !entry.value.startsWith(u'$')) {
            put("rpc-url-form", Severity::Error,
                tr("%1 is no address: it must begin with http:// or https://.").arg(entry.name), {},
                entry.line);
        }
        exported += entry.isExported ? 1 : 0;
        notExported = !entry.isExported && notExported == 0 ? entry.line : notExported;
    }
    if (exported > 0 && notExported > 0) {
        put("not-exported", Severity::Warning,
            tr("Some lines have \"export\" and some have not: after \"source\" only the former "
               "reach "
               "the broker."),
            tr("Write \"export\" before each, or start with \"just broker up FILE\"."),
            notExported);
    } else if (exported == 0 && !m_entries.isEmpty()) {
        put("not-exported", Severity::Info,
            tr("No line has \"export\": \"source\" alone does not reach the broker."),
            tr("Start with \"just broker up FILE\"."), notExported);
    }
    return findings;
}

} // namespace proverdeck::models::boundless
