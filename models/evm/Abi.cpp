// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evm/Abi.h"

#include <QCoreApplication>
#include <QCryptographicHash>

namespace proverdeck::models::evm {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype Word = 32;
constexpr qsizetype MaxTokenText = 32;
constexpr qsizetype MaxReason = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("Abi", text);
}

QString printable(const QByteArray &bytes, qsizetype limit)
{
    QString text;
    const QString all = QString::fromUtf8(bytes);
    for (const QChar letter : all) {
        if (letter.isPrint() && text.size() < limit) {
            text += letter;
        }
    }
    return text.trimmed();
}

struct KnownError
{
    const char *signature;
    const char *meaning;
};

// Errors of the market in every generation of it, of its libraries, and of common tokens.
constexpr std::array KnownErrors{
    KnownError{"InsufficientBalance(address)",
               QT_TRANSLATE_NOOP("Abi", "The balance in the market is smaller than the amount.")},
    KnownError{"TransferFailed()", QT_TRANSLATE_NOOP("Abi", "The token refused the transfer.")},
    KnownError{"RequestIsLocked(uint256)", QT_TRANSLATE_NOOP("Abi", "The request is locked.")},
    KnownError{"RequestIsNotLocked(uint256)",
               QT_TRANSLATE_NOOP("Abi", "The request was never locked.")},
    KnownError{"RequestIsNotLockedOrPriced(uint256)",
               QT_TRANSLATE_NOOP("Abi", "The request is neither locked nor priced.")},
    KnownError{"RequestIsFulfilled(uint256)",
               QT_TRANSLATE_NOOP("Abi", "The request is fulfilled already.")},
    KnownError{"RequestIsSlashed(uint256)",
               QT_TRANSLATE_NOOP("Abi", "The request is slashed already.")},
    KnownError{"RequestLockIsExpired(uint256,uint64)",
               QT_TRANSLATE_NOOP("Abi", "The lock of the request has expired.")},
    KnownError{"RequestIsExpired(uint256,uint64)",
               QT_TRANSLATE_NOOP("Abi", "The request has expired.")},
    KnownError{"RequestIsExpired(uint256)", QT_TRANSLATE_NOOP("Abi", "The request has expired.")},
    KnownError{"RequestIsNotExpired(uint256,uint64)",
               QT_TRANSLATE_NOOP("Abi", "The request has not expired yet.")},
    KnownError{"InvalidSignature()", QT_TRANSLATE_NOOP("Abi", "The signature is not valid.")},
    KnownError{"InvalidRequest()", QT_TRANSLATE_NOOP("Abi", "The request is not valid.")},
    KnownError{"SafeCastOverflowedUintDowncast(uint8,uint256)",
               QT_TRANSLATE_NOOP("Abi", "The amount is larger than the market can hold.")},
    KnownError{"NotEnoughTokens(address,uint256,uint256)",
               QT_TRANSLATE_NOOP("Abi", "The wallet holds fewer tokens than the amount.")},
    KnownError{"NotEnoughAllowance(address,address,uint256,uint256)",
               QT_TRANSLATE_NOOP("Abi", "The market is not approved for this amount of tokens.")},
    KnownError{"ERC20InsufficientBalance(address,uint256,uint256)",
               QT_TRANSLATE_NOOP("Abi", "The wallet holds fewer tokens than the amount.")},
    KnownError{"ERC20InsufficientAllowance(address,uint256,uint256)",
               QT_TRANSLATE_NOOP("Abi", "The market is not approved for this amount of tokens.")},
    KnownError{"Frozen()", QT_TRANSLATE_NOOP("Abi", "The token is frozen.")},
};

struct SelectedError
{
    quint32 selector;
    const char *name;
    const char *meaning;
};

// Known by selector only: the types of their parameters are of no interest here.
constexpr std::array SelectedErrors{
    SelectedError{0x79c66ab0, "RequestIsNotExpired",
                  QT_TRANSLATE_NOOP("Abi", "The request has not expired yet.")},
    SelectedError{0xb8b38d4c, "SelectorMismatch",
                  QT_TRANSLATE_NOOP("Abi", "The proof is not of the kind that was asked for.")},
    SelectedError{0x6008fdcb, "PartialPayment",
                  QT_TRANSLATE_NOOP("Abi", "The payment could be made in part only.")},
    SelectedError{0x4b46580b, "MissingFulfillmentCommitment",
                  QT_TRANSLATE_NOOP("Abi", "The fulfilment was not committed before.")},
    SelectedError{0x1c26714c, "InsufficientGas",
                  QT_TRANSLATE_NOOP("Abi", "The gas limit is too small.")},
    SelectedError{0xb90a25b1, "UnfulfillableCallback",
                  QT_TRANSLATE_NOOP("Abi", "The callback of the request cannot be called.")},
    SelectedError{0xd2be005d, "RequestIsNotLocked",
                  QT_TRANSLATE_NOOP("Abi", "The request was never locked.")},
};

