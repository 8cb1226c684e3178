// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;

namespace proverdeck::ui {

/// A title, one large value, and a line below it.
class ValueCard : public QFrame
{
    Q_OBJECT

public:
    ValueCard(const QString &title, const QString &name, QWidget *parent = nullptr);

    /// @p tip holds the exact value. "–" stands for what is not known, and @p note says why.
    void setValue(const QString &value, const QString &note, const QString &tip = {});
    void setOld(bool isOld); ///< in the muted colour
    [[nodiscard]] QString value() const;
    [[nodiscard]] QString note() const;

private:
    QLabel *m_value;
    QLabel *m_note;
};

} // namespace proverdeck::ui
