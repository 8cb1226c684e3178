// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/series/SampleChunk.h"

#include <QHash>
#include <QJsonObject>
#include <QString>

#include <tl/expected.hpp>

#include <functional>

class QSqlDatabase;

namespace proverdeck::models::store {

/// The sealed samples of one run: `samples.db` in its folder. What is in it was read from the text
/// files beside it (gpu.csv, metrics.csv), which are written as the samples come and survive a
/// crash; so it may be deleted at any time, and what is damaged in it is left out.
///
/// Used in the thread that opened it. Several programs may have it open.
class SampleArchive
{
public:
    struct Sealed
    {
        QString series; ///< the thing that was sampled, a word
        QJsonObject about; ///< what is known of it besides
        series::SampleChunk chunk;
    };

    SampleArchive();
    ~SampleArchive();
    SampleArchive(const SampleArchive &) = delete;
    SampleArchive &operator=(const SampleArchive &) = delete;

    /// Creates the file. One that is damaged or of another version is begun anew.
    [[nodiscard]] tl::expected<void, QString> open(const QString &path);
    /// Bytes of a text file that are sealed.
    [[nodiscard]] quint64 sealedTo(const QString &source) const;
    /// Seals what lies in [@p from, @p to) of the text file, all or nothing. Nothing is done if it
    /// is not sealed up to @p from any more: somebody else was faster.
    [[nodiscard]] tl::expected<void, QString> seal(const QString &source, quint64 from, quint64 to,
                                                   const QList<Sealed> &chunks);
    /// Every chunk of a text file in the order of sealing, until @p take says false.
    void read(const QString &source, const std::function<bool(Sealed)> &take) const;

private:
    [[nodiscard]] tl::expected<void, QString> prepare();
    void close();
    [[nodiscard]] QSqlDatabase database() const;

    QString m_connection;
};

} // namespace proverdeck::models::store
