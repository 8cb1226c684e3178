// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/DbCopy.h"

#include "models/boundless/ops/StackStatus.h"
#include "models/logs/LogText.h"

#include <QCoreApplication>
#include <QFile>
#include <QTemporaryDir>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr int MostFiles = 60;

QString tr(const char *text)
{
    return QCoreApplication::translate("DbCopy", text);
}

constexpr const char *Copy = R"sh(
c=$(@COMPOSE ps -aq broker 2>/dev/null | head -n 1)
[ -n "$c" ] || { echo "E there is no broker container"; exit 66; }
t=$(mktemp -d) || { echo "E no temporary folder"; exit 73; }
trap 'rm -rf "$t"' EXIT
now=$(docker info --format '{{.SystemTime}}')
i=0 same=
while [ -z "$same" ] && [ $i -lt 6 ]; do
  rm -rf "$t/a" "$t/b"; mkdir "$t/a" "$t/b"
  why=$(docker cp "$c":/db/. "$t/a" 2>&1) && why=$(docker cp "$c":/db/. "$t/b" 2>&1) || { echo "E $(echo "$why" | head -n 1)"; exit 67; }
  same=yes
  for f in "$t"/a/*.db; do [ -f "$f" ] || { echo "E the container has no database yet"; exit 66; }; cmp -s "$f" "$t/b/${f##*/}" || same=; done
  i=$((i+1))
done
[ -n "$same" ] || { echo "E the database changes faster than it can be copied"; exit 75; }
echo "now $now"
for f in "$t"/a/*; do
  case $f in *.db|*.db-wal|*.db-shm) echo "file ${f##*/} $(wc -c <"$f" | tr -d ' ')"; cat "$f"; echo ;; esac
done
echo "end yes")sh";

bool isSafeName(const QString &name)
{
    return !name.isEmpty() && !name.startsWith(u'.') && !name.contains(u'/')
        && !name.contains(u'\0');
}

} // namespace

QByteArray dbCopyScript(const Checkout &checkout)
{
    return enterScript(checkout.dir)
        + QByteArray(Copy).replace("@COMPOSE", checkout.compose().toUtf8()) + '\n';
}

tl::expected<DbCopy, QString> parseDbCopy(QByteArrayView output)
{
    DbCopy copy;
    qsizetype at = 0;
    while (at < output.size() && copy.files.size() <= MostFiles) {
        const qsizetype end = output.indexOf('\n', at);
        const QByteArray line
            = output.sliced(at, (end < 0 ? output.size() : end) - at).toByteArray();
        at = end < 0 ? output.size() : end + 1;
        if (line.startsWith("E ")) {
            return tl::unexpected(tr("The broker's database cannot be copied: %1.")
                                      .arg(plainLine(QString::fromUtf8(line.mid(2)), 300)));
        }
        if (line.startsWith("now ")) {
            copy.taken = parseDaemonTime(QString::fromUtf8(line.mid(4)));
        } else if (line.startsWith("file ")) {
            const QList<QByteArray> words = line.split(' ');
            const QString name = QString::fromUtf8(words.value(1));
            bool ok = false;
            const qsizetype size = words.value(2).toLongLong(&ok);
            if (!ok || size < 0 || size > output.size() - at || !isSafeName(name)) {
                break;
            }
            copy.files << qMakePair(name, output.sliced(at, size).toByteArray());
            at += size + 1;
        } else if (line == "end yes") {
            return copy;
        }
    }
    return tl::unexpected(tr("The copy of the broker's database arrived incomplete."));
}

tl::expected<DbSnapshot, QString> readDbCopy(const DbCopy &copy)
{
    const QTemporaryDir folder;
    if (!folder.isValid()) {
        return tl::unexpected(
            tr("This computer has no place for a temporary copy of the database."));
    }
    QStringList databases;
    for (const auto &[name, content] : copy.files) {
        // The index of the log is built anew from the log: the copy of it may be of another moment.
        if (name.endsWith("-shm"_L1)) {
            continue;
        }
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) {
            return tl::unexpected(
                tr("The copy of the database cannot be written: %1.").arg(file.errorString()));
        }
        if (name.endsWith(".db"_L1)) {
            databases << file.fileName();
        }
    }
    if (databases.isEmpty()) {
        return tl::unexpected(tr("The server has sent no database."));
    }
    DbSnapshot all;
    for (const QString &path : std::as_const(databases)) {
        const auto one = readBrokerDb(path);
        if (!one) {
            return tl::unexpected(one.error());
        }
        all.orders << one->orders;
        all.locks << one->locks;
        all.fulfilled << one->fulfilled;
        all.lastBlock = one->lastBlock;
    }
    return all;
}

} // namespace proverdeck::models::boundless
