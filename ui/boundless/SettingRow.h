// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/SettingsCheck.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace proverdeck::ui {

class SettingsDocument;

/// One key of broker.toml: name, editor, unit, when a change counts, what it does, and what is
/// wrong with it.
class SettingRow : public QWidget
{
    Q_OBJECT

public:
    /// @p document outlives the row.
    SettingRow(SettingsDocument &document, models::boundless::SettingKey key,
               QWidget *parent = nullptr);

    [[nodiscard]] const models::boundless::SettingKey &key() const { return m_key; }
    /// Shows the document as it is now.
    void refresh();
    [[nodiscard]] bool isSet() const;
    [[nodiscard]] bool matches(const QString &text) const; ///< name or explanation
    void focusEditor();

private:
    void take(const QString &text);
    void showFlags();
    [[nodiscard]] QString currentText() const;

    SettingsDocument &m_document;
    models::boundless::SettingKey m_key;
    QLabel *m_name = nullptr;
    QLineEdit *m_edit = nullptr; ///< one of the two
    QComboBox *m_choice = nullptr;
    QToolButton *m_reset = nullptr;
    QLabel *m_remark = nullptr;
    QLabel *m_sign = nullptr;
    QString m_problem; ///< of what was typed last and not taken
};

} // namespace proverdeck::ui
