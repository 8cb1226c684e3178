// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/StakeStore.h"

namespace proverdeck::app {

/// The stake page's part of the settings file, below "boundless/stake".
class StakeSettings : public models::boundless::StakeStore
{
public:
    [[nodiscard]] models::boundless::StakeConfig load() const override;
    void save(const models::boundless::StakeConfig &config) override;
};

} // namespace proverdeck::app
