// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeStore.h"

namespace proverdeck::app {

/// The stake page's part of the settings file, below "boundless/stake", and the file of transfers
/// beside the history.
class StakeSettings : public models::boundless::StakeStore
{
public:
    [[nodiscard]] models::boundless::StakeConfig load() const override;
    void save(const models::boundless::StakeConfig &config) override;
    [[nodiscard]] models::boundless::TransferBook transfers() const override;
    [[nodiscard]] QString changeTransfers(const Change &change) override;
    [[nodiscard]] static QString transfersPath();
};

} // namespace proverdeck::app
