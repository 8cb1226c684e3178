// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QToolButton;

namespace proverdeck::ui {

class ChartLink;

/// The buttons of a page of charts: back, forward, all, how much of the newest, live.
class ChartBar : public QWidget
{
    Q_OBJECT

public:
    /// @p link must outlive the bar.
    explicit ChartBar(ChartLink &link, QWidget *parent = nullptr);

    /// For data that does not grow: no live button.
    void setLiveVisible(bool visible);

private:
    void update();
    void onSpanChosen(int index);
    [[nodiscard]] QToolButton *button(const QString &text, const QString &name, const QString &tip);

    ChartLink &m_link;
    QToolButton *m_back;
    QToolButton *m_forward;
    QToolButton *m_all;
    QToolButton *m_live;
    QComboBox *m_span;
};

} // namespace proverdeck::ui
