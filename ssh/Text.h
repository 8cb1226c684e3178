// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QCoreApplication>
#include <QString>

namespace proverdeck::ssh {

/// Sentences of this layer: Text::tr("…").
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(proverdeck::ssh)
};

/// What another machine or program said, fit for a plain text label: control characters, escape
/// sequences and bidirectional controls are gone, blanks are folded, at most @p limit characters.
[[nodiscard]] QString plainText(const QString &text, qsizetype limit = 4096);
[[nodiscard]] QString plainBytes(QByteArrayView utf8, qsizetype limit = 4096);

/// "SHA256:…" of a public key blob, as OpenSSH prints it.
[[nodiscard]] QString fingerprintOf(QByteArrayView keyBlob);

/// The algorithm name that a public key blob begins with; empty if it is malformed.
[[nodiscard]] QByteArray keyTypeOf(QByteArrayView keyBlob);

/// The home directory as ssh sees it: from the user database, not from $HOME.
[[nodiscard]] QString homeDirectory();

} // namespace proverdeck::ssh
