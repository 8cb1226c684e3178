// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/logs/LogMatcher.h"
#include "models/logs/LogStore.h"

#include <algorithm>

using namespace proverdeck;
using namespace proverdeck::models;

namespace {

void checkLines(const LogStore &store, const QByteArray &log)
{
    const LogExtent extent = store.extent();
    const bool isOpen = !log.isEmpty() && !log.endsWith('\n');
    FUZZ_CHECK(extent.end == quint64(log.size()) && extent.isOpen == isOpen);
    FUZZ_CHECK(extent.lines == log.count('\n') + (isOpen ? 1 : 0));
    qsizetype start = 0;
    for (qint64 line = 0; line < std::min<qint64>(extent.lines, 200); ++line) {
        const qsizetype found = log.indexOf('\n', start);
        const qsizetype end = found < 0 ? log.size() : found;
        FUZZ_CHECK(store.startOf(line) == quint64(start));
        FUZZ_CHECK(store.lineAt(quint64(end > start ? end - 1 : start)) == line);
        const auto lines = store.lines(line, 1, 100);
        FUZZ_CHECK(lines.size() == 1 && lines.front().length == quint64(end - start));
        FUZZ_CHECK(lines.front().text == log.mid(start, std::min<qsizetype>(100, end - start)));
        start = end + 1;
    }
}

/// The first line is what is looked for in the rest.
void checkHits(const QByteArray &log, bool isExpression)
{
    const qsizetype end = log.indexOf('\n');
    auto matcher
        = LogMatcher::make({.text = QString::fromUtf8(log.left(std::max<qsizetype>(0, end))),
                            .isCaseSensitive = true,
                            .isExpression = isExpression});
    if (!matcher) {
        FUZZ_CHECK(isExpression && !matcher.error().isEmpty());
        return;
    }
    const QByteArray lines = log.mid(end + 1);
    const std::atomic<bool> cancel = false;
    qint64 last = 0;
    const bool isDone = matcher->scan(
        lines, false,
        [&](qint64 line) {
            FUZZ_CHECK(line >= last && line <= lines.count('\n'));
            last = line;
        },
        cancel);
    FUZZ_CHECK(isDone);
    const QString text = readLogText(lines.left(lines.indexOf('\n'))).text;
    for (const LogMatcher::Hit &hit : matcher->hitsIn(text)) {
        FUZZ_CHECK(hit.begin >= 0 && hit.begin <= hit.end && hit.end <= text.size());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray log = fuzz::bytesOf(data, size);
    LogStore store;
    fuzz::feedInPieces(log, fuzz::Cuts::Somewhere,
                       [&store](QByteArrayView piece) { store.append(piece); });
    checkLines(store, log);
    if (log.size() < 20'000) {
        checkHits(log, false);
        checkHits(log, true);
    }
    return 0;
}
