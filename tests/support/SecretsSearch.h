// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/Canaries.h"

#include <QMutex>
#include <QSet>
#include <QStringList>

#include <atomic>
#include <thread>

namespace proverdeck::testing {

/// Looks for every canary in what a test left behind and in the processes while it runs.
///
/// A canary is looked for as it is and in base64, hexadecimal, URL and JSON form; in files also
/// behind gzip and zstd. Of the processes, those below this one are looked at, and those that have
/// a marker in their environment.
class SecretsSearch
{
public:
    struct Place
    {
        QString name;
        qint64 files = 0;
        qint64 bytes = 0;
        QStringList found; ///< "RPC key in …/l2.log"
        QStringList notes; ///< what could not be searched, and why
    };

    SecretsSearch();
    ~SecretsSearch();

    /// A part of an environment by which detached processes of this test are known.
    void addMarker(const QString &marker);
    /// Looks at the command lines and environments until finish().
    void watchProcesses();
    /// What was found there so far.
    [[nodiscard]] qsizetype foundInProcesses();
    /// Searches every file of @p folder, also hidden ones. What is the server's own, and has the
    /// secrets that it prints, is not searched.
    void searchFolder(const QString &name, const QString &folder);
    void searchText(const QString &name, const QByteArray &text);

    /// Ends the watching; all places with what was found.
    [[nodiscard]] QList<Place> finish();
    /// The table for people; also written to secrets-search.txt in $PROVERDECK_REPORT_DIR.
    [[nodiscard]] static QByteArray table(const QList<Place> &places);
    static void writeReport(const QByteArray &table);

private:
    struct Needle
    {
        QString canary;
        QByteArray text;
        bool isServers = false;
    };

    void search(Place &place, const QString &where, const QByteArray &text, bool isServers);
    void lookAtProcesses();

    QList<Needle> m_needles;
    QList<Place> m_places;
    Place m_processes;
    QSet<QByteArray> m_seenProcesses;
    QList<QByteArray> m_markers;
    QMutex m_mutex; ///< for what the watching thread writes
    std::atomic_bool m_isOver = false;
    std::thread m_thread;
};

} // namespace proverdeck::testing
