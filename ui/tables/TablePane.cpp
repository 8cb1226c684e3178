// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tables/TablePane.h"

#include "models/report/Report.h"
#include "ui/common/Theme.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TableHeader.h"
#include "ui/tables/TableView.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMenu>
#include <QTextDocument>
#include <QTimer>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int KeepAfterMs = 500;
constexpr int SaidForMs = 4000;
constexpr int MaxWidth = 4000; ///< of a column in what is remembered

} // namespace

TablePane::TablePane(const QString &name, const QString &title, TableColumns columns, int sortRole,
                     QAbstractItemModel *source, QWidget *parent)
    : QWidget(parent)
{
    setObjectName(name + u"Pane"_s);
    m_order = new OrderModel(std::move(columns), sortRole, this);
    m_order->setSourceModel(source);
    m_view = new TableView(*m_order, this);
    m_view->setObjectName(name);
    m_view->setAccessibleName(title);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(m_view, 1);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(4, 0, 0, 0);
    row->setSpacing(10);
    m_count = makeHint({}, this);
    m_count->setObjectName(u"rowCount"_s);
    m_count->setWordWrap(false);
    row->addWidget(m_count);
    m_totals = makeHint({}, this);
    m_totals->setObjectName(u"totals"_s);
    m_totals->setWordWrap(false);
    m_totals->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_totals->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_totals, 1);
    const auto button = [&](const QString &objectName, const QString &text, const QString &hint) {
        auto *made = new QToolButton(this);
        made->setObjectName(objectName);
        made->setText(text);
        made->setToolTip(hint);
        made->setAutoRaise(true);
        row->addWidget(made);
        return made;
    };
    m_clear = button(u"clearFilters"_s, tr("Show all"), tr("Remove all filters of this table"));
    connect(m_clear, &QToolButton::clicked, m_order, &OrderModel::clearFilters);
    m_filter = button(u"showFilters"_s, tr("Filter"),
                      tr("A line to type into below each title (Ctrl+F in the table)"));
    m_filter->setCheckable(true);
    connect(m_filter, &QToolButton::toggled, &m_view->header(), &TableHeader::setFiltersVisible);
    connect(&m_view->header(), &TableHeader::filtersShown, m_filter, &QToolButton::setChecked);
    auto *columnsButton = button(u"chooseColumns"_s, tr("Columns"), tr("Which columns are shown"));
    connect(columnsButton, &QToolButton::clicked, this, [this, columnsButton] {
        QMenu *menu = m_view->makeColumnMenu();
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->popup(columnsButton->mapToGlobal(QPoint(0, columnsButton->height())));
    });
    layout->addLayout(row);

    connect(m_order, &OrderModel::settled, this, &TablePane::showState);
    connect(m_order, &OrderModel::busyChanged, this, &TablePane::showState);
    connect(m_order, &OrderModel::queryChanged, this, &TablePane::showState);
    connect(m_order, &QAbstractItemModel::modelReset, this, &TablePane::showState);
    connect(m_view, &TableView::said, this, [this](const QString &text) {
        m_said = text;
        showState();
        QTimer::singleShot(SaidForMs, this, [this] {
            m_said.clear();
            showState();
        });
    });
    m_keepLater = new QTimer(this);
    m_keepLater->setSingleShot(true);
    m_keepLater->setInterval(KeepAfterMs);
    connect(m_keepLater, &QTimer::timeout, this, &TablePane::keep);
    connect(m_view, &TableView::arranged, this, [this] {
        if (m_memory) {
            m_keepLater->start();
        }
    });
    m_view->fitColumns();
    showState();
}

TablePane::~TablePane()
{
    if (m_keepLater->isActive()) {
        keep();
    }
}

void TablePane::setEmptyText(const QString &text)
{
    m_view->setEmptyText(text);
}

void TablePane::showState()
{
    const int all = m_order->sourceModel() ? m_order->sourceModel()->rowCount() : 0;
    const int shown = m_order->rowCount();
    const auto text = [](int number) { return models::report::groupedText(quint64(number)); };
    QString count = m_order->isFiltered() || shown != all
        ? tr("%1 of %2 rows").arg(text(shown), text(all))
        : all == 1 ? tr("1 row")
                   : tr("%1 rows").arg(text(all));
    if (m_order->isBusy()) {
        count += tr(" · sorting and filtering …");
    }
    if (!m_said.isEmpty()) {
        count += u" · "_s + m_said;
    }
    m_count->setText(count);
    m_clear->setVisible(m_order->isFiltered());
    showTotals();
    m_view->viewport()->update();
}

