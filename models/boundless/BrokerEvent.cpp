// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/BrokerEvent.h"

#include <QVersionNumber>

#include <array>

namespace proverdeck::models::boundless {

using namespace Qt::StringLiterals;

namespace {

struct EraWord
{
    BrokerEra era;
    const char *word;
};
constexpr std::array EraWords{EraWord{BrokerEra::V013, "0.13"}, EraWord{BrokerEra::V10, "1.0"},
                              EraWord{BrokerEra::V11, "1.1"}, EraWord{BrokerEra::V14, "1.4"},
                              EraWord{BrokerEra::V20, "2.0"}};

} // namespace

QString eraWord(BrokerEra era)
{
    for (const EraWord &row : EraWords) {
        if (row.era == era) {
            return QString::fromLatin1(row.word);
        }
    }
    return {};
}

BrokerEra eraFromWord(QStringView word)
{
    for (const EraWord &row : EraWords) {
        if (word == QLatin1StringView(row.word)) {
            return row.era;
        }
    }
    return BrokerEra::Unknown;
}

BrokerEra eraOfVersion(const QString &version)
{
    const QVersionNumber number = QVersionNumber::fromString(version);
    BrokerEra era = BrokerEra::Unknown;
    if (number.isNull()) {
        return era;
    }
    era = BrokerEra::V013;
    for (const EraWord &row : EraWords) {
        if (number >= QVersionNumber::fromString(QString::fromLatin1(row.word))) {
            era = row.era;
        }
    }
    return era;
}

QString collateralSymbol(BrokerEra era)
{
    return era == BrokerEra::Unknown ? QString() : era == BrokerEra::V013 ? u"USDC"_s : u"ZKC"_s;
}

int collateralDecimals(BrokerEra era)
{
    return era == BrokerEra::Unknown ? -1 : era == BrokerEra::V013 ? 6 : 18;
}

} // namespace proverdeck::models::boundless
