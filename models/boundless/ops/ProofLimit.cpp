// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/ProofLimit.h"

#include "models/boundless/SettingsFile.h"
#include "models/workflow/Plan.h"

#include <QCoreApplication>
#include <QCryptographicHash>

#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<const char *, 2> Keys{"max_concurrent_proofs", "max_concurrent_locks"};
const QString Section = u"market"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("ProofLimit", text);
}

/// The key that the file uses; the newer name if it uses neither.
QString keyOf(const SettingsFile &file)
{
    for (const char *key : Keys) {
        if (file.find(Section, QLatin1StringView(key)) != nullptr) {
            return QLatin1StringView(key);
        }
    }
    return QLatin1StringView(Keys.front());
}

tl::expected<ProofLimit, QString> limitOf(const SettingsFile &file)
{
    if (!file.problem().isEmpty()) {
        return tl::unexpected(
            tr("broker.toml is not valid: %1 Mend it first; the broker would not take the change.")
                .arg(file.problem()));
    }
    const SettingEntry *entry = file.find(Section, keyOf(file));
    if (entry == nullptr) {
        return ProofLimit{};
    }
    bool ok = false;
    const qint64 value = QByteArray(entry->text).replace('_', "").toLongLong(&ok);
    if (!ok) {
        return tl::unexpected(tr("The value of %1 in broker.toml is no whole number: the broker "
                                 "would not take the change.")
                                  .arg(entry->key));
    }
    return ProofLimit{value, entry->text};
}

QByteArray hash(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

} // namespace

tl::expected<ProofLimit, QString> readProofLimit(const QByteArray &toml)
{
    return limitOf(SettingsFile(toml));
}

tl::expected<ProofLimitEdit, QString> withoutNewLocks(const QByteArray &toml)
{
    SettingsFile file(toml);
    const auto before = limitOf(file);
    if (!before) {
        return tl::unexpected(before.error());
    }
    if (!file.sections().contains(Section)) {
        return tl::unexpected(
            tr("broker.toml has no [market] section, and adding one would ask for its other "
               "settings: add max_concurrent_proofs to it by hand."));
    }
    const auto done
        = before->value == 0 ? tl::expected<void, QString>() : file.set(Section, keyOf(file), "0");
    if (!done) {
        return tl::unexpected(done.error());
    }
    return ProofLimitEdit{file.bytes(), *before};
}

tl::expected<std::optional<QByteArray>, QString> withLimitRestored(const QByteArray &toml,
                                                                   const ProofLimit &before)
{
    SettingsFile file(toml);
    const auto now = limitOf(file);
    if (!now) {
        return tl::unexpected(now.error());
    }
    if (now->value != 0 || now->value == before.value) {
        return std::optional<QByteArray>();
    }
    const QString key = keyOf(file);
    const auto done
        = before.value ? file.set(Section, key, before.text) : file.remove(Section, key);
    if (!done) {
        return tl::unexpected(done.error());
    }
    return std::optional(file.bytes());
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
k="$b.part.$$"
[ -e "$b" ] || { cp -p "$f" "$k" && [ "$(sum "$k")" = "$have" ] && mv -f "$k" "$b"; } \
  || { rm -f "$k"; echo 'no copy could be kept'; exit 73; }
dd if="$t" of="$f" bs=4194304 conv=notrunc,fsync 2>/dev/null && truncate -s )sh"
        + QByteArray::number(now.size()) + R"sh( "$f" && sync "$f" 2>/dev/null
[ "$(sum "$f")" = )sh"
        + hash(now) + " ] || { echo 'the file could not be written'; exit 74; }\necho written\n";
}

QByteArray leftLimitScript(const QString &path)
{
    return "f=" + shellWord(path, InputType::RemotePath).toUtf8() + R"sh(
b=$(ls -tc "$f".proverdeck-stop-*.bak 2>/dev/null | head -n 1)
[ -n "$b" ] || { echo none; exit 0; }
echo "found ${b##*/}" && cat "$b"
)sh";
}

std::optional<LeftLimit> readLeftLimit(const QByteArray &out)
{
    const qsizetype end = out.indexOf('\n');
    if (!out.startsWith("found ") || end < 0) {
        return std::nullopt;
    }
    const auto limit = readProofLimit(out.mid(end + 1));
    return limit && limit->value != 0
        ? std::optional(LeftLimit{*limit, QString::fromUtf8(out.mid(6, end - 6))})
        : std::nullopt;
}

QByteArray retireCopyScript(const QString &path, const QString &id)
{
    return "b=" + shellWord(path, InputType::RemotePath).toUtf8() + ".proverdeck-" + id.toUtf8()
        + "\n[ ! -e \"$b.bak\" ] || mv -f \"$b.bak\" \"$b.done\"\n";
}

} // namespace proverdeck::models::boundless
