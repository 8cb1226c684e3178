// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/LockBook.h"

#include <QAbstractTableModel>

namespace proverdeck::ui {

/// The events of an account, newest first, with what each did to the collateral.
class StakeEventModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, What, Change, Request, Transaction, ColumnCount };
    static constexpr int CopyRole = Qt::UserRole + 1; ///< the whole text of a cell

    using QAbstractTableModel::QAbstractTableModel;

    void setEvents(const QList<models::boundless::MarketEvent> &events,
                   const models::boundless::Verdicts &verdicts,
                   const QList<models::boundless::LockEntry> &locks,
                   const models::boundless::MarketFacts &facts,
                   const models::evm::Address &account);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row
    {
        models::boundless::MarketEvent event;
        std::optional<models::evm::Difference> effect;
        std::optional<models::boundless::LockEntry> lock;
        bool operator==(const Row &) const = default;
    };
    [[nodiscard]] QString text(const Row &row, int column) const;
    [[nodiscard]] QString tip(const Row &row, int column) const;
    [[nodiscard]] QString what(const Row &row) const;

    QList<Row> m_rows;
    models::boundless::MarketFacts m_facts;
};

} // namespace proverdeck::ui
