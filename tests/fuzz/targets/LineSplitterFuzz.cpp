// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/logs/LineSplitter.h"

#include <QList>

using namespace proverdeck;
using namespace proverdeck::models;

namespace {

struct Line
{
    QByteArray text;
    qint64 number;
    quint64 offset;
    bool hadEscapes;
    bool operator==(const Line &) const = default;
};

QList<Line> linesOf(const QByteArray &bytes, fuzz::Cuts cuts)
{
    QList<Line> lines;
    LineSplitter splitter;
    const auto take = [&lines](const LogLine &line) {
        lines << Line{line.text.toByteArray(), line.number, line.offset, line.hadEscapes};
    };
    fuzz::feedInPieces(bytes, cuts, [&](QByteArrayView piece) { splitter.feed(piece, take); });
    splitter.finish(take);
    return lines;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const QList<Line> lines = linesOf(bytes, fuzz::Cuts::None);
    FUZZ_CHECK(lines == linesOf(bytes, fuzz::Cuts::EveryByte));
    FUZZ_CHECK(lines == linesOf(bytes, fuzz::Cuts::Somewhere));
    // As many lines as line ends, and one more for what follows the last of them.
    const bool hasRest = !bytes.isEmpty() && !bytes.endsWith('\n');
    FUZZ_CHECK(lines.size() == bytes.count('\n') + (hasRest ? 1 : 0));
    quint64 next = 0;
    qint64 number = 0;
    for (const Line &line : lines) {
        FUZZ_CHECK(line.number == ++number && line.offset == next);
        const qsizetype end = bytes.indexOf('\n', qsizetype(next));
        const QByteArray raw = bytes.mid(qsizetype(next), end < 0 ? -1 : end - qsizetype(next));
        FUZZ_CHECK(line.hadEscapes == raw.contains('\x1b'));
        FUZZ_CHECK(!line.text.contains('\x1b') && !line.text.contains('\n'));
        FUZZ_CHECK(line.text.size() <= LineSplitter::MaxLine && line.text.size() <= raw.size());
        if (!line.hadEscapes && raw.size() <= LineSplitter::MaxLine) {
            FUZZ_CHECK(line.text == (raw.endsWith('\r') ? raw.chopped(1) : raw));
        }
        next += quint64(raw.size()) + 1;
    }
    return 0;
}
