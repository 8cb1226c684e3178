// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/U256.h"

#include <QCoreApplication>

#include <bit>
#include <cmath>

namespace proverdeck::models::evm {

using namespace Qt::StringLiterals;

namespace {

constexpr int Limbs = 8;
constexpr qsizetype MaxDigits = 78; // of 2^256 - 1
constexpr qsizetype MaxTyped = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("U256", text);
}

bool isDigit(QChar letter)
{
    return letter >= u'0' && letter <= u'9';
}

int hexValue(QChar letter)
{
    if (isDigit(letter)) {
        return letter.unicode() - u'0';
    }
    const char16_t lower = letter.unicode() | 0x20;
    return lower >= u'a' && lower <= u'f' ? lower - u'a' + 10 : -1;
}

QStringView withoutLeadingZeros(QStringView text)
{
    qsizetype zeros = 0;
    while (zeros < text.size() && text.at(zeros) == u'0') {
        ++zeros;
    }
    return text.mid(zeros);
}

} // namespace

std::optional<U256> U256::fromHex(QStringView text)
{
    if (text.size() < 3 || text.at(0) != u'0' || (text.at(1).unicode() | 0x20) != u'x') {
        return std::nullopt;
    }
    const QStringView digits = withoutLeadingZeros(text.mid(2));
    if (digits.size() > 64) {
        return std::nullopt;
    }
    U256 value;
    for (qsizetype i = 0; i < digits.size(); ++i) {
        const int digit = hexValue(digits.at(digits.size() - 1 - i));
        if (digit < 0) {
            return std::nullopt;
        }
        value.m_limbs.at(size_t(i / 8)) |= quint32(digit) << (4 * (i % 8));
    }
    return value;
}

std::optional<U256> U256::fromDecimal(QStringView text)
{
    if (text.isEmpty()) {
        return std::nullopt;
    }
    const QStringView digits = withoutLeadingZeros(text);
    if (digits.size() > MaxDigits) {
        return std::nullopt;
    }
    U256 value;
    for (const QChar letter : digits) {
        const auto shifted = isDigit(letter) ? value.times(10) : std::nullopt;
        const auto next = shifted ? shifted->plus(quint64(letter.unicode() - u'0')) : std::nullopt;
        if (!next) {
            return std::nullopt;
        }
        value = *next;
    }
    return value;
}

tl::expected<U256, QString> U256::fromUnits(QStringView text, int decimals)
{
    const QStringView typed = text.trimmed();
    if (typed.isEmpty()) {
        return tl::unexpected(tr("No amount was given. Write digits and at most one point."));
    }
    if (typed.size() > MaxTyped) {
        return tl::unexpected(tr("The amount is far too long for a number."));
    }
    if (typed.contains(u',')) {
        return tl::unexpected(tr("\"%1\" holds a comma. Write a point before the fraction, and "
                                 "nothing between thousands.")
                                  .arg(typed));
    }
    const qsizetype point = typed.indexOf(u'.');
    const QStringView whole = point < 0 ? typed : typed.left(point);
    const QStringView fraction = point < 0 ? QStringView() : typed.mid(point + 1);
    for (const QStringView part : {whole, fraction}) {
        for (const QChar letter : part) {
            if (!isDigit(letter)) {
                return tl::unexpected(
                    tr("\"%1\" is no amount: only digits and one point are allowed, no sign and "
                       "no exponent.")
                        .arg(typed));
            }
        }
    }
    if (whole.isEmpty() || (point >= 0 && fraction.isEmpty())) {
        return tl::unexpected(
            tr("\"%1\" is no amount: a digit is missing beside the point.").arg(typed));
    }
    if (fraction.size() > decimals) {
        return tl::unexpected(tr("\"%1\" has %2 digits after the point, and this token has %3.")
                                  .arg(typed)
                                  .arg(fraction.size())
                                  .arg(decimals));
    }
    const QString digits = whole.toString() + fraction.toString()
        + QString(qsizetype(decimals) - fraction.size(), u'0');
    const auto value = fromDecimal(digits);
    if (!value) {
        return tl::unexpected(tr("\"%1\" is larger than any amount on the chain.").arg(typed));
    }
    return *value;
}

U256 U256::max()
{
    U256 value;
    value.m_limbs.fill(0xffffffff);
    return value;
}

U256 U256::powerOfTen(int exponent)
{
    U256 value(1);
    for (int i = 0; i < exponent; ++i) {
        value = value.times(10).value_or(max());
    }
    return value;
}

QString U256::toWord() const
{
    QString text;
    text.reserve(64);
    for (int i = Limbs - 1; i >= 0; --i) {
        text += QString::number(m_limbs.at(size_t(i)), 16).rightJustified(8, u'0');
    }
    return text;
}

QString U256::toHex() const
{
    const QString word = toWord();
    const QStringView digits = withoutLeadingZeros(word);
    return u"0x"_s + (digits.isEmpty() ? u"0"_s : digits.toString());
}

