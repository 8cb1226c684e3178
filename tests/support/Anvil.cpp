// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Anvil.h"

#include "support/Test.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QStandardPaths>
#include <QTest>

#include <sys/prctl.h>

#include <csignal>

namespace proverdeck::testing {

using namespace Qt::StringLiterals;

namespace {

QString program()
{
    const QString given = qEnvironmentVariable("PROVERDECK_ANVIL");
    if (!given.isEmpty()) {
        return given;
    }
    const QDir modules(QStringLiteral(PROVERDECK_BINARY_DIR "/npm/node_modules/@foundry-rs"));
    const QStringList folders = modules.entryList({u"anvil-linux-*"_s}, QDir::Dirs);
    for (const QString &folder : folders) {
        const QString path = modules.filePath(folder + u"/bin/anvil"_s);
        if (QFileInfo(path).isExecutable()) {
            return path;
        }
    }
    return QStandardPaths::findExecutable(u"anvil"_s);
}

QString padded(const QString &word)
{
    return (word.startsWith(u"0x") ? word.mid(2) : word).rightJustified(64, u'0');
}

QString textWords(const QString &text)
{
    const QByteArray bytes = text.toLatin1();
    return padded(QString::number(bytes.size(), 16))
        + QString::fromLatin1(bytes.toHex()).leftJustified(64, u'0');
}

/// Decimal digits of any length as hex, by long division.
QString hexDecimal(QString digits)
{
    QString hex;
    while (!digits.isEmpty()) {
        int rest = 0;
        QString next;
        for (const QChar letter : std::as_const(digits)) {
            rest = rest * 10 + letter.digitValue();
            if (!next.isEmpty() || rest / 16 > 0) {
                next += QString::number(rest / 16);
            }
            rest %= 16;
        }
        hex.prepend(QString::number(rest, 16));
        digits = next;
    }
    return hex;
}

QString bytecode(const QString &contract)
{
    return QJsonDocument::fromJson(readData(u"evm/"_s + contract + u".json"_s))
        .object()
        .value(u"bytecode"_s)
        .toString();
}

} // namespace

QString Anvil::whyNot()
{
    return program().isEmpty()
        ? u"no anvil: npm i --ignore-scripts --prefix BUILD/npm @foundry-rs/anvil, or set PROVERDECK_ANVIL"_s
        : QString();
}

Anvil::Anvil(const QStringList &arguments)
{
    start(arguments, 0);
}

Anvil::~Anvil()
{
    freeze(false);
    stop();
}

void Anvil::start(const QStringList &arguments, int port)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, m_home.path());
    m_process.setProcessEnvironment(environment);
    // A test that crashes takes its node along.
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(program(),
                    QStringList{u"--host"_s, u"127.0.0.1"_s, u"--port"_s, QString::number(port)}
                        + arguments);
    QByteArray said;
    QElapsedTimer clock;
    clock.start();
    while (!said.contains("Listening on 127.0.0.1:") && clock.elapsed() < 20'000
           && m_process.state() != QProcess::NotRunning) {
        m_process.waitForReadyRead(200);
        said += m_process.readAll();
    }
    const qsizetype at = said.indexOf("Listening on 127.0.0.1:");
    ASSERT_GE(at, 0) << "anvil did not start: " << said.toStdString();
    m_port = said.mid(at + 23, 5).split('\n').first().trimmed().toInt();
    ASSERT_GT(m_port, 0);
}

QUrl Anvil::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port));
}

void Anvil::stop()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.terminate();
        if (!m_process.waitForFinished(5000)) {
            m_process.kill();
            m_process.waitForFinished(5000);
        }
    }
}

void Anvil::restart(const QStringList &arguments)
{
    stop();
    start(arguments, m_port);
}

void Anvil::freeze(bool on)
{
    if (m_process.processId() > 0) {
        ::kill(pid_t(m_process.processId()), on ? SIGSTOP : SIGCONT);
    }
}

