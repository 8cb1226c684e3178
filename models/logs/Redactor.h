// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace proverdeck::models {

/// Masks secrets in what a remote program prints, before it reaches a disk or a screen.
///
/// Each secret byte becomes '*', so that offsets and sizes stay those of the server's file. What is
/// a secret is decided by its context: a 64-digit number after a word such as "private-key" is one,
/// a transaction hash is none. A line is held back until it is complete, at most 64 KiB of it.
class Redactor
{
public:
    /// The part of the stream that may be shown now.
    [[nodiscard]] QByteArray feed(QByteArrayView bytes);
    /// The rest, when the stream has ended.
    [[nodiscard]] QByteArray finish();
    /// How many secrets were masked so far.
    [[nodiscard]] int count() const { return m_count; }

private:
    QByteArray m_held;
    int m_count = 0;
};

/// One text at once; @p count is raised by the number of masked secrets.
[[nodiscard]] QByteArray redacted(QByteArray text, int *count = nullptr);

} // namespace proverdeck::models
