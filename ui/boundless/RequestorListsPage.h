// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace proverdeck::ui {

class RequestorListModel;
class SettingsDocument;

/// The lists of requestors of a broker.toml: priority, allow, deny. Edits the same document as the
/// form; it is saved there.
class RequestorListsPage : public QWidget
{
    Q_OBJECT

public:
    /// @p document outlives the page.
    explicit RequestorListsPage(SettingsDocument &document, QWidget *parent = nullptr);

private:
    struct List
    {
        QString key;
        RequestorListModel *model = nullptr;
        QTableView *view = nullptr;
        QLineEdit *edit = nullptr;
        QPushButton *add = nullptr;
        QPushButton *remove = nullptr;
        QLabel *message = nullptr;
    };

    [[nodiscard]] QWidget *makeList(const QString &key, const QString &title, const QString &hint);
    void refresh();
    void add(const QString &key);
    void remove(const QString &key);
    [[nodiscard]] QStringList valuesOf(const QString &key) const;
    [[nodiscard]] const List *listOf(const QString &key) const;

    SettingsDocument &m_document;
    QList<List> m_lists;
};

} // namespace proverdeck::ui
