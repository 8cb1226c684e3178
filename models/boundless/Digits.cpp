// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/Digits.h"

#include <algorithm>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MostDigits = 78;

QStringView withoutLeadingZeros(QStringView text)
{
    while (text.size() > 1 && text.front() == u'0') {
        text = text.sliced(1);
    }
    return text;
}

int valueOf(QChar digit)
{
    return digit.unicode() - u'0';
}

QChar digitFor(int value)
{
    return QChar(char16_t(u'0' + value));
}

/// @p digits × @p factor + @p plus, in place; the factor is small.
void multiplyAdd(QString &digits, int factor, int plus)
{
    int carry = plus;
    for (qsizetype i = digits.size() - 1; i >= 0; --i) {
        const int value = valueOf(digits.at(i)) * factor + carry;
        digits[i] = digitFor(value % 10);
        carry = value / 10;
    }
    while (carry > 0) {
        digits.prepend(digitFor(carry % 10));
        carry /= 10;
    }
}

} // namespace

bool isDigits(QStringView text)
{
    return !text.isEmpty() && text.size() <= MostDigits
        && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

std::optional<QString> digitsFromHex(QStringView text)
{
    if (!text.startsWith(u"0x"_s) || text.size() < 3 || text.size() > 66) {
        return std::nullopt;
    }
    QString digits = u"0"_s;
    for (const QChar c : text.sliced(2)) {
        const int value = int(QByteArrayView("0123456789abcdef").indexOf(c.toLower().toLatin1()));
        if (value < 0 || c.unicode() > 0x7f) {
            return std::nullopt;
        }
        multiplyAdd(digits, 16, value);
    }
    return withoutLeadingZeros(digits).toString();
}

QString sumOf(const QString &a, const QString &b)
{
    const qsizetype size = std::max(a.size(), b.size()) + 1;
    QString left = a.rightJustified(size, u'0');
    const QString right = b.rightJustified(size, u'0');
    int carry = 0;
    for (qsizetype i = size - 1; i >= 0; --i) {
        const int value = valueOf(left.at(i)) + valueOf(right.at(i)) + carry;
        left[i] = digitFor(value % 10);
        carry = value / 10;
    }
    return withoutLeadingZeros(left).toString();
}

int compareDigits(QStringView a, QStringView b)
{
    a = withoutLeadingZeros(a);
    b = withoutLeadingZeros(b);
    return a.size() != b.size() ? (a.size() < b.size() ? -1 : 1) : a.compare(b);
}

QString amountText(const QString &digits, int decimals)
{
    QString text = digits.rightJustified(decimals + 1, u'0');
    if (decimals > 0) {
        text.insert(text.size() - decimals, u'.');
        while (text.endsWith(u'0')) {
            text.chop(1);
        }
        if (text.endsWith(u'.')) {
            text.chop(1);
        }
    }
    const qsizetype point = text.indexOf(u'.');
    const QString whole
        = withoutLeadingZeros(QStringView(text).left(point < 0 ? text.size() : point)).toString();
    return point < 0 ? whole : whole + text.mid(point);
}

std::optional<QString> digitsOf(QStringView amount, int decimals)
{
    const qsizetype point = amount.indexOf(u'.');
    const QStringView whole = point < 0 ? amount : amount.left(point);
    QString fraction = point < 0 ? QString() : amount.sliced(point + 1).toString();
    while (fraction.size() > decimals && fraction.endsWith(u'0')) {
        fraction.chop(1);
    }
    if (!isDigits(whole) || fraction.size() > decimals
        || (point >= 0 && !fraction.isEmpty() && !isDigits(fraction))) {
        return std::nullopt;
    }
    const QString digits = whole.toString() + fraction.leftJustified(decimals, u'0');
    return withoutLeadingZeros(digits).toString();
}

} // namespace proverdeck::models::boundless
