// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/BrokerEvent.h"

#include <QHash>
#include <QRegularExpression>

#include <tl/expected.hpp>

#include <memory>

namespace proverdeck::models::boundless {

/// How to recognise an event: see resources/boundless/broker-log.toml.
struct BrokerPattern
{
    BrokerEventKind kind = BrokerEventKind::Started;
    QString starts;
    QString has;
    QRegularExpression expression; ///< no pattern: the texts alone decide
    QStringList groups; ///< its named groups
    BrokerEra era = BrokerEra::Unknown;
};

/// Why an order is not taken.
struct SkipReason
{
    QString key; ///< stable word: "under-priced"
    QString title;
    QString advice;
    QString setting; ///< key of broker.toml that decides, by its name in 0.13; may be empty
    QString settingNew; ///< by its name since 1.1; empty: the same

    [[nodiscard]] QString settingIn(BrokerEra era) const
    {
        return era >= BrokerEra::V11 && !settingNew.isEmpty() ? settingNew : setting;
    }
};

/// What an error code means.
struct BrokerCode
{
    Severity severity = Severity::Warning;
    QString text;
    QString advice;
};

/// The patterns of the broker's log and the meaning of its codes. Constant after it was loaded, and
/// so usable in every thread.
class BrokerPatterns
{
public:
    /// The error is a sentence with the line.
    [[nodiscard]] static tl::expected<BrokerPatterns, QString> load(const QByteArray &logToml,
                                                                    const QByteArray &codesToml);
    /// Those of the program, loaded once at the first call.
    [[nodiscard]] static std::shared_ptr<const BrokerPatterns> builtIn();

    struct Match
    {
        const BrokerPattern *pattern = nullptr;
        QMap<QString, QString> values;
    };
    /// The first row that fits; no pattern if none does.
    [[nodiscard]] Match match(const QString &message) const;

    struct SkipMatch
    {
        QString key; ///< empty if the text is no known reason
        QString value; ///< what the setting would have to be, if the broker says it
    };
    [[nodiscard]] SkipMatch skipIn(const QString &text) const;
    /// By its key; "other" for unknown ones.
    [[nodiscard]] SkipReason skipReason(const QString &key) const;

    [[nodiscard]] BrokerCode code(const QString &code) const;
    [[nodiscard]] QStringList knownCodes() const { return m_codes.keys(); }
    [[nodiscard]] const QRegularExpression &order() const { return m_order; }

private:
    struct SkipPattern
    {
        QString has;
        QRegularExpression expression;
        SkipReason reason;
    };
    struct CodeGroup
    {
        QString prefix;
        QString text;
    };

    QList<BrokerPattern> m_patterns;
    QHash<QChar, QList<qsizetype>> m_byFirst; ///< rows with "starts", by its first character
    QList<qsizetype> m_anywhere; ///< rows without
    QList<SkipPattern> m_skips;
    QHash<QString, BrokerCode> m_codes;
    QList<CodeGroup> m_groups;
    QRegularExpression m_order;
};

} // namespace proverdeck::models::boundless
