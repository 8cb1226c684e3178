// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace proverdeck::ui {

class SettingRow;
class SettingsDocument;

/// The form of a broker.toml: every key that its generation knows, by section, with explanations
/// and remarks. Saving shows the difference first. GUI thread.
class SettingsForm : public QWidget
{
    Q_OBJECT

public:
    /// @p document outlives the form.
    explicit SettingsForm(SettingsDocument &document, QWidget *parent = nullptr);

    /// Scrolls to a key by its name in any section and puts the cursor there.
    void showKey(const QString &key);
    void save(); ///< as the button
    void askToRename(); ///< as the button
    /// The files of a server, of which one is shown; fewer than two are not offered.
    void setFiles(const QStringList &names, const QString &shown);
    /// What became of the file that was saved last, in place of the name of its backup; empty:
    /// nothing is known of it. A problem is shown as one.
    void setOutcome(const QString &text, bool isProblem);
    [[nodiscard]] int rowCount() const { return int(m_rows.size()); }

signals:
    void fileWanted(const QString &name);
    void benchmarksWanted(); ///< to take peak_prove_khz from
    void saved(); ///< the file is written

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    [[nodiscard]] QWidget *makeHead();
    void chooseFile();
    void openFile(const QString &path);
    void refresh();
    void rebuild();
    void applyFilter();
    void showRemarks();
    void write();
    [[nodiscard]] QString savingNote() const;

    SettingsDocument &m_document;
    QLabel *m_title = nullptr;
    QLabel *m_message = nullptr;
    QComboBox *m_era = nullptr;
    QLineEdit *m_search = nullptr;
    QCheckBox *m_onlySet = nullptr;
    QComboBox *m_files = nullptr;
    QPushButton *m_rename = nullptr;
    QPushButton *m_benchmark = nullptr;
    QPushButton *m_undo = nullptr;
    QPushButton *m_save = nullptr;
    QScrollArea *m_scroll = nullptr;
    QVBoxLayout *m_column = nullptr;
    QWidget *m_remarks = nullptr;
    QVBoxLayout *m_remarkColumn = nullptr;
    QList<SettingRow *> m_rows;
    QList<QWidget *> m_cards;
    QString m_outcome;
    bool m_isProblem = false;
    int m_shownEra = -1;
};

} // namespace proverdeck::ui
