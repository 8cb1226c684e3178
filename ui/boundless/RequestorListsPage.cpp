// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/RequestorListsPage.h"

#include "ui/boundless/LineEditStyle.h"
#include "ui/boundless/RequestorListModel.h"
#include "ui/boundless/SettingsDocument.h"
#include "ui/common/Theme.h"

#include <QFrame>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

const QString Market = u"market"_s;
const QString Priority = u"priority_requestor_addresses"_s;
const QString Allow = u"allow_client_addresses"_s;
const QString Deny = u"deny_requestor_addresses"_s;

} // namespace

RequestorListsPage::RequestorListsPage(SettingsDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
{
    setObjectName(u"requestorLists"_s);
    setAccessibleName(tr("Requestor lists"));
    setStyleSheet(lineEditStyle());
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(10);
    column->addWidget(makeHeading(tr("Requestors"), this));
    column->addWidget(makeList(Priority, tr("Priority"),
                               tr("Their orders bypass the limits on cycles and size.")));
    column->addWidget(
        makeList(Allow, tr("Allowed"), tr("If there is one, everybody else is skipped.")));
    column->addWidget(makeList(Deny, tr("Denied"), tr("Their orders are skipped.")));
    connect(&m_document, &SettingsDocument::changed, this, &RequestorListsPage::refresh);
    refresh();
}

QWidget *RequestorListsPage::makeList(const QString &key, const QString &title, const QString &hint)
{
    QFrame *card = makeCard(this);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(14, 10, 14, 10);
    auto *head = new QHBoxLayout;
    auto *name = new QLabel(title, card);
    QFont font = name->font();
    font.setBold(true);
    name->setFont(font);
    head->addWidget(name);
    head->addWidget(makeHint(hint, card), 1);
    column->addLayout(head);
    List list;
    list.key = key;
    list.model = new RequestorListModel(this);
    list.view = new QTableView(card);
    list.view->setObjectName(u"list-"_s + key);
    list.view->setAccessibleName(title);
    list.view->setModel(list.model);
    list.view->setSelectionBehavior(QAbstractItemView::SelectRows);
    list.view->setShowGrid(false);
    list.view->verticalHeader()->hide();
    list.view->verticalHeader()->setDefaultSectionSize(list.view->fontMetrics().height() + 10);
    list.view->horizontalHeader()->setStretchLastSection(true);
    list.view->horizontalHeader()->setHighlightSections(false);
    list.view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    list.view->setColumnWidth(RequestorListModel::Address,
                              list.view->fontMetrics().horizontalAdvance(u'0') * 52);
    column->addWidget(list.view, 1);
    auto *foot = new QHBoxLayout;
    list.edit = new QLineEdit(card);
    list.edit->setObjectName(u"address-"_s + key);
    list.edit->setAccessibleName(tr("Address to add: %1").arg(title));
    list.edit->setPlaceholderText(tr("0x…"));
    foot->addWidget(list.edit, 1);
    list.add = new QPushButton(tr("Add"), card);
    list.add->setObjectName(u"add-"_s + key);
    foot->addWidget(list.add);
    list.remove = new QPushButton(tr("Remove"), card);
    list.remove->setObjectName(u"remove-"_s + key);
    foot->addWidget(list.remove);
    column->addLayout(foot);
    list.message = makeHint({}, card);
    list.message->setObjectName(u"message-"_s + key);
    list.message->hide();
    column->addWidget(list.message);
    connect(list.add, &QPushButton::clicked, this, [this, key] { add(key); });
    connect(list.edit, &QLineEdit::returnPressed, this, [this, key] { add(key); });
    connect(list.remove, &QPushButton::clicked, this, [this, key] { remove(key); });
    m_lists << list;
    return card;
}

QStringList RequestorListsPage::valuesOf(const QString &key) const
{
    const auto value = m_document.file().value(Market, key);
    return value ? value->list : QStringList();
}

const RequestorListsPage::List *RequestorListsPage::listOf(const QString &key) const
{
    const auto list
        = std::ranges::find_if(m_lists, [&key](const List &other) { return other.key == key; });
    return list == m_lists.end() ? nullptr : &*list;
}

void RequestorListsPage::refresh()
{
    const bool isEditable = m_document.isLoaded() && m_document.file().problem().isEmpty();
    for (const List &list : std::as_const(m_lists)) {
        const bool isDeny = list.key == Deny;
        list.model->setAddresses(valuesOf(list.key),
                                 isDeny ? valuesOf(Priority) + valuesOf(Allow) : valuesOf(Deny),
                                 isDeny ? tr("Also on another list: denying wins")
                                        : tr("Also denied: its orders are skipped"));
        list.edit->setEnabled(isEditable);
        list.add->setEnabled(isEditable);
        list.remove->setEnabled(isEditable && list.model->rowCount() > 0);
    }
}

void RequestorListsPage::add(const QString &key)
{
    const List *list = listOf(key);
    const QString address = list->edit->text().trimmed();
    QString problem = models::boundless::problemWithAddress(address);
    const QStringList old = valuesOf(key);
    if (problem.isEmpty() && old.contains(address, Qt::CaseInsensitive)) {
        problem = tr("%1 stands in the list already.").arg(address);
    }
    if (problem.isEmpty()) {
        problem = m_document.setList(Market, key, old + QStringList{address});
    }
    if (problem.isEmpty()) {
        list->edit->clear();
    }
    list->message->setText(problem);
    list->message->setVisible(!problem.isEmpty());
}

void RequestorListsPage::remove(const QString &key)
{
    const List *list = listOf(key);
    QStringList left;
    const QModelIndexList chosen = list->view->selectionModel()->selectedRows();
    const QStringList old = valuesOf(key);
    for (int row = 0; row < int(old.size()); ++row) {
        const bool isChosen = std::ranges::any_of(
            chosen, [row](const QModelIndex &index) { return index.row() == row; });
        if (!isChosen) {
            left << old.at(row);
        }
    }
    const QString problem = chosen.isEmpty() ? tr("Choose the addresses to be removed first.")
                                             : m_document.setList(Market, key, left);
    list->message->setText(problem);
    list->message->setVisible(!problem.isEmpty());
}

} // namespace proverdeck::ui
