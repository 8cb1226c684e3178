// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/ethrex/L2Series.h"
#include "ui/charts/ChartPage.h"

namespace proverdeck::ui {

/// What an L2 did over time: its mempool, blocks, gas, and how far the proofs are behind.
class L2Charts : public ChartPage
{
    Q_OBJECT

public:
    /// @p link must outlive the charts.
    explicit L2Charts(ChartLink &link, QWidget *parent = nullptr);

    void addSamples(const QList<models::ethrex::L2Sample> &samples);
    /// What was before what is shown.
    void setPast(const std::shared_ptr<models::ethrex::L2Series> &past);
    void clear();
    [[nodiscard]] bool hasData() const override { return !m_series->view().isEmpty(); }

protected:
    [[nodiscard]] TimeRange extent() const override;
    void fillChart(TimeChart &chart, int index) const override;

private:
    std::shared_ptr<models::ethrex::L2Series> m_series
        = std::make_shared<models::ethrex::L2Series>();
};

} // namespace proverdeck::ui
