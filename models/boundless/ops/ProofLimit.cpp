// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/ProofLimit.h"

#include "models/boundless/Toml.h"
#include "models/logs/LogText.h"
#include "models/workflow/Plan.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QRegularExpression>

#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<const char *, 2> Keys{"max_concurrent_proofs", "max_concurrent_locks"};
const QString FileName = u"broker.toml"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("ProofLimit", text);
}

struct Place
{
    qsizetype headerEnd = -1; ///< behind the line "[market]"
    qsizetype start = -1; ///< of the key's line
    qsizetype end = -1; ///< without its line end
};

/// What the value says, by a real reader; none if the key is absent.
tl::expected<std::optional<qint64>, QString> parsedLimit(const QByteArray &toml)
{
    try {
        const toml::table table
            = toml::parse(std::string_view(toml.constData(), size_t(toml.size())));
        const toml::node_view<const toml::node> market = table["market"];
        for (const char *key : Keys) {
            if (const auto value = market[key].value<int64_t>()) {
                return std::optional<qint64>(*value);
            }
        }
        if (!market.is_table()) {
            return tl::unexpected(
                tr("broker.toml has no [market] section, and adding one would ask for its other "
                   "settings: add max_concurrent_proofs to it by hand."));
        }
        return std::optional<qint64>();
    } catch (const toml::parse_error &error) {
        return tl::unexpected(
            tr("broker.toml is not valid (line %1: %2): mend it first, the broker would not take "
               "the change.")
                .arg(error.source().begin.line)
                .arg(plainLine(tomlText(error.description()), 200)));
    }
}

/// Lines inside a multi-line text or list are no keys; the reader above has the last word.
Place findPlace(const QByteArray &toml)
{
    static const QRegularExpression header(uR"(^\s*\[\s*([A-Za-z0-9_."'-]+)\s*\]\s*(#.*)?$)"_s);
    static const QRegularExpression key(
        uR"(^\s*(max_concurrent_proofs|max_concurrent_locks)\s*=)"_s);
    Place place;
    bool isMarket = false;
    for (qsizetype start = 0; start < toml.size();) {
        const qsizetype newline = toml.indexOf('\n', start);
        const qsizetype next = newline < 0 ? toml.size() : newline + 1;
        qsizetype end = newline < 0 ? toml.size() : newline;
        if (end > start && toml.at(end - 1) == '\r') {
            --end;
        }
        const QString line = QString::fromUtf8(toml.mid(start, end - start));
        if (const auto match = header.match(line); match.hasMatch()) {
            isMarket = match.captured(1) == u"market";
            if (isMarket) {
                place.headerEnd = next;
            }
        } else if (line.trimmed().startsWith(u"[["_s)) {
            isMarket = false;
        } else if (isMarket && place.start < 0 && key.match(line).hasMatch()) {
            place.start = start;
            place.end = end;
        }
        start = next;
    }
    return place;
}

QByteArray lineEndOf(const QByteArray &toml)
{
    return toml.contains("\r\n") ? QByteArrayLiteral("\r\n") : QByteArrayLiteral("\n");
}

/// The line with another number; what stands around it stays.
QByteArray withValue(const QByteArray &line, qint64 value)
{
    static const QRegularExpression number(uR"(=\s*([+-]?[0-9_]+))"_s);
    QString text = QString::fromUtf8(line);
    const auto match = number.match(text);
    if (match.hasMatch()) {
        text.replace(match.capturedStart(1), match.capturedLength(1), QString::number(value));
    }
    return text.toUtf8();
}

tl::expected<QByteArray, QString> checked(const QByteArray &text, std::optional<qint64> wanted)
{
    const auto limit = parsedLimit(text);
    if (limit && *limit == wanted) {
        return text;
    }
    return tl::unexpected(tr("The line of max_concurrent_proofs in broker.toml has a form that "
                             "this program does not change: set it by hand."));
}

QByteArray hash(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

} // namespace

tl::expected<ProofLimit, QString> readProofLimit(const QByteArray &toml)
{
    const auto value = parsedLimit(toml);
    if (!value) {
        return tl::unexpected(value.error());
    }
    const Place place = findPlace(toml);
    return ProofLimit{
        *value, place.start < 0 ? QByteArray() : toml.mid(place.start, place.end - place.start)};
}

tl::expected<ProofLimitEdit, QString> withoutNewLocks(const QByteArray &toml)
{
    const auto before = readProofLimit(toml);
    if (!before) {
        return tl::unexpected(before.error());
    }
    const Place place = findPlace(toml);
    QByteArray text = toml;
    if (place.start >= 0) {
        text.replace(place.start, place.end - place.start, withValue(before->line, 0));
    } else {
        const QByteArray end = lineEndOf(toml);
        QByteArray line = QByteArray(Keys.front()) + " = 0" + end;
        if (place.headerEnd > 0 && toml.at(place.headerEnd - 1) != '\n') {
            line.prepend(end);
        }
        text.insert(qMax<qsizetype>(0, place.headerEnd), line);
    }
    const auto good = checked(text, 0);
    if (!good) {
        return tl::unexpected(good.error());
    }
    return ProofLimitEdit{*good, *before};
}

tl::expected<std::optional<QByteArray>, QString> withLimitRestored(const QByteArray &toml,
                                                                   const ProofLimit &before)
{
    const auto now = readProofLimit(toml);
    if (!now) {
        return tl::unexpected(now.error());
    }
    if (now->value != 0 || now->value == before.value) {
        return std::optional<QByteArray>();
    }
    const Place place = findPlace(toml);
    if (place.start < 0) {
        return tl::unexpected(checked({}, 0).error());
    }
    QByteArray text = toml;
    if (before.line.isEmpty()) {
        const qsizetype newline = toml.indexOf('\n', place.start);
        text.remove(place.start, (newline < 0 ? toml.size() : newline + 1) - place.start);
    } else {
        text.replace(place.start, place.end - place.start, before.line);
    }
    const auto good = checked(text, before.value);
    if (!good) {
        return tl::unexpected(good.error());
    }
    return std::optional(*good);
}

QByteArray writeInPlaceScript(const QString &path, const QByteArray &before, const QByteArray &now,
                              const QString &id)
{
    return "f=" + shellWord(path, InputType::RemotePath).toUtf8() + R"sh(
sum() { sha256sum <"$1" 2>/dev/null | cut -d' ' -f1; }
have=$(sum "$f")
[ "$have" = )sh"
        + hash(now) + " ] && { echo already; exit 0; }\n[ \"$have\" = " + hash(before)
        + R"sh( ] || { echo changed; exit 75; }
t=$(mktemp) || { echo 'no temporary file'; exit 73; }
trap 'rm -f "$t"' EXIT
base64 -d >"$t" <<'PROVERDECK_END'
)sh" + now.toBase64()
        + "\nPROVERDECK_END\n[ \"$(sum \"$t\")\" = " + hash(now)
        + " ] || { echo 'the text arrived damaged'; exit 74; }\nb=\"$f.proverdeck-" + id.toUtf8()
        + R"sh(.bak"
[ -e "$b" ] || cp -p "$f" "$b" || { echo 'no copy could be kept'; exit 73; }
dd if="$t" of="$f" bs=4194304 conv=notrunc,fsync 2>/dev/null && truncate -s )sh"
        + QByteArray::number(now.size()) + R"sh( "$f" && sync "$f" 2>/dev/null
[ "$(sum "$f")" = )sh"
        + hash(now) + " ] || { echo 'the file could not be written'; exit 74; }\necho written\n";
}

} // namespace proverdeck::models::boundless
