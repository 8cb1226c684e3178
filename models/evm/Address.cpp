// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/Address.h"

#include "models/evm/Abi.h"

#include <QCoreApplication>

namespace proverdeck::models::evm {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Size = 20;

QString tr(const char *text)
{
    return QCoreApplication::translate("Address", text);
}

/// Source of the format: EIP-55. A letter is upper case where the hash of the lower-case digits has
/// a digit of 8 or more.
QString checksumCase(const QByteArray &bytes)
{
    const QByteArray digits = bytes.toHex();
    const QByteArray hash = keccak(digits).toHex();
    QString text = u"0x"_s;
    for (qsizetype i = 0; i < digits.size(); ++i) {
        const QChar letter = QLatin1Char(digits.at(i));
        text += hash.at(i) >= '8' ? letter.toUpper() : letter;
    }
    return text;
}

} // namespace

tl::expected<Address, QString> Address::fromText(QStringView text)
{
    const QStringView typed = text.trimmed();
    const QByteArray digits = typed.mid(2).toLatin1();
    const auto isHex = [](char letter) {
        return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f')
            || (letter >= 'A' && letter <= 'F');
    };
    if (typed.size() != 2 + 2 * Size || !typed.startsWith(u"0x")
        || !std::all_of(digits.begin(), digits.end(), isHex)) {
        return tl::unexpected(
            tr("\"%1\" is no address: it takes 0x and 40 hexadecimal digits.").arg(typed.left(80)));
    }
    Address address;
    address.m_bytes = QByteArray::fromHex(digits);
    const bool isOneCase = digits == digits.toLower() || digits == digits.toUpper();
    if (!isOneCase && address.toString() != typed) {
        return tl::unexpected(
            tr("The checksum of \"%1\" is wrong: one of its digits or letters differs from the "
               "address that was meant. Copy it again.")
                .arg(typed));
    }
    return address;
}

Address Address::fromWord(const QByteArray &word)
{
    Address address;
    if (word.size() == 32 && word.startsWith(QByteArray(12, '\0'))) {
        address.m_bytes = word.right(Size);
    }
    return address;
}

QString Address::toString() const
{
    return isNull() ? QString() : checksumCase(m_bytes);
}

QString Address::shortText() const
{
    const QString text = toString();
    return isNull() ? u"–"_s : QString(text.left(6) + u'…' + text.right(4));
}

QString Address::toTopic() const
{
    return u"0x"_s + QString(24, u'0') + QString::fromLatin1(m_bytes.toHex());
}

} // namespace proverdeck::models::evm
