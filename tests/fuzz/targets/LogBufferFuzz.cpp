// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/logs/LogBuffer.h"
#include "models/logs/LogText.h"

using namespace proverdeck;
using namespace proverdeck::models;

namespace {

void checkRows(const LogBuffer &buffer, const QByteArray &log)
{
    // The rows are the end of the log, byte for byte.
    QByteArray kept;
    qint64 number = 0;
    for (qsizetype i = 0; i < buffer.lineCount(); ++i) {
        const QByteArray row = buffer.line(i);
        FUZZ_CHECK(row.size() <= LogBuffer::MaxLine && !row.contains('\n'));
        FUZZ_CHECK(buffer.lineNumber(i) >= number);
        if (buffer.isContinuation(i)) {
            FUZZ_CHECK(i == 0 || buffer.lineNumber(i) == number);
        } else {
            FUZZ_CHECK(i == 0 || buffer.lineNumber(i) == number + 1);
            FUZZ_CHECK(buffer.indexOfLine(buffer.lineNumber(i)) == i);
            if (i > 0) {
                kept += '\n';
            }
        }
        number = buffer.lineNumber(i);
        kept += row;
    }
    if (buffer.lineCount() > 0 && !buffer.isLastLineOpen()) {
        kept += '\n';
    }
    FUZZ_CHECK(log.endsWith(kept));
    FUZZ_CHECK(buffer.droppedLines() > 0 || kept == log);
    FUZZ_CHECK(number == log.count('\n') + (log.endsWith('\n') || log.isEmpty() ? 0 : 1));
}

void checkHits(const LogBuffer &buffer, const QString &needle)
{
    const auto first = buffer.find(needle, {}, true, true);
    qsizetype hits = 0;
    for (qsizetype i = 0; i < buffer.lineCount(); ++i) {
        const QString text = readLogText(buffer.lineView(i)).text;
        qsizetype end = 0;
        for (const qsizetype column : buffer.hitsIn(i, needle, true)) {
            FUZZ_CHECK(column >= end && text.mid(column, needle.size()) == needle);
            end = column + needle.size();
            FUZZ_CHECK(hits++ > 0 || first == (LogPosition{i, column}));
        }
    }
    FUZZ_CHECK(first.has_value() == (hits > 0));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray log = fuzz::bytesOf(data, size);
    LogBuffer whole;
    whole.append(log);
    checkRows(whole, log);
    LogBuffer pieces;
    fuzz::feedInPieces(log, fuzz::Cuts::Somewhere,
                       [&pieces](QByteArrayView piece) { pieces.append(piece); });
    FUZZ_CHECK(pieces.lineCount() == whole.lineCount());
    for (qsizetype i = 0; i < whole.lineCount(); ++i) {
        FUZZ_CHECK(pieces.lineView(i) == whole.lineView(i));
    }
    checkHits(whole, QStringLiteral("er"));
    // A small one that has to let go of its beginning.
    LogBuffer small(1);
    QByteArray fed;
    for (int i = 0; i < 3 && fed.size() < 200'000; ++i) {
        fuzz::feedInPieces(log, fuzz::Cuts::Somewhere, [&](QByteArrayView piece) {
            small.append(piece);
            fed += piece;
        });
    }
    checkRows(small, fed);
    return 0;
}
