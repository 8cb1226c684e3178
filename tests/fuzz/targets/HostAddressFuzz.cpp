// SPDX-License-Identifier: GPL-3.0-or-later
// A host as somebody typed or pasted it. What passes goes to the arguments of the ssh program.
#include "fuzz/Fuzz.h"
#include "ssh/HostAddress.h"
#include "ssh/HostConfig.h"

using namespace proverdeck;
using namespace proverdeck::ssh;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto address = parseHostAddress(QString::fromUtf8(fuzz::bytesOf(data, size)));
    if (!address) {
        FUZZ_CHECK(address.error().code == ErrorCode::BadInput);
        FUZZ_CHECK(!address.error().detail.isEmpty() && fuzz::isHarmless(address.error().detail));
        return 0;
    }
    FUZZ_CHECK(!address->host.isEmpty() && !address->host.startsWith(u'-'));
    FUZZ_CHECK(!address->user.startsWith(u'-'));
    FUZZ_CHECK(!address->port || *address->port > 0);
    const QString both = address->host + address->user;
    for (const QChar c : both) {
        FUZZ_CHECK(c > u' ' && c < u'\x7f' && c != u'\'' && c != u'"' && c != u'$' && c != u'`');
    }
    const QStringList arguments = hostConfigArguments(*address, {});
    FUZZ_CHECK(arguments.constLast() == address->host
               && arguments.at(arguments.size() - 2) == QStringLiteral("--"));
    // Put together again it means the same.
    QString text = address->user.isEmpty() ? QString() : address->user + u'@';
    text += u'[' + address->host + u']';
    text += address->port ? u':' + QString::number(*address->port) : QString();
    FUZZ_CHECK(parseHostAddress(text) == address);
    return 0;
}
