// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/aztec/Vocabulary.h"

#include "models/workflow/Toml.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <cstring>
#include <exception>

namespace proverdeck::models::aztec {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array KindWords{
    "",
    "job-new",
    "job-complete",
    "job-retry",
    "job-failed",
    "job-timeout",
    "job-timeout-failed",
    "job-cancel",
    "job-revive",
    "job-restored",
    "job-cached",
    "job-stale",
    "job-double",
    "job-readded",
    "job-unknown",
    "job-late",
    "job-start",
    "job-controller",
    "job-done",
    "job-error",
    "job-dropped",
    "job-abort",
    "job-resolved",
    "job-sent",
    "job-echo",
    "facade-stopped",
    "proof",
    "witness",
    "proof-verified",
    "avm-start",
    "proof-error",
    "operation-error",
    "backend-ready",
    "wrong-service",
    "broker-unreachable",
    "agent-error",
    "broker-retry",
    "fetch-failed",
    "broker-started",
    "node-started",
    "listening",
    "crs-download",
    "crs-cached",
    "container-exit",
    "epoch-start",
    "epoch-proved",
    "epoch-submitted",
    "epoch-deadline",
    "epoch-submit-error",
    "epoch-error",
    "epoch-halted",
    "epoch-reorg",
    "epoch-exit",
    "epoch-rerun",
    "epoch-txs-missing",
    "submit-start",
    "submit-mined",
    "submit-reverted",
    "submit-failed",
    "orchestrator-epoch",
    "orchestrator-block",
    "block-txs",
    "tx-received",
    "echo",
    "facade-poll",
    "block",
    "proven",
    "unwound",
    "world-state",
    "txs-retrieved",
    "peers",
    "notice",
};
static_assert(KindWords.size() == std::size_t(EventKind::Count_));

/// Thrown inside this file only.
struct Problem : std::exception
{
    explicit Problem(QString saying)
        : text(std::move(saying))
    {
    }
    QString text;
};

QString tr(const char *text)
{
    return QCoreApplication::translate("Vocabulary", text);
}

QString qstring(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

QString word(const toml::table &table, std::string_view key, bool mayLack = true)
{
    const auto value = table[key].value<std::string_view>();
    if (!value && !mayLack) {
        throw Problem(tr("line %1: a text \"%2\" is missing")
                          .arg(table.source().begin.line)
                          .arg(qstring(key)));
    }
    return value ? qstring(*value) : QString();
}

QStringList words(const toml::table &table, std::string_view key)
{
    QStringList list;
    if (const toml::array *array = table[key].as_array()) {
        for (const toml::node &node : *array) {
            const auto text = node.value<std::string_view>();
            if (!text) {
                throw Problem(
                    tr("line %1: \"%2\" holds something else than texts")
                        .arg(QString::number(int(node.source().begin.line)), qstring(key)));
            }
            list << qstring(*text);
        }
    }
    return list;
}

EventKind kindOf(const toml::table &table)
{
    const auto name = table["event"].value<std::string_view>().value_or("");
    for (std::size_t i = 1; i < KindWords.size(); ++i) {
        if (name == KindWords.at(i)) {
            return EventKind(quint8(i));
        }
    }
    throw Problem(tr("line %1: there is no event \"%2\"")
                      .arg(QString::number(int(table.source().begin.line)), qstring(name)));
}

Role roleOf(const QString &name)
{
    return name == u"broker"     ? Role::Broker
        : name == u"agent"       ? Role::Agent
        : name == u"prover-node" ? Role::ProverNode
                                 : Role::None;
}

template<class Use> void eachTable(const toml::table &root, std::string_view key, Use use)
{
    if (const toml::array *array = root[key].as_array()) {
        for (const toml::node &node : *array) {
            if (const toml::table *table = node.as_table()) {
                use(*table);
            }
        }
    }
}

ModuleRules readModule(const toml::table &table, QStringList &notices)
{
    ModuleRules module;
    module.name = word(table, "name", false).toUtf8();
    module.isPrefix = module.name.endsWith('*');
    if (module.isPrefix) {
        module.name.chop(1);
    }
    module.role = roleOf(word(table, "role"));
    eachTable(table, "messages", [&](const toml::table &entry) {
        MessageRule rule;
        rule.starts = word(entry, "starts").toUtf8();
        rule.has = word(entry, "has").toUtf8();
        rule.kind = kindOf(entry);
        const auto length = std::size_t(std::min<qsizetype>(rule.starts.size(), 8));
        MessageHead head;
        std::memcpy(&head.head, rule.starts.constData(), length);
        std::memset(&head.mask, 0xff, length);
        module.heads.push_back(head);
        rule.hasId = isJobKind(rule.kind) && rule.starts.toLower().endsWith("id=");
        const QString finding = word(entry, "finding");
        if (!finding.isEmpty()) {
            if (!notices.contains(finding)) {
                notices << finding;
            }
            rule.finding = int(notices.indexOf(finding));
        }
        module.rules.push_back(std::move(rule));
    });
    return module;
}

std::size_t slotOf(std::string_view name)
{
    return (name.size() * 7 + std::size_t(static_cast<unsigned char>(name.back())) * 3
            + std::size_t(static_cast<unsigned char>(name[name.size() / 2])))
        % 64;
}

} // namespace

qint64 Network::endOf(qint64 epoch) const
{
    return (genesis + (epoch + 1) * epochSlots * slotSeconds) * 1000;
}

qint64 Network::deadlineOf(qint64 epoch) const
{
    return (genesis + (epoch + 1 + proofEpochs) * epochSlots * slotSeconds) * 1000;
}

tl::expected<Vocabulary, QString> Vocabulary::read(const QByteArray &messages,
                                                   const QByteArray &jobs)
{
    Vocabulary made;
    QString file = u"messages.toml"_s;
    try {
        const toml::table first
            = toml::parse(std::string_view(messages.constData(), std::size_t(messages.size())),
                          std::string_view("messages.toml"));
        eachTable(first, "module", [&made](const toml::table &table) {
            made.m_modules.push_back(readModule(table, made.m_notices));
        });
        file = u"jobs.toml"_s;
        const toml::table second
            = toml::parse(std::string_view(jobs.constData(), std::size_t(jobs.size())),
                          std::string_view("jobs.toml"));
        eachTable(second, "type", [&made](const toml::table &table) {
            made.m_types << JobType{word(table, "name", false), words(table, "aliases"),
                                    word(table, "era"),         table["level"].value_or(0),
                                    words(table, "needs"),      words(table, "circuits"),
                                    word(table, "what"),        word(table, "what_zh")};
        });
        eachTable(second, "network", [&made](const toml::table &table) {
            const auto number = [&table](std::string_view key, qint64 fallback) {
                return qint64(table[key].value_or(std::int64_t(fallback)));
            };
            const Network network{word(table, "name", false), number("genesis", 0),
                                  number("slot_seconds", 36), number("epoch_slots", 32),
                                  number("proof_submission_epochs", 1)};
            if (network.slotSeconds < 1 || network.epochSlots < 1 || network.proofEpochs < 1) {
                throw Problem(tr("line %1: slot_seconds, epoch_slots and "
                                 "proof_submission_epochs must be above 0")
                                  .arg(table.source().begin.line));
            }
            made.m_networks << network;
        });
    } catch (const Problem &problem) {
        return tl::unexpected(file + u": "_s + problem.text);
    } catch (const toml::parse_error &error) {
        return tl::unexpected(tr("%1: line %2: %3")
                                  .arg(file)
                                  .arg(error.source().begin.line)
                                  .arg(qstring(error.description())));
    }
    made.index();
    return made;
}

void Vocabulary::index()
{
    for (std::size_t i = 0; i < m_modules.size(); ++i) {
        const ModuleRules &module = m_modules.at(i);
        if (module.name == "console") {
            m_console = int(i);
            continue;
        }
        if (module.name.isEmpty()) {
            continue;
        }
        if (module.isPrefix) {
            m_prefixes.push_back(quint16(i));
        } else {
            const std::string_view name(module.name.constData(), std::size_t(module.name.size()));
            m_byHash.at(slotOf(name)).push_back(quint16(i));
        }
    }
}

std::shared_ptr<const Vocabulary> Vocabulary::builtIn()
{
    static const std::shared_ptr<const Vocabulary> vocabulary = [] {
        QFile messages(u":/aztec/messages.toml"_s);
        QFile jobs(u":/aztec/jobs.toml"_s);
        const bool opened = messages.open(QIODevice::ReadOnly) && jobs.open(QIODevice::ReadOnly);
        auto read = Vocabulary::read(messages.readAll(), jobs.readAll());
        if (!opened || !read) {
            qFatal("The built-in Aztec vocabulary is broken: %s",
                   read ? "missing" : read.error().toUtf8().constData());
        }
        return std::make_shared<const Vocabulary>(std::move(*read));
    }();
    return vocabulary;
}

const ModuleRules *Vocabulary::module(std::string_view name) const
{
    if (name.empty()) {
        return nullptr;
    }
    for (const quint16 i : m_byHash.at(slotOf(name))) {
        const ModuleRules &module = m_modules.at(i);
        if (std::string_view(module.name.constData(), std::size_t(module.name.size())) == name) {
            return &module;
        }
    }
    for (const quint16 i : m_prefixes) {
        const ModuleRules &module = m_modules.at(i);
        if (name.starts_with(
                std::string_view(module.name.constData(), std::size_t(module.name.size())))) {
            return &module;
        }
    }
    return nullptr;
}

const JobType *Vocabulary::type(const QString &name) const
{
    for (const JobType &type : m_types) {
        if (type.name == name || type.aliases.contains(name)) {
            return &type;
        }
    }
    return nullptr;
}

const JobType *Vocabulary::typeOfCircuit(const QString &circuit) const
{
    for (const JobType &type : m_types) {
        if (type.circuits.contains(circuit)) {
            return &type;
        }
    }
    return nullptr;
}

} // namespace proverdeck::models::aztec
