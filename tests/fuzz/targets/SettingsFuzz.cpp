// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "models/boundless/SettingsCheck.h"

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::boundless;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    SettingsFile file(bytes);
    FUZZ_CHECK(file.bytes() == bytes && !file.isChanged());
    qsizetype last = 0;
    const QList<SettingEntry> entries = file.entries();
    for (const SettingEntry &entry : entries) {
        FUZZ_CHECK(entry.lineStart >= last && entry.lineStart <= entry.valueStart);
        FUZZ_CHECK(entry.valueStart < entry.valueEnd && entry.valueEnd <= entry.lineEnd);
        FUZZ_CHECK(entry.lineEnd <= bytes.size());
        FUZZ_CHECK(entry.text == bytes.sliced(entry.valueStart, entry.valueEnd - entry.valueStart));
        last = entry.lineStart;
    }
    for (const SettingFlag &flag : checkSettings(file, {})) {
        FUZZ_CHECK(fuzz::isHarmless(flag.finding.text) && fuzz::isHarmless(flag.finding.advice));
        FUZZ_CHECK(fuzz::isHarmless(flag.finding.evidence.text));
    }
    if (!file.problem().isEmpty()) {
        FUZZ_CHECK(!file.set(QStringLiteral("market"), QStringLiteral("x"), "1").has_value());
        return 0;
    }
    int edits = 0;
    for (const SettingEntry &entry : entries) {
        if (entry.isCommentedOut || ++edits > 5) {
            continue;
        }
        SettingsFile edited(bytes);
        if (edited.set(entry.section, entry.key, "12345")) {
            const SettingEntry *found = edited.find(entry.section, entry.key);
            FUZZ_CHECK(found != nullptr && found->text == "12345");
            edited.undo();
        }
        FUZZ_CHECK(edited.bytes() == bytes);
        (void)edited.setList(entry.section, entry.key, {QStringLiteral("a"), QStringLiteral("b")});
        FUZZ_CHECK(edited.problem().isEmpty());
        (void)edited.remove(entry.section, entry.key);
        FUZZ_CHECK(edited.problem().isEmpty());
    }
    if (file.set(QStringLiteral("market"), QStringLiteral("fuzz_key"), "\"v\"")) {
        FUZZ_CHECK(file.problem().isEmpty());
        file.undo();
        FUZZ_CHECK(file.bytes() == bytes);
    }
    return 0;
}
