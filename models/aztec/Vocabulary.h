// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/aztec/Events.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <tl/expected.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace proverdeck::models::aztec {

/// A message of one module.
struct MessageRule
{
    QByteArray starts;
    QByteArray has; ///< must also stand in the message; may be empty
    EventKind kind = EventKind::None;
    int finding = -1; ///< index into Vocabulary::notices()
    bool hasId = false; ///< starts ends where a job's id begins
};

/// How a message begins: its first eight bytes, as they lie in memory, and which of them count.
struct MessageHead
{
    quint64 head = 0;
    quint64 mask = 0;
};

struct ModuleRules
{
    QByteArray name; ///< without the "*"
    bool isPrefix = false;
    Role role = Role::None;
    std::vector<MessageRule> rules;
    std::vector<MessageHead> heads; ///< of the rules, close together: each line looks at them
};

/// A type of proving job that some version knows.
struct JobType
{
    QString name;
    QStringList aliases;
    QString era;
    int level = 0; ///< height in the tree, 0 = needs nothing
    QStringList needs;
    QStringList circuits; ///< what the back end calls it
    QString what;
    QString whatZh;
};

struct Network
{
    QString name;
    qint64 genesis = 0; ///< seconds since 1970 when slot 0 began
    qint64 slotSeconds = 36;
    qint64 epochSlots = 32;
    qint64 proofEpochs = 1; ///< whole epochs after its end in which an epoch may be proved
    bool operator==(const Network &) const = default;

    [[nodiscard]] qint64 endOf(qint64 epoch) const; ///< ms since 1970
    [[nodiscard]] qint64 deadlineOf(qint64 epoch) const; ///< ms since 1970
};

/// The words of the logs: resources/aztec/messages.toml and jobs.toml. Constant after loading and
/// so usable in every thread.
class Vocabulary
{
public:
    /// The error is a sentence with the file, the line and the key.
    [[nodiscard]] static tl::expected<Vocabulary, QString> read(const QByteArray &messages,
                                                                const QByteArray &jobs);
    /// The one built into the program; read once.
    [[nodiscard]] static std::shared_ptr<const Vocabulary> builtIn();

    /// Null if the module is not known.
    [[nodiscard]] const ModuleRules *module(std::string_view name) const;
    [[nodiscard]] const ModuleRules *console() const
    {
        return m_console < 0 ? nullptr : &m_modules.at(std::size_t(m_console));
    }
    [[nodiscard]] const QStringList &notices() const { return m_notices; }
    [[nodiscard]] const QList<JobType> &types() const { return m_types; }
    /// By name or alias; null if no version is known to have it.
    [[nodiscard]] const JobType *type(const QString &name) const;
    /// The type that the back end calls so: "PublicBaseRollupArtifact", "tubeCircuit"; else null.
    [[nodiscard]] const JobType *typeOfCircuit(const QString &circuit) const;
    [[nodiscard]] const QList<Network> &networks() const { return m_networks; }

private:
    void index();

    std::vector<ModuleRules> m_modules;
    std::array<std::vector<quint16>, 64> m_byHash; ///< of the modules with a full name
    std::vector<quint16> m_prefixes;
    int m_console = -1;
    QStringList m_notices;
    QList<JobType> m_types;
    QList<Network> m_networks;
};

} // namespace proverdeck::models::aztec
