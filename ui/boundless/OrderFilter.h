// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QSortFilterProxyModel>

namespace proverdeck::ui {

/// Orders of some states that hold a text.
class OrderFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit OrderFilter(QObject *parent = nullptr);

    /// Numbers of models::boundless::OrderState; empty: all.
    void setStates(const QSet<int> &states);
    /// Only orders that somebody must look at.
    void setAttentionOnly(bool only);
    void setText(const QString &text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;

private:
    QSet<int> m_states;
    bool m_attentionOnly = false;
    QString m_text;
};

} // namespace proverdeck::ui
