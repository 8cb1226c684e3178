// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/TransferBook.h"
#include "models/boundless/TransferServer.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace proverdeck::ui {

class NoticeBar;

/// A deposit or withdrawal before it is made: what would happen, and the person's confirmation.
/// Either a server's program carries it out, or the person's own wallet with the data shown here.
class TransferDialog : public QDialog
{
    Q_OBJECT

public:
    /// @p server may be null: then only the wallet can do it. @p book tells what is held back.
    TransferDialog(models::boundless::TransferKind kind, models::boundless::TransferContext context,
                   const models::boundless::TransferBook &book,
                   const models::boundless::TransferServer *server, bool hasKeychain,
                   QWidget *parent = nullptr);
    ~TransferDialog() override;

    /// The plan of the amount that is typed now.
    [[nodiscard]] const std::optional<models::boundless::TransferPlan> &plan() const
    {
        return m_plan;
    }

    /// With which key. A key of this computer that is not typed here is the keychain's.
    [[nodiscard]] models::boundless::TransferKey key() const;
    [[nodiscard]] bool usesOwnKey() const;
    [[nodiscard]] bool keepsKey() const;

signals:
    /// The person confirmed that the server shall carry it out.
    void confirmed(const proverdeck::models::boundless::TransferPlan &plan);
    /// The person looked, and knows that the same one of before was never sent.
    void released(const proverdeck::models::boundless::TransferPlan &plan);

private:
    void addKeyRows(QFormLayout &form, const models::boundless::TransferServer &server,
                    bool hasKeychain);
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
    QComboBox *m_keyChoice = nullptr; ///< null without a server
    QLineEdit *m_key = nullptr;
    QCheckBox *m_keep = nullptr;
    bool m_hasServer;
    bool m_hasKeychain;
};

} // namespace proverdeck::ui
