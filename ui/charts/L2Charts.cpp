// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/L2Charts.h"

#include <array>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::ethrex::L2Quantity;

namespace {

constexpr double MgasPerGas = 1e-6;

struct Chart
{
    L2Quantity quantity;
    double scale;
};
constexpr std::array Charts{Chart{L2Quantity::Mempool, 1}, Chart{L2Quantity::Backlog, 1},
                            Chart{L2Quantity::Gas, MgasPerGas}, Chart{L2Quantity::Blocks, 1}};

} // namespace

L2Charts::L2Charts(ChartLink &link, QWidget *parent)
    : ChartPage(&link, tr("No samples of the L2's metrics"), parent)
{
    setObjectName(u"l2Charts"_s);
    setAccessibleName(tr("The L2's mempool, backlog, gas and blocks"));
    addChart(u"mempoolChart"_s, tr("Mempool"), tr("transactions"), 0);
    addChart(u"backlogChart"_s, tr("Committed, not yet verified"), tr("batches"), 0);
    addChart(u"gasChart"_s, tr("Gas of the last block"), tr("Mgas"), 2);
    addChart(u"blocksChart"_s, tr("Block number"), {}, 0);
}

void L2Charts::addSamples(const QList<models::ethrex::L2Sample> &samples)
{
    for (const models::ethrex::L2Sample &sample : samples) {
        m_series->add(sample);
    }
    scheduleRefresh();
}

void L2Charts::setPast(const std::shared_ptr<models::ethrex::L2Series> &past)
{
    past->addLater(*m_series);
    m_series = past;
    refresh();
}

void L2Charts::clear()
{
    m_series->clear();
    refresh();
}

TimeRange L2Charts::extent() const
{
    const models::series::SampleView view = m_series->view();
    return {view.firstTime(), view.lastTime()};
}

void L2Charts::fillChart(TimeChart &chart, int index) const
{
    const Chart &of = Charts.at(std::size_t(index));
    chart.setSeries({{{}, m_series->view(), std::size_t(of.quantity), of.scale, 0}});
}

} // namespace proverdeck::ui
