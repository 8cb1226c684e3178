// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/Abi.h"

#include "support/Test.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace proverdeck::models::evm {
namespace {

using namespace Qt::StringLiterals;

QByteArray hex(const char *digits)
{
    return QByteArray::fromHex(digits);
}

TEST(AbiTest, KeccakIsEthereums)
{
    EXPECT_EQ(keccak({}).toHex().left(8), "c5d24601");
    EXPECT_EQ(selector("balanceOfStake(address)").toHex(), "cb09e7c0");
    EXPECT_EQ(selector("depositCollateral(uint256)").toHex(), "bad4a01f");
    EXPECT_EQ(selector("requestLocks(uint256)").toHex(), "c515c15f");
    EXPECT_EQ(eventTopic("ProverSlashed(uint256,uint256,uint256,address)"),
              u"0x79ca7c80cf57b513ffdf8aa37ec70e40757f5e0d35219241860bb4b4c2fa7616"_s);
}

TEST(AbiTest, ErrorsOfTheTableAreNamed)
{
    const QList<std::pair<QByteArray, QString>> table{
        {"897f6c58", u"InsufficientBalance"_s},
        {"90b8ec18", u"TransferFailed"_s},
        {"a9057651", u"RequestIsLocked"_s},
        {"d2be005d", u"RequestIsNotLocked"_s},
        {"1cfdeebb", u"RequestIsFulfilled"_s},
        {"64620c9a", u"RequestIsSlashed"_s},
        {"cfe6a8fd", u"RequestLockIsExpired"_s},
        {"873fd26b", u"RequestIsExpired"_s},
        {"fc54471a", u"RequestIsExpired"_s},
        {"79c66ab0", u"RequestIsNotExpired"_s},
        {"8baa579f", u"InvalidSignature"_s},
        {"41abc801", u"InvalidRequest"_s},
        {"c274d3e3", u"RequestIsNotLockedOrPriced"_s},
        {"6dfcc650", u"SafeCastOverflowedUintDowncast"_s}};
    for (const auto &[selected, name] : table) {
        EXPECT_EQ(decodeRevert(QByteArray::fromHex(selected)).name, name) << selected.toStdString();
    }
    EXPECT_TRUE(decodeRevert({}).name.isEmpty());
    EXPECT_TRUE(decodeRevert(hex("deadbeef")).text.contains(u"0xdeadbeef"));
}

TEST(AbiTest, ReasonsAreReadAndCleaned)
{
    const QByteArray head = hex("08c379a0"
                                "0000000000000000000000000000000000000000000000000000000000000020");
    const auto reason = [&](const QByteArray &text) {
        QByteArray size(32, '\0');
        size[31] = char(text.size());
        return decodeRevert(head + size + text.leftJustified(32, '\0'));
    };
    EXPECT_EQ(reason("TRANSFER_FROM_FAILED").name, u"TRANSFER_FROM_FAILED"_s);
    EXPECT_EQ(reason("no\x1b[31m way").text, u"The contract refused: no[31m way."_s);
    // A size beyond the data is refused, not read past its end.
    EXPECT_EQ(decodeRevert(head + QByteArray(32, '\xff')).name, u"Error"_s);
    EXPECT_EQ(decodeRevert(hex("08c379a0")).name, u"Error"_s);
}

TEST(AbiTest, AddressesHaveAChecksum)
{
    const QString right = u"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"_s;
    EXPECT_EQ(Address::fromText(right.toLower())->toString(), right);
    EXPECT_EQ(Address::fromText(right), Address::fromText(right.toLower()));
    EXPECT_TRUE(Address::fromText(QString(u' ' + right + u'\n')));
    EXPECT_TRUE(Address::fromText(QString(u"0x" + right.mid(2).toUpper())));
    QString wrong = right;
    wrong[4] = u'e'; // another digit
    EXPECT_TRUE(Address::fromText(wrong).error().contains(u"checksum"));
    for (const QString &text : {u""_s, u"0x"_s, right.mid(2), QString(right + u'0'), right.left(41),
                                QString(right.left(41) + u'g')}) {
        EXPECT_FALSE(Address::fromText(text)) << text.toStdString();
    }
    EXPECT_EQ(Address::fromText(right)->shortText(), u"0xf39F…2266"_s);
    EXPECT_EQ(Address::fromText(right)->toTopic(),
              u"0x000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266"_s);
    EXPECT_EQ(Address::fromWord(*bytesFromHex(Address::fromText(right)->toTopic())).toString(),
              right);
    EXPECT_TRUE(Address::fromWord(QByteArray(32, '\1')).isNull());
    EXPECT_TRUE(Address::fromWord(QByteArray(20, '\0')).isNull());
}

TEST(AbiTest, OnlyExactly32BytesAreANumber)
{
    EXPECT_EQ(singleNumber(QByteArray(32, '\0')), U256(0));
    EXPECT_EQ(singleNumber({}), std::nullopt);
    EXPECT_EQ(singleNumber(QByteArray(31, '\0')), std::nullopt);
    EXPECT_EQ(singleNumber(QByteArray(64, '\0')), std::nullopt);
    EXPECT_EQ(bytesFromHex(u"0x"_s), QByteArray());
    EXPECT_EQ(bytesFromHex(u"0x1"_s), std::nullopt);
    EXPECT_EQ(bytesFromHex(u"0x1g"_s), std::nullopt);
    EXPECT_EQ(bytesFromHex(u"12"_s), std::nullopt);
}

TEST(AbiTest, TokenTextsOfBothKinds)
{
    const auto calls
        = QJsonDocument::fromJson(testing::readData(u"boundless/rpc-calls.json"_s)).array();
    bool found = false;
    for (const QJsonValue &call : calls) {
        if (call[u"note"_s].toString() == u"ZKC symbol") {
            found = true;
            EXPECT_EQ(tokenText(*bytesFromHex(call[u"response"_s][u"result"_s].toString())),
                      u"ZKC"_s);
        }
    }
    EXPECT_TRUE(found);
    EXPECT_EQ(tokenText(QByteArray("MKR").leftJustified(32, '\0')), u"MKR"_s);
    EXPECT_EQ(tokenText({}), QString());
    EXPECT_EQ(tokenText(QByteArray(96, '\xff')), QString());
}

TEST(AbiTest, CallDataAsTheReferenceShowsIt)
{
    const auto us = *Address::fromText(u"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    EXPECT_EQ(CallData("balanceOfStake(address)").add(us).hex(),
              u"0xcb09e7c0000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266"_s);
    EXPECT_EQ(CallData("withdrawStake(uint256)").add(U256(255)).hex(),
              u"0x25d5971f"_s + QString(62, u'0') + u"ff"_s);
}

} // namespace
} // namespace proverdeck::models::evm
