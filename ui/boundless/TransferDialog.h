// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferBook.h"

#include <QDialog>

class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace proverdeck::ui {

class NoticeBar;

/// A deposit or withdrawal before it is made: what would happen, and the person's confirmation.
/// Either a runner carries it out, or the person's own wallet with the data shown here.
class TransferDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p runner may be null: then only the wallet can do it. @p book tells what is held back.
    TransferDialog(models::boundless::TransferKind kind, models::boundless::TransferContext context,
                   const models::boundless::TransferBook &book,
                   const models::boundless::TransferRunner *runner, QWidget *parent = nullptr);

    /// The plan of the amount that is typed now.
    [[nodiscard]] const std::optional<models::boundless::TransferPlan> &plan() const
    {
        return m_plan;
    }

signals:
    /// The person confirmed that a runner shall carry it out.
    void confirmed(const proverdeck::models::boundless::TransferPlan &plan);
    /// The person looked, and knows that the same one of before was never sent.
    void released(const proverdeck::models::boundless::TransferPlan &plan);

private:
    void rebuild();
    void check();
    void copyCalls();

    models::boundless::TransferKind m_kind;
    models::boundless::TransferContext m_context;
    models::boundless::TransferBook m_book;
    std::optional<models::boundless::TransferPlan> m_plan;
    QLineEdit *m_amount;
    QLabel *m_summary;
    NoticeBar *m_notices;
    QPlainTextEdit *m_calls;
    QPushButton *m_copy;
    QLabel *m_again;
    QLineEdit *m_typed;
    QPushButton *m_submit;
    QPushButton *m_release;
    bool m_hasRunner;
};

} // namespace proverdeck::ui