QString U256::toDecimal() const
{
    QString text;
    U256 left = *this;
    while (!left.isZero()) {
        quint32 rest = 0;
        left = left.dividedBy(1'000'000'000, &rest);
        const QString part = QString::number(rest);
        text.prepend(left.isZero() ? part : part.rightJustified(9, u'0'));
    }
    return text.isEmpty() ? u"0"_s : text;
}

QString U256::toUnits(int decimals) const
{
    const QString digits = toDecimal().rightJustified(qsizetype(decimals) + 1, u'0');
    QStringView fraction = QStringView(digits).right(decimals);
    while (fraction.endsWith(u'0')) {
        fraction.chop(1);
    }
    const QString whole = digits.left(digits.size() - decimals);
    return fraction.isEmpty() ? whole : QString(whole + u'.' + fraction.toString());
}

QString U256::toUnitsCut(int decimals, int digits) const
{
    const QString exact = toUnits(decimals);
    const qsizetype point = exact.indexOf(u'.');
    if (point < 0 || exact.size() - point - 1 <= digits) {
        return exact;
    }
    QString cut = exact.left(digits > 0 ? point + 1 + digits : point);
    while (digits > 0 && cut.endsWith(u'0')) {
        cut.chop(1);
    }
    return (cut.endsWith(u'.') ? cut.chopped(1) : cut) + u'…';
}

double U256::approximate(int decimals) const
{
    double value = 0;
    for (int i = Limbs - 1; i >= 0; --i) {
        value = value * 4294967296.0 + double(m_limbs.at(size_t(i)));
    }
    return value / std::pow(10.0, decimals);
}

int U256::bits() const
{
    for (int i = Limbs - 1; i >= 0; --i) {
        if (const quint32 limb = m_limbs.at(size_t(i)); limb != 0) {
            return 32 * i + int(std::bit_width(limb));
        }
    }
    return 0;
}

std::optional<quint64> U256::toUInt64() const
{
    if (bits() > 64) {
        return std::nullopt;
    }
    return quint64(m_limbs[0]) | quint64(m_limbs[1]) << 32;
}

std::optional<U256> U256::plus(const U256 &other) const
{
    U256 sum;
    quint64 carry = 0;
    for (size_t i = 0; i < Limbs; ++i) {
        carry += quint64(m_limbs.at(i)) + other.m_limbs.at(i);
        sum.m_limbs.at(i) = quint32(carry);
        carry >>= 32;
    }
    return carry == 0 ? std::optional(sum) : std::nullopt;
}

std::optional<U256> U256::minus(const U256 &other) const
{
    if (*this < other) {
        return std::nullopt;
    }
    U256 rest;
    quint64 borrow = 0;
    for (size_t i = 0; i < Limbs; ++i) {
        const quint64 taken = quint64(other.m_limbs.at(i)) + borrow;
        const quint64 here = m_limbs.at(i);
        borrow = here < taken ? 1 : 0;
        rest.m_limbs.at(i) = quint32(here + (borrow << 32) - taken);
    }
    return rest;
}

std::optional<U256> U256::times(quint32 factor) const
{
    U256 product;
    quint64 carry = 0;
    for (size_t i = 0; i < Limbs; ++i) {
        carry += quint64(m_limbs.at(i)) * factor;
        product.m_limbs.at(i) = quint32(carry);
        carry >>= 32;
    }
    return carry == 0 ? std::optional(product) : std::nullopt;
}

U256 U256::dividedBy(quint32 divisor, quint32 *rest) const
{
    U256 quotient;
    quint64 left = 0;
    for (size_t i = Limbs; i-- > 0;) {
        left = left << 32 | m_limbs.at(i);
        quotient.m_limbs.at(i) = quint32(left / divisor);
        left %= divisor;
    }
    if (rest) {
        *rest = quint32(left);
    }
    return quotient;
}

std::strong_ordering U256::operator<=>(const U256 &other) const
{
    for (size_t i = Limbs; i-- > 0;) {
        if (m_limbs.at(i) != other.m_limbs.at(i)) {
            return m_limbs.at(i) <=> other.m_limbs.at(i);
        }
    }
    return std::strong_ordering::equal;
}

Difference Difference::between(const U256 &from, const U256 &to)
{
    return to >= from ? gain(to.minus(from).value_or(U256()))
                      : loss(from.minus(to).value_or(U256()));
}

std::optional<Difference> Difference::plus(const Difference &other) const
{
    if (isNegative == other.isNegative) {
        const auto sum = size.plus(other.size);
        return sum ? std::optional(isNegative ? loss(*sum) : gain(*sum)) : std::nullopt;
    }
    return isNegative ? between(size, other.size) : between(other.size, size);
}

std::optional<U256> Difference::appliedTo(const U256 &value) const
{
    return isNegative ? value.minus(size) : value.plus(size);
}

QString Difference::toUnits(int decimals) const
{
    return (isNegative ? u"−"_s : u"+"_s) + size.toUnits(decimals);
}

QString Difference::toDecimal() const
{
    return isNegative ? QString(u'-' + size.toDecimal()) : size.toDecimal();
}

} // namespace proverdeck::models::evm
