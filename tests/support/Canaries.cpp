// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Canaries.h"

#include "support/Test.h"

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

const QList<Canary> &canaries()
{
    static const QList<Canary> list{
        {u"login password"_s, "canary-Pw-7Qx4-login"},
        {u"key passphrase"_s, "canary phrase 9Zt1 of a key"},
        {u"keychain password"_s, "canary-Kc-3Lm8-\"quoted\"-\xc3\xa4"},
        {u"second factor"_s, "canary-otp-552931"},
        {u"committer key"_s, "c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77c0ffee88",
         true},
        {u"prover key"_s, "0ddba11d0ddba11d0ddba11d0ddba11d0ddba11d0ddba11d0ddba11d0ddba11d", true},
        {u"mnemonic"_s,
         "legal winner thank year wave sausage worth useful legal winner thank yellow", true},
        {u"RPC key"_s, "canaryRpc0123456789abcdefCANARY01", true},
        {u"URL password"_s, "canary-Url-5Rb2", true},
        {u"API token"_s, "canaryToken0123456789abcdefghij", true},
        {u"key block"_s, "Y2FuYXJ5IGtleSBibG9jayBvZiBhIHRlc3QgdGhhdCBtdXN0IG5ldmVyIGJlIHNlZW4",
         true},
    };
    return list;
}

QByteArray canary(const QString &name)
{
    for (const Canary &one : canaries()) {
        if (one.name == name) {
            return one.secret;
        }
    }
    ADD_FAILURE() << "Canaries.cpp has no " << name.toStdString();
    return {};
}

QByteArray canary(const char *name)
{
    return canary(QString::fromLatin1(name));
}

} // namespace proverdeck::testing