Revert reasonOf(const QByteArray &arguments)
{
    const QString reason
        = printable(AbiReader(arguments).dynamic(0).value_or(QByteArray()), MaxReason);
    if (reason == u"TRANSFER_FROM_FAILED") {
        return {reason,
                tr("The token did not let the market take the amount: it is not approved, or the "
                   "wallet holds too few tokens.")};
    }
    return {u"Error"_s,
            reason.isEmpty() ? tr("The contract refused without a readable reason.")
                             : tr("The contract refused: %1.").arg(reason)};
}

} // namespace

QByteArray keccak(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Keccak_256);
}

QByteArray selector(const QByteArray &signature)
{
    return keccak(signature).left(4);
}

QString eventTopic(const QByteArray &signature)
{
    return hexFromBytes(keccak(signature));
}

std::optional<QByteArray> bytesFromHex(const QString &text)
{
    if (text.size() < 2 || text.size() % 2 != 0 || !text.startsWith(u"0x", Qt::CaseInsensitive)) {
        return std::nullopt;
    }
    const QByteArray digits = QStringView(text).mid(2).toLatin1();
    const bool isHex = std::all_of(digits.begin(), digits.end(), [](char letter) {
        return (letter >= '0' && letter <= '9')
            || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'f');
    });
    return isHex ? std::optional(QByteArray::fromHex(digits)) : std::nullopt;
}

QString hexFromBytes(const QByteArray &bytes)
{
    return u"0x"_s + QString::fromLatin1(bytes.toHex());
}

CallData &CallData::add(const Address &address)
{
    m_hex += QStringView(address.toTopic()).mid(2);
    return *this;
}

CallData &CallData::add(const U256 &value)
{
    m_hex += value.toWord();
    return *this;
}

std::optional<QByteArray> AbiReader::word(qsizetype index) const
{
    if (index < 0 || index >= words()) {
        return std::nullopt;
    }
    return m_bytes.mid(index * Word, Word);
}

std::optional<U256> AbiReader::number(qsizetype index) const
{
    const auto bytes = word(index);
    return bytes ? U256::fromHex(hexFromBytes(*bytes)) : std::nullopt;
}

std::optional<quint64> AbiReader::smallNumber(qsizetype index) const
{
    const auto value = number(index);
    return value ? value->toUInt64() : std::nullopt;
}

Address AbiReader::address(qsizetype index) const
{
    return Address::fromWord(word(index).value_or(QByteArray()));
}

std::optional<qsizetype> AbiReader::target(qsizetype index) const
{
    const auto offset = smallNumber(index);
    if (!offset || *offset % quint64(Word) != 0 || *offset >= quint64(m_bytes.size())) {
        return std::nullopt;
    }
    return qsizetype(*offset) / Word;
}

std::optional<QByteArray> AbiReader::dynamic(qsizetype index) const
{
    const auto at = target(index);
    const auto size = at ? smallNumber(*at) : std::nullopt;
    if (!size || *size > quint64(m_bytes.size() - (*at + 1) * Word)) {
        return std::nullopt;
    }
    return m_bytes.mid((*at + 1) * Word, qsizetype(*size));
}

std::optional<U256> singleNumber(const QByteArray &result)
{
    return result.size() == Word ? AbiReader(result).number(0) : std::nullopt;
}

QString tokenText(const QByteArray &result)
{
    if (result.size() == Word) {
        return printable(result.left(result.indexOf('\0') < 0 ? Word : result.indexOf('\0')),
                         MaxTokenText);
    }
    return printable(AbiReader(result).dynamic(0).value_or(QByteArray()), MaxTokenText);
}

Revert decodeRevert(const QByteArray &data)
{
    if (data.size() < 4) {
        return {{}, tr("The contract refused without saying why; it may not have this function.")};
    }
    const QByteArray head = data.left(4);
    if (head == selector("Error(string)")) {
        return reasonOf(data.mid(4));
    }
    if (head == selector("Panic(uint256)")) {
        const auto code = AbiReader(data.mid(4)).number(0);
        return {u"Panic"_s,
                tr("The contract failed on an internal check (panic %1).")
                    .arg(code ? code->toHex() : u"?"_s)};
    }
    for (const KnownError &known : KnownErrors) {
        const QByteArray signature(known.signature);
        if (head == selector(signature)) {
            return {QString::fromLatin1(signature.left(signature.indexOf('('))), tr(known.meaning)};
        }
    }
    bool isNumber = false;
    const quint32 number = head.toHex().toUInt(&isNumber, 16);
    for (const SelectedError &known : SelectedErrors) {
        if (number == known.selector) {
            return {QString::fromLatin1(known.name), tr(known.meaning)};
        }
    }
    return {{},
            tr("The contract refused with an error that is not known here (%1).")
                .arg(hexFromBytes(head))};
}

} // namespace proverdeck::models::evm
