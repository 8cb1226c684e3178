// SPDX-License-Identifier: GPL-3.0-or-later
// What a server says, on its way into an error, a prompt or a note.
#include "fuzz/Fuzz.h"
#include "models/logs/LogText.h"
#include "ssh/RemoteShell.h"
#include "ssh/Text.h"

using namespace proverdeck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = fuzz::bytesOf(data, size);
    const QString text = ssh::plainBytes(bytes, 300);
    FUZZ_CHECK(fuzz::isHarmless(text) && text.size() <= 300);
    FUZZ_CHECK(ssh::plainText(text, 300) == text);
    const QString line = models::plainLineFromUtf8(bytes, 300);
    FUZZ_CHECK(fuzz::isHarmless(line) && line.size() <= 300);
    FUZZ_CHECK(models::plainLine(line, 300) == line);
    FUZZ_CHECK(ssh::shellQuoted(line).startsWith(u'\''));
    return 0;
}
