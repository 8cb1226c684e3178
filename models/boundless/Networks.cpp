// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Networks.h"

#include "models/workflow/Toml.h"
#include "models/workflow/TomlDepth.h"

#include <QCoreApplication>
#include <QFile>
#include <QSet>
#include <QStandardPaths>

#include <exception>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MaxFile = 1 << 18; // bytes; the built-in one has 3 thousand

QString tr(const char *text)
{
    return QCoreApplication::translate("Networks", text);
}

/// Thrown inside this file only.
struct Problem : std::exception
{
    explicit Problem(QString saying)
        : text(std::move(saying))
    {
    }
    QString text;
};

QString qstring(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

[[noreturn]] void complain(const toml::node &node, const QString &text)
{
    throw Problem(tr("Line %1: %2").arg(int(node.source().begin.line)).arg(text));
}

/// One table of the file; a key that nobody read is an error.
class Table
{
public:
    explicit Table(const toml::table &table)
        : m_table(table)
    {
    }

    QString text(const char *key)
    {
        const toml::node &node = required(key);
        if (!node.is_string()) {
            complain(node, tr("\"%1\" must be a text in quotes.").arg(QString::fromLatin1(key)));
        }
        return qstring(node.as_string()->get());
    }

    quint64 number(const char *key)
    {
        const toml::node &node = required(key);
        if (!node.is_integer() || node.as_integer()->get() < 0) {
            complain(node, tr("\"%1\" must be a whole number.").arg(QString::fromLatin1(key)));
        }
        return quint64(node.as_integer()->get());
    }

    bool boolean(const char *key)
    {
        const toml::node &node = required(key);
        if (!node.is_boolean()) {
            complain(node, tr("\"%1\" must be true or false.").arg(QString::fromLatin1(key)));
        }
        return node.as_boolean()->get();
    }

    evm::Address address(const char *key)
    {
        const auto address = evm::Address::fromText(text(key));
        if (!address) {
            complain(required(key), address.error());
        }
        return *address;
    }

    QList<const toml::table *> tables(const char *key)
    {
        const toml::node &node = required(key);
        QList<const toml::table *> list;
        if (!node.is_array_of_tables()) {
            complain(node, tr("\"%1\" must be written as [[…%1]].").arg(QString::fromLatin1(key)));
        }
        for (const toml::node &entry : *node.as_array()) {
            list << entry.as_table();
        }
        return list;
    }

    void finish()
    {
        for (const auto &[key, node] : m_table) {
            if (!m_read.contains(qstring(key.str()))) {
                complain(node, tr("There is no key \"%1\".").arg(qstring(key.str())));
            }
        }
    }

private:
    const toml::node &required(const char *key)
    {
        m_read.insert(QString::fromLatin1(key));
        const toml::node *node = m_table.get(key);
        if (!node) {
            throw Problem(tr("Line %1: the key \"%2\" is missing in this table.")
                              .arg(int(m_table.source().begin.line))
                              .arg(QString::fromLatin1(key)));
        }
        return *node;
    }

    const toml::table &m_table;
    QSet<QString> m_read;
};

Deployment readDeployment(const toml::table &node)
{
    Table table(node);
    Deployment deployment;
    deployment.id = table.text("id");
    deployment.title = table.text("title");
    const QString generation = table.text("generation");
    if (generation != u"stake" && generation != u"collateral") {
        complain(node, tr("generation: \"%1\" is neither stake nor collateral.").arg(generation));
    }
    deployment.generation = generation == u"stake" ? Generation::Stake : Generation::Collateral;
    deployment.market = table.address("address");
    deployment.token = table.address("token");
    deployment.fromBlock = table.number("from_block");
    table.finish();
    return deployment;
}

Network readNetwork(const toml::table &node)
{
    Table table(node);
    Network network;
    network.id = table.text("id");
    network.title = table.text("title");
    network.chainId = table.number("chain_id");
    network.coin = table.text("coin");
    network.isMainnet = table.boolean("mainnet");
    network.blockSeconds = double(table.number("block_seconds"));
    const auto markets = table.tables("market");
    for (const toml::table *market : markets) {
        network.deployments << readDeployment(*market);
    }
    table.finish();
    if (network.blockSeconds < 1) {
        complain(node, tr("block_seconds must be at least 1."));
    }
    return network;
}

} // namespace

QString generationWord(Generation generation)
{
    return generation == Generation::Stake ? u"stake"_s : u"collateral"_s;
}

const Deployment *Network::deployment(const QString &name) const
{
    const auto address = evm::Address::fromText(name);
    for (const Deployment &one : deployments) {
        if (one.id == name || (address && one.market == *address)) {
            return &one;
        }
    }
    return nullptr;
}

tl::expected<QList<Network>, QString> readNetworks(const QByteArray &toml)
{
    const std::string_view text(toml.constData(), size_t(toml.size()));
    if (const std::optional<int> line = lineOfTooDeepKey(text)) {
        return tl::unexpected(tr("Line %1: the key has too many parts.").arg(*line));
    }
    try {
        const toml::table root = toml::parse(text);
        Table table(root);
        QList<Network> networks;
        const auto nodes = table.tables("network");
        for (const toml::table *node : nodes) {
            networks << readNetwork(*node);
        }
        table.finish();
        return networks;
    } catch (const toml::parse_error &error) {
        return tl::unexpected(tr("Line %1: %2")
                                  .arg(int(error.source().begin.line))
                                  .arg(qstring(error.description())));
    } catch (const Problem &problem) {
        return tl::unexpected(problem.text);
    }
}

Network customNetwork()
{
    Network network;
    network.id = u"custom"_s;
    network.title = tr("Custom");
    network.coin = tr("coin");
    return network;
}

tl::expected<QList<Network>, QString> loadNetworks()
{
    const QString own = QStandardPaths::locate(QStandardPaths::GenericConfigLocation,
                                               u"proverdeck/boundless/networks.toml"_s);
    QFile file(own.isEmpty() ? u":/boundless/networks.toml"_s : own);
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(
            tr("%1 cannot be read: %2.").arg(file.fileName(), file.errorString()));
    }
    auto networks = readNetworks(file.read(MaxFile));
    if (!networks) {
        return tl::unexpected(tr("%1 cannot be used. %2").arg(file.fileName(), networks.error()));
    }
    *networks << customNetwork();
    return networks;
}

} // namespace proverdeck::models::boundless
