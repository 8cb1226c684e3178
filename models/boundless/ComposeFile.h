// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <tl/expected.hpp>

#include <optional>

namespace proverdeck::models::boundless {

/// A service that proves or executes.
struct ComposeAgent
{
    QString name;
    bool isGpu = false; ///< else an exec agent
    QStringList devices; ///< of nvidia-smi; empty: all that it finds
    QString memory; ///< "4G", as written; empty: no limit
    QString cpus;
    int replicas = 1;
    bool isAwaited = false; ///< the broker depends on it
    qint64 line = 0;
    bool operator==(const ComposeAgent &) const = default;
};

/// The compose file of a Boundless prover, of any release: read as YAML, and edited as text, so
/// that comments and everything else stay as they are.
///
/// Plain value; every edit can be undone. An edit whose result would not be what was wanted is
/// refused with a sentence.
class ComposeFile
{
public:
    explicit ComposeFile(QByteArray bytes = {});

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    [[nodiscard]] QString problem() const { return m_problem; } ///< why it cannot be read
    [[nodiscard]] qint64 problemLine() const { return m_problemLine; }

    [[nodiscard]] const QStringList &services() const { return m_services; }
    [[nodiscard]] const QList<ComposeAgent> &agents() const { return m_agents; }
    [[nodiscard]] QList<ComposeAgent> gpuAgents() const;
    /// With replicas; none if the file has no exec agent.
    [[nodiscard]] std::optional<int> execAgentCount() const;
    /// 2^N cycles per segment; the default if it comes from the variable SEGMENT_SIZE.
    [[nodiscard]] std::optional<int> segmentSize() const { return m_segmentSize; }
    [[nodiscard]] bool segmentSizeIsVariable() const { return m_segmentIsVariable; }
    [[nodiscard]] QStringList brokerDependsOn() const { return m_dependsOn; }

    /// What is dangerous in it, with the number of cards if it is known.
    [[nodiscard]] QList<Finding> check(const QString &name, std::optional<int> cards = {}) const;

    [[nodiscard]] tl::expected<void, QString> addGpuAgent(int device);
    [[nodiscard]] tl::expected<void, QString> addExecAgent();
    [[nodiscard]] tl::expected<void, QString> removeAgent(const QString &name);
    /// "8G"; where several agents share the value, all of them get it.
    [[nodiscard]] tl::expected<void, QString> setMemory(const QString &agent,
                                                        const QString &memory);
    [[nodiscard]] tl::expected<void, QString> setCpus(const QString &agent, const QString &cpus);
    [[nodiscard]] tl::expected<void, QString> setSegmentSize(int po2);

    [[nodiscard]] bool canUndo() const { return !m_past.isEmpty(); }
    void undo();

private:
    /// A stretch of bytes.
    struct Span
    {
        qsizetype start = 0;
        qsizetype end = 0;
    };

    void read();
    [[nodiscard]] tl::expected<void, QString> accept(const QByteArray &changed,
                                                     const QList<ComposeAgent> &wanted);
    [[nodiscard]] std::optional<Span> blockOf(const QString &service) const;
    [[nodiscard]] QByteArray withDependency(const QByteArray &text, const QString &like,
                                            const QString &name) const;
    [[nodiscard]] QByteArray withoutDependency(const QByteArray &text, const QString &name) const;
    [[nodiscard]] tl::expected<void, QString>
    copyAgent(const ComposeAgent &like, const QString &name, const std::optional<int> &device);
    [[nodiscard]] tl::expected<void, QString> setScalar(const QString &agent, const QString &key,
                                                        const QString &value);
    [[nodiscard]] const ComposeAgent *agent(const QString &name) const;
    [[nodiscard]] QString nextName(bool isGpu) const;

    QByteArray m_bytes;
    QList<QByteArray> m_past;
    QString m_problem;
    qint64 m_problemLine = 0;
    QStringList m_services;
    QList<qint64> m_serviceLines; ///< 0-based, beside m_services
    QList<ComposeAgent> m_agents;
    QStringList m_dependsOn;
    std::optional<int> m_segmentSize;
    bool m_segmentIsVariable = false;
    std::optional<Span> m_segmentSpan; ///< of its digits
};

/// What a machine can hold: for its smallest card, as one value counts for all.
struct SegmentProposal
{
    int po2 = 0;
    QString why;
};
/// @p smallestMiB is the memory of the smallest card. The values of the official wizard (1.1 and
/// newer), lower than those of older documents: a card of 16 GB ran out of memory at 20.
[[nodiscard]] SegmentProposal proposeSegmentSize(qint64 smallestMiB);

} // namespace proverdeck::models::boundless
