// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/live/LiveSource.h"

#include "ssh/RemoteShell.h"

#include <QRegularExpression>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

// $f is the file. Frames go out as "@INODE OFFSET LENGTH\n" and so many bytes. The file stays open
// while it is read: what is written to it after a rotation still comes. A file that was rotated
// while nobody looked is found by its inode among its neighbours.
constexpr char FileLoop[] = R"sh(
inode_of() { stat -L -c %i -- "$1" 2>/dev/null; }
size_of() { stat -L -c %s -- "$1" 2>/dev/null; }
enter() { exec 3<"$1" || exit 66; [ "$at" = 0 ] || dd bs=1 skip="$at" count=0 <&3 2>/dev/null; }
send() { # what is behind $at of descriptor 3, a file with this inode; fails if it was cut off
  now=$(size_of /dev/fd/3)
  [ "${now:-0}" -ge "$at" ] || return 1
  [ "$now" -gt "$at" ] || return 0
  printf '@%s %s %s\n' "$1" "$at" $((now - at))
  head -c $((now - at)) <&3
  at=$now
}
name=$(inode_of "$f")
[ -n "$name" ] || { echo "There is no file $f, or it may not be read." >&2; exit 66; }
if [ "$ino" != 0 ] && [ "$ino" != "$name" ]; then
  old=$(find "$(dirname -- "$f")" -maxdepth 1 -type f -inum "$ino" 2>/dev/null | head -n 1)
  if [ -n "$old" ]; then enter "$old"; printf '@%s %s 0\n' "$ino" "$at"; send "$ino"; exec 3<&-; fi
  at=0
elif [ "$(size_of "$f")" -lt "$at" ]; then
  at=0
fi
enter "$f"
ino=$(inode_of /dev/fd/3)
printf '@%s %s 0\n' "$ino" "$at"
while send "$ino"; do
  if [ "$(inode_of "$f")" != "$ino" ]; then send "$ino"; exit 75; fi
  sleep 0.3 2>/dev/null || sleep 1
done
exit 75
)sh";

} // namespace

QString toWord(const LiveSource &source)
{
    return (source.kind == LiveSource::Kind::Container     ? u"container:"_s
                : source.kind == LiveSource::Kind::Compose ? u"compose:"_s
                                                           : u"file:"_s)
        + source.name;
}

std::optional<LiveSource> sourceFromWord(const QString &word)
{
    LiveSource source;
    const QString kind = word.section(u':', 0, 0);
    source.name = word.section(u':', 1);
    if (kind == u"compose") {
        source.kind = LiveSource::Kind::Compose;
    } else if (kind == u"file") {
        source.kind = LiveSource::Kind::File;
    } else if (kind != u"container") {
        return std::nullopt;
    }
    return isGoodName(source) ? std::optional(source) : std::nullopt;
}

bool isGoodName(const LiveSource &source)
{
    if (source.kind == LiveSource::Kind::File) {
        static const QRegularExpression bad(u"[\\x00-\\x1f\\x7f]"_s);
        return source.name.startsWith(u'/') && !source.name.contains(bad)
            && source.name.size() < 4096;
    }
    static const QRegularExpression good(u"^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$"_s);
    return good.match(source.name).hasMatch();
}

QByteArray followScript(const LiveSource &source, const QByteArray &since)
{
    const QByteArray name = ssh::shellQuoted(source.name).toUtf8();
    QByteArray script = "exec docker ";
    if (source.kind == LiveSource::Kind::Compose) {
        script += "compose -p " + name + " logs --follow --timestamps --no-color";
    } else {
        script += "logs --follow --timestamps";
    }
    if (!since.isEmpty()) {
        script += " --since " + ssh::shellQuoted(QString::fromLatin1(since)).toUtf8();
    }
    if (source.kind == LiveSource::Kind::Container) {
        script += ' ' + name;
    }
    return script + " 2>&1\n";
}

QByteArray followFileScript(const QString &path, const FilePlace &place)
{
    return "f=" + ssh::shellQuoted(path).toUtf8() + "; ino=" + QByteArray::number(place.inode)
        + "; at=" + QByteArray::number(place.offset) + '\n' + FileLoop;
}

} // namespace proverdeck::models::aztec
