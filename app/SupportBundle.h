// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/logs/Redactor.h"
#include "models/report/BundleEntry.h"
#include "models/run/Journal.h"
#include "models/run/RunTypes.h"

#include <QMap>

#include <atomic>
#include <memory>

namespace proverdeck::models {
class NameHider;
}

namespace proverdeck::app {

/// What a support bundle is made from.
struct BundleSources
{
    models::RunRecord record;
    QList<models::JournalEntry> journal;
    QStringList servers; ///< of the settings
    QJsonObject versions; ///< of the program, its libraries and this machine
    bool hideNames = true; ///< replace host names, user names and addresses
    /// The last so many bytes of each log.
    qint64 mostOfLog = qint64(16) * 1024 * 1024;
};

/// The files for somebody who is to find out what went wrong in a run: logs, results, findings,
/// journal, settings and versions, each with every secret masked by the rules of now.
///
/// collect() reads and masks everything, so that a person can look at it; write() makes the
/// archive of that and of nothing else. Not bound to a thread, used by one at a time; both take
/// seconds for large logs.
class SupportBundle
{
public:
    explicit SupportBundle(BundleSources sources,
                           std::shared_ptr<const models::RedactionRules> rules
                           = models::redactionRules());
    ~SupportBundle();

    /// @p cancelled is looked at between the parts of large files; may be null.
    [[nodiscard]] QList<models::report::BundleEntry> collect(const std::atomic_bool *cancelled
                                                             = nullptr);
    /// A .tar.gz with one folder in it, made beside @p path and renamed; readable by its owner
    /// only. Empty, or a sentence for a person; then there is no file.
    [[nodiscard]] QString write(const QString &path, const QStringList &leftOut = {},
                                bool overwrite = false) const;
    /// "proverdeck-support-RUN.tar.gz"
    [[nodiscard]] QString suggestedName() const;

private:
    void add(const QString &name, const QString &about, QByteArray text, qint64 leftOut = 0,
             const QByteArray &before = {});
    void addJson(const QString &name, const QString &about, const QJsonValue &value);
    void addJournal();
    void addLogs(const std::atomic_bool *cancelled);
    void collectNames();
    [[nodiscard]] QByteArray readme(const QStringList &leftOut) const;

    BundleSources m_sources;
    std::shared_ptr<const models::RedactionRules> m_rules;
    std::unique_ptr<models::NameHider> m_hider; ///< null: names stay
    QList<models::report::BundleEntry> m_entries;
    QMap<QString, QByteArray> m_packed; ///< by name: qCompress'ed, so that large logs fit
};

/// Versions of the program, Qt, libssh2 (and whether it can use RSA keys), the OpenSSH client,
/// system, kernel, locale and desktop. Starts "ssh -V" and waits for it.
[[nodiscard]] QJsonObject bundleVersions();

} // namespace proverdeck::app
