// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/U256.h"

#include "support/Test.h"

#include <random>

#if __has_include(<boost/multiprecision/cpp_int.hpp>)
#include <boost/multiprecision/cpp_int.hpp>
#define PROVERDECK_HAS_ORACLE 1
#endif

namespace proverdeck::models::evm {
namespace {

using namespace Qt::StringLiterals;

const QString MaxText
    = u"115792089237316195423570985008687907853269984665640564039457584007913129639935"_s;

TEST(U256Test, HexToDecimalOfEveryEdge)
{
    const QList<std::pair<QString, QString>> values{
        {u"0x0"_s, u"0"_s},
        {u"0x1"_s, u"1"_s},
        {u"0x20000000000001"_s, u"9007199254740993"_s}, // 2^53 + 1: no double holds it
        {u"0x8000000000000000"_s, u"9223372036854775808"_s},
        {u"0x10000000000000000"_s, u"18446744073709551616"_s},
        {u"0xde0b6b3a7640000"_s, u"1000000000000000000"_s},
        {u"0xffffffffffffffffffffffff"_s, u"79228162514264337593543950335"_s},
        {u"0x"_s + QString(64, u'f'), MaxText},
        {u"0x"_s + QString(63, u'0') + u'1', u"1"_s},
        {u"0x00000000000000000000000000000000000000000000001bc85dc2a89bb20000"_s,
         u"512500000000000000000"_s}};
    for (const auto &[hex, decimal] : values) {
        const auto value = U256::fromHex(hex);
        ASSERT_TRUE(value) << hex.toStdString();
        EXPECT_EQ(value->toDecimal(), decimal);
        EXPECT_EQ(U256::fromDecimal(decimal), value);
        EXPECT_EQ(U256::fromHex(value->toHex()), value);
        EXPECT_EQ(U256::fromHex(QString(u"0x"_s + value->toWord())), value);
        EXPECT_EQ(value->toWord().size(), 64);
    }
}

TEST(U256Test, WhatIsNoNumberIsNone)
{
    for (const QString &text : {u""_s, u"0x"_s, u"0"_s, u"0xg"_s, u"12"_s, u"0x 1"_s, u"-0x1"_s,
                                QString(u"0x1"_s + QString(64, u'0'))}) {
        EXPECT_FALSE(U256::fromHex(text)) << text.toStdString();
    }
    for (const QString &text : {u""_s, u"-1"_s, u"+1"_s, u"1e3"_s, u"1.0"_s, u" 1"_s, u"٣"_s,
                                QString(MaxText.left(77) + u'6'), QString(80, u'9')}) {
        EXPECT_FALSE(U256::fromDecimal(text)) << text.toStdString();
    }
}

TEST(U256Test, NothingWrapsAround)
{
    EXPECT_FALSE(U256::max().plus(1));
    EXPECT_FALSE(U256(0).minus(1));
    EXPECT_FALSE(U256::max().times(2));
    EXPECT_EQ(U256::max().minus(U256::max()), U256(0));
    EXPECT_EQ(U256::fromHex(u"0x10000000000000000")->minus(1), U256(0xffffffffffffffff));
    EXPECT_EQ(U256(0xffffffffffffffff).plus(1)->toHex(), u"0x10000000000000000"_s);
    EXPECT_EQ(U256::fromHex(u"0x10000000000000000")->toUInt64(), std::nullopt);
    EXPECT_EQ(U256(42).toUInt64(), 42u);
    EXPECT_LT(U256(0xffffffffffffffff), U256::powerOfTen(20));
    EXPECT_EQ(U256(0).bits(), 0);
    EXPECT_EQ(U256::max().bits(), 256);
}

TEST(U256Test, UnitsAreExactAndCutNeverRounded)
{
    EXPECT_EQ(U256(10'000'000).toUnits(6), u"10"_s);
    EXPECT_EQ(U256(1).toUnits(6), u"0.000001"_s);
    EXPECT_EQ(U256(0).toUnits(18), u"0"_s);
    EXPECT_EQ(U256(5).toUnits(0), u"5"_s);
    EXPECT_EQ(U256::max().toUnits(36),
              u"115792089237316195423570985008687907853269.984665640564039457584007913129639935"_s);
    EXPECT_EQ(U256(1'999'999).toUnitsCut(6, 2), u"1.99…"_s);
    EXPECT_EQ(U256(1'990'000).toUnitsCut(6, 2), u"1.99"_s);
    EXPECT_EQ(U256(1'990'000).toUnitsCut(6, 0), u"1…"_s);
    EXPECT_EQ(U256(1'500'001).toUnitsCut(6, 4), u"1.5…"_s);
    EXPECT_EQ(U256(10'000'001).toUnitsCut(6, 4), u"10…"_s);
    EXPECT_EQ(U256(1).toUnitsCut(6, 4), u"0…"_s);
}

TEST(U256Test, ReadsWhatAPersonTyped)
{
    EXPECT_EQ(U256::fromUnits(u"12.5", 6), U256(12'500'000));
    EXPECT_EQ(U256::fromUnits(u" 0.000001 ", 6), U256(1));
    EXPECT_EQ(U256::fromUnits(u"007", 0), U256(7));
    EXPECT_EQ(U256::fromUnits(u"1", 18), U256::powerOfTen(18));
    for (const QString &text : {u""_s, u"  "_s, u"-1"_s, u"+1"_s, u"1e3"_s, u"1,5"_s, u".5"_s,
                                u"5."_s, u"1.2.3"_s, u"1 000"_s, u"0x10"_s, u"0.0000001"_s,
                                u"nan"_s, u"١"_s, QString(300, u'1'), QString(MaxText + u'0')}) {
        const auto value = U256::fromUnits(text, 6);
        ASSERT_FALSE(value) << text.toStdString();
        EXPECT_FALSE(value.error().isEmpty());
    }
    EXPECT_TRUE(U256::fromUnits(u"1.1234567", 6).error().contains(u"7 digits"));
    EXPECT_TRUE(U256::fromUnits(u"1,5", 6).error().contains(u"comma"));
}

TEST(U256Test, DifferencesHaveASign)
{
    const Difference less = Difference::between(10, 4);
    EXPECT_EQ(less.toUnits(0), u"−6"_s);
    EXPECT_EQ(less.toDecimal(), u"-6"_s);
    EXPECT_EQ(less.appliedTo(10), U256(4));
    EXPECT_EQ(less.appliedTo(5), std::nullopt);
    EXPECT_EQ(less.plus(Difference::gain(10)), Difference::gain(4));
    EXPECT_EQ(less.plus(Difference::gain(6)), Difference());
    EXPECT_EQ(less.plus(less), Difference::loss(12));
    EXPECT_EQ(less.negated(), Difference::gain(6));
    EXPECT_EQ(Difference::loss(0), Difference::gain(0));
    EXPECT_EQ(Difference::gain(U256::max()).plus(Difference::gain(1)), std::nullopt);
}

TEST(U256Test, RandomValuesKeepTheirIdentities)
{
    std::mt19937_64 random(7); // NOLINT: the same every time
    const auto any = [&] {
        U256 value;
        const int words = int(random() % 4) + 1;
        QString hex = u"0x"_s;
        for (int i = 0; i < words; ++i) {
            hex += QString::number(random(), 16).rightJustified(16, u'0');
        }
        return U256::fromHex(hex).value_or(value);
    };
    for (int round = 0; round < 2000; ++round) {
        const U256 a = any();
        const U256 b = any();
        EXPECT_EQ(U256::fromDecimal(a.toDecimal()), a);
        const int decimals = int(random() % 37);
        EXPECT_EQ(U256::fromUnits(a.toUnits(decimals), decimals), a);
        EXPECT_EQ(Difference::between(a, b).appliedTo(a), b);
        quint32 rest = 0;
        const auto divisor = quint32(random() | 1);
        const U256 quotient = a.dividedBy(divisor, &rest);
        EXPECT_EQ(quotient.times(divisor)->plus(rest), a);
#ifdef PROVERDECK_HAS_ORACLE
        using Oracle = boost::multiprecision::cpp_int;
        const Oracle x(a.toHex().toStdString());
        const Oracle y(b.toHex().toStdString());
        EXPECT_EQ(a.toDecimal().toStdString(), x.str());
        EXPECT_EQ(a < b, x < y);
        const Oracle sum = x + y;
        const auto ours = a.plus(b);
        EXPECT_EQ(ours.has_value(), sum <= Oracle(U256::max().toHex().toStdString()));
        if (ours) {
            EXPECT_EQ(ours->toDecimal().toStdString(), sum.str());
        }
#endif
    }
}

} // namespace
} // namespace proverdeck::models::evm
