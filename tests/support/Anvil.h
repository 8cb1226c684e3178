// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonValue>
#include <QNetworkAccessManager>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>
#include <QUrl>

namespace proverdeck::testing {

/// A real Ethereum node (anvil) on a free loopback port, with a home folder of its own.
///
/// A test begins with: if (!Anvil::whyNot().isEmpty()) GTEST_SKIP() << Anvil::whyNot().
/// The program itself is run, not its npx wrapper: ending the wrapper would leave the node running.
class Anvil
{
public:
    /// Empty if a node can be started; otherwise how to get one.
    [[nodiscard]] static QString whyNot();

    explicit Anvil(const QStringList &arguments = {});
    ~Anvil();
    Anvil(const Anvil &) = delete;
    Anvil &operator=(const Anvil &) = delete;

    [[nodiscard]] QUrl url() const;
    void stop(); ///< nothing listens any more
    void restart(const QStringList &arguments = {}); ///< empty, on the same port
    void freeze(bool on);

    /// Blocks until the answer is there. Fails the test on an error, unless @p error takes it.
    QJsonValue call(const QString &method, const QJsonArray &params = {},
                    QJsonObject *error = nullptr);
    /// A transaction signed by the node; waits for its receipt, which is returned.
    QJsonObject send(const QString &from, const QString &to, const QString &data,
                     const QString &value = QStringLiteral("0x0"));
    QString deploy(const QString &code); ///< the address
    void mine(int blocks);
    [[nodiscard]] quint64 height();

    // The accounts of every such node; their keys are known to everybody.
    static constexpr auto Account0 = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    static constexpr auto Account1 = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    static constexpr auto Account2 = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

private:
    void start(const QStringList &arguments, int port);

    QTemporaryDir m_home;
    QProcess m_process;
    QNetworkAccessManager m_network;
    int m_port = 0;
};

/// The contracts of tests/data/evm.
struct TestMarket
{
    QString market;
    QString token;

    /// @p names: 0 both generations of calls, 1 only "stake", 2 only "collateral".
    static TestMarket deploy(Anvil &node, int names, int decimals, const QString &symbol,
                             const QString &contract = QStringLiteral("StakeMarket"));
    /// Mints @p amount (decimal, base units) for Account1, approves and deposits it.
    void deposit(Anvil &node, const QString &amount) const;
    void withdraw(Anvil &node, const QString &amount) const;

    int names = 0;
};
/// "0x", the selector of @p signature, and @p words (each padded to 32 bytes).
QString callData(const QByteArray &signature, const QStringList &words);
QString hexNumber(quint64 value);

} // namespace proverdeck::testing