void TablePane::showTotals()
{
    const QString all = totalsText();
    m_totals->setToolTip(Qt::convertFromPlainText(all));
    m_totals->setAccessibleName(all);
    layout()->activate(); // its width, once the buttons have theirs
    m_totals->setText(m_totals->fontMetrics().elidedText(all, Qt::ElideRight, m_totals->width()));
}

void TablePane::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showTotals();
}

QString TablePane::totalsText() const
{
    QStringList texts;
    for (const models::tables::Total &total : m_order->totals()) {
        const TableColumn &column = m_order->columns().at(std::size_t(total.column));
        if (std::isnan(total.value) || !column.totalText || m_view->isColumnHidden(total.column)) {
            continue;
        }
        const QString title
            = m_order->headerData(total.column, Qt::Horizontal, OrderModel::TitleRole).toString();
        texts << (total.known == std::size_t(m_order->rowCount())
                      ? tr("%1 %2").arg(title, column.totalText(total.value))
                      : tr("%1 %2 (of %3)")
                            .arg(title, column.totalText(total.value))
                            .arg(total.known));
    }
    return texts.join(u"  ·  "_s);
}

void TablePane::setMemory(TableMemory *memory)
{
    m_memory = memory;
    if (memory) {
        restore(memory->tableState(m_view->objectName()));
        m_keepLater->stop();
    }
}

/// By the columns' words, so that a column that comes or goes later does no harm.
QByteArray TablePane::state() const
{
    const QHeaderView &header = m_view->header();
    QJsonArray columns;
    for (int place = 0; place < header.count(); ++place) {
        const int column = header.logicalIndex(place);
        QJsonObject one{{u"id"_s, m_order->columns().at(std::size_t(column)).id}};
        if (m_view->isWidthChosen(column) && !header.isSectionHidden(column)) {
            one[u"width"_s] = header.sectionSize(column);
        }
        one[u"shown"_s] = !header.isSectionHidden(column);
        columns << one;
    }
    QJsonArray sort;
    for (const models::tables::SortKey &key : m_order->sortKeys()) {
        sort << QJsonObject{{u"id"_s, m_order->columns().at(std::size_t(key.column)).id},
                            {u"down"_s, key.descending}};
    }
    return QJsonDocument(QJsonObject{{u"columns"_s, columns}, {u"sort"_s, sort}})
        .toJson(QJsonDocument::Compact);
}

void TablePane::restore(const QByteArray &state)
{
    const QJsonObject all = QJsonDocument::fromJson(state).object();
    const QJsonArray columns = all.value(u"columns"_s).toArray();
    const auto columnOf = [this](const QJsonValue &one) {
        const QString id = one.toObject().value(u"id"_s).toString();
        const auto at = std::ranges::find(m_order->columns(), id, &TableColumn::id);
        return at == m_order->columns().end() ? -1 : int(at - m_order->columns().begin());
    };
    TableHeader &header = m_view->header();
    int place = 0;
    QList<int> hidden;
    for (const QJsonValue one : columns) {
        const int column = columnOf(one);
        if (column < 0) {
            continue;
        }
        header.moveSection(header.visualIndex(column), place++);
        header.setSectionHidden(column, false);
        if (!one.toObject().value(u"shown"_s).toBool(true)) {
            hidden << column;
        }
        if (const int width = one.toObject().value(u"width"_s).toInt(); width > 0) {
            header.resizeSection(column, std::clamp(width, header.minimumSectionSize(), MaxWidth));
            m_view->setWidthChosen(column);
        }
    }
    for (const int column : std::as_const(hidden)) {
        if (header.count() - header.hiddenSectionCount() > 1) {
            header.setSectionHidden(column, true);
        }
    }
    if (all.contains(u"sort"_s)) {
        std::vector<models::tables::SortKey> keys;
        const QJsonArray sort = all.value(u"sort"_s).toArray();
        for (const QJsonValue one : sort) {
            keys.push_back({columnOf(one), one.toObject().value(u"down"_s).toBool()});
        }
        m_order->setSort(std::move(keys));
    }
    showState();
}

void TablePane::keep()
{
    m_memory->setTableState(m_view->objectName(), state());
}

} // namespace proverdeck::ui
