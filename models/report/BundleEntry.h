// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace proverdeck::models::report {

/// One secret that is masked in a file of a support bundle.
struct BundleRedaction
{
    QString rule; ///< id of the rule; empty: it was masked when it was received
    QString title; ///< what it is, for people
    qint64 line = 0; ///< in the file as it goes into the bundle, from 1
    QString context; ///< the line with the secret masked; around the secret if it is long
    bool operator==(const BundleRedaction &) const = default;
};

/// A file of a support bundle, as it would be written.
struct BundleEntry
{
    static constexpr qsizetype MostRedactions = 500;

    QString name; ///< "logs/l2.log": the path in the archive, without the top folder
    QString about; ///< what it is, for people
    qint64 size = 0; ///< bytes as written, not compressed
    qint64 leftOut = 0; ///< bytes of its beginning that are not in the bundle
    QList<BundleRedaction> redactions; ///< the first MostRedactions of them
    int redactionCount = 0;
    int hiddenNames = 0; ///< host names, user names and addresses that were replaced
    QString problem; ///< why it is not complete; may be empty
    bool operator==(const BundleEntry &) const = default;
};

} // namespace proverdeck::models::report