QJsonValue Anvil::call(const QString &method, const QJsonArray &params, QJsonObject *error)
{
    QNetworkRequest request(url());
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const QJsonObject body{
        {u"jsonrpc"_s, u"2.0"_s}, {u"id"_s, 1}, {u"method"_s, method}, {u"params"_s, params}};
    const std::unique_ptr<QNetworkReply> reply(
        m_network.post(request, QJsonDocument(body).toJson(QJsonDocument::Compact)));
    EXPECT_TRUE(QTest::qWaitFor([&] { return reply->isFinished(); }, 20'000));
    const QJsonObject answer = QJsonDocument::fromJson(reply->readAll()).object();
    if (error) {
        *error = answer.value(u"error"_s).toObject();
    } else {
        EXPECT_FALSE(answer.contains(u"error"_s))
            << method.toStdString() << ": "
            << QJsonDocument(answer).toJson(QJsonDocument::Compact).toStdString();
    }
    return answer.value(u"result"_s);
}

QJsonObject Anvil::send(const QString &from, const QString &to, const QString &data,
                        const QString &value)
{
    QJsonObject transaction{{u"from"_s, from}, {u"data"_s, data}, {u"value"_s, value}};
    if (!to.isEmpty()) {
        transaction.insert(u"to"_s, to);
    }
    const QString hash = call(u"eth_sendTransaction"_s, {transaction}).toString();
    QJsonObject receipt;
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            receipt = call(u"eth_getTransactionReceipt"_s, {hash}).toObject();
            return !receipt.isEmpty();
        },
        10'000));
    return receipt;
}

QString Anvil::deploy(const QString &code)
{
    const QJsonObject receipt = send(QString::fromLatin1(Account0), {}, code);
    EXPECT_EQ(receipt.value(u"status"_s).toString(), u"0x1"_s);
    return receipt.value(u"contractAddress"_s).toString();
}

void Anvil::mine(int blocks)
{
    call(u"anvil_mine"_s, {hexNumber(quint64(blocks))});
}

quint64 Anvil::height()
{
    return call(u"eth_blockNumber"_s).toString().mid(2).toULongLong(nullptr, 16);
}

TestMarket TestMarket::deploy(Anvil &node, int names, int decimals, const QString &symbol,
                              const QString &contract)
{
    TestMarket made;
    made.names = names;
    const QString name = u"Test "_s + symbol;
    made.token = node.deploy(bytecode(u"TestToken"_s) + padded(u"60"_s) + padded(u"a0"_s)
                             + padded(QString::number(decimals, 16)) + textWords(name)
                             + textWords(symbol));
    made.market
        = node.deploy(bytecode(contract) + padded(made.token) + padded(QString::number(names, 16)));
    return made;
}

void TestMarket::deposit(Anvil &node, const QString &amount) const
{
    const QString us = QString::fromLatin1(Anvil::Account1);
    const QString word = hexDecimal(amount);
    node.send(us, token, callData("mint(address,uint256)", {us, word}));
    node.send(us, token, callData("approve(address,uint256)", {market, word}));
    const QJsonObject receipt = node.send(
        us, market,
        callData(names == 2 ? "depositCollateral(uint256)" : "depositStake(uint256)", {word}));
    EXPECT_EQ(receipt.value(u"status"_s).toString(), u"0x1"_s);
}

void TestMarket::withdraw(Anvil &node, const QString &amount) const
{
    const QJsonObject receipt
        = node.send(QString::fromLatin1(Anvil::Account1), market,
                    callData(names == 2 ? "withdrawCollateral(uint256)" : "withdrawStake(uint256)",
                             {hexDecimal(amount)}));
    EXPECT_EQ(receipt.value(u"status"_s).toString(), u"0x1"_s);
}

QString callData(const QByteArray &signature, const QStringList &words)
{
    const QByteArray hash
        = QCryptographicHash::hash(signature, QCryptographicHash::Keccak_256).left(4);
    QString data = u"0x"_s + QString::fromLatin1(hash.toHex());
    for (const QString &word : words) {
        data += padded(word);
    }
    return data;
}

QString hexNumber(quint64 value)
{
    return u"0x"_s + QString::number(value, 16);
}

} // namespace proverdeck::testing
