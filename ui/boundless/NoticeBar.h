// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/findings/Finding.h"

#include <QFrame>

class QLabel;
class QVBoxLayout;

namespace proverdeck::ui {

/// One line for each thing that a person should know now, worst first; hidden when there is none.
class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    struct Notice
    {
        models::Severity severity = models::Severity::Info;
        QString text;
        bool operator==(const Notice &) const = default;
    };

    explicit NoticeBar(QWidget *parent = nullptr);

    void setNotices(QList<Notice> notices);
    [[nodiscard]] const QList<Notice> &notices() const { return m_notices; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void rebuild();
    void paintSigns();

    QVBoxLayout *m_rows;
    QList<Notice> m_notices;
    QList<QLabel *> m_signs; ///< one for each notice
};

} // namespace proverdeck::ui
