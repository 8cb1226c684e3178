// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/Fuzz.h"
#include "ssh/KnownHosts.h"
#include "ssh/Text.h"

using namespace proverdeck;
using namespace proverdeck::ssh;

namespace {

bool isPlainName(const QByteArray &hosts)
{
    return !hosts.contains('*') && !hosts.contains('?') && !hosts.contains(',')
        && !hosts.contains('!') && !hosts.startsWith('|') && hosts == hosts.toLower();
}

void checkEntry(const KnownHosts &known, const KnownHosts::Entry &entry)
{
    using Kind = HostKeyVerdict::Kind;
    FUZZ_CHECK(!entry.type.isEmpty() && keyTypeOf(entry.blob) == entry.type);
    FUZZ_CHECK(!entry.hosts.isEmpty() && entry.line > 0);
    if (!isPlainName(entry.hosts)) {
        return;
    }
    FUZZ_CHECK(KnownHosts::hostsMatch(entry.hosts, entry.hosts));
    const HostKeyVerdict verdict = known.check(entry.hosts, entry.blob);
    switch (entry.marker) {
    case KnownHosts::Entry::Marker::Revoked:
        FUZZ_CHECK(verdict.kind == Kind::Revoked);
        break;
    case KnownHosts::Entry::Marker::None:
        FUZZ_CHECK(verdict.kind == Kind::Match || verdict.kind == Kind::Revoked);
        FUZZ_CHECK(known.typesFor(entry.hosts).contains(entry.type));
        break;
    case KnownHosts::Entry::Marker::Authority:
        FUZZ_CHECK(verdict.kind != Kind::Unknown);
        break;
    }
    FUZZ_CHECK(verdict.line > 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = fuzz::bytesOf(data, size);
    const QString file = QStringLiteral("known_hosts");
    KnownHosts known;
    known.addText(text, file);
    int line = 0;
    for (const KnownHosts::Entry &entry : known.entries()) {
        FUZZ_CHECK(entry.line > line);
        line = entry.line;
        checkEntry(known, entry);
    }
    const QByteArray name = KnownHosts::nameFor(QStringLiteral("Example.org"), 2222);
    const QByteArray blob = QByteArray("\0\0\0\013ssh-ed25519\0\0\0\1x", 20);
    const HostKeyVerdict verdict = known.check(name, blob);
    FUZZ_CHECK((verdict.kind == HostKeyVerdict::Kind::Unknown) == (verdict.line == 0));
    // The two kinds of line ends mean the same.
    KnownHosts crlf;
    crlf.addText(QByteArray(text).replace('\r', ' ').replace('\n', "\r\n"), file);
    KnownHosts lf;
    lf.addText(QByteArray(text).replace('\r', ' '), file);
    FUZZ_CHECK(crlf.entries().size() == lf.entries().size());
    FUZZ_CHECK(crlf.check(name, blob) == lf.check(name, blob));
    return 0;
}
