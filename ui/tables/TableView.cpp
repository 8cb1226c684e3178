// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tables/TableView.h"

#include "ui/tables/ModelColumns.h"
#include "ui/tables/OrderModel.h"
#include "ui/tables/TableHeader.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QTimer>

#include <algorithm>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::tables::RowOrder;
using models::tables::TextForm;

/// Makes the text some rows at a time and puts it on the clipboard; ends itself.
class TableView::Copying : public QObject
{
public:
    Copying(TableView &view, RowOrder rows, TextForm form)
        : QObject(&view)
        , m_view(view)
        , m_rows(std::move(rows))
        , m_form(form)
    {
        const QHeaderView &header = *view.horizontalHeader();
        for (int place = 0; place < header.count(); ++place) {
            const int column = header.logicalIndex(place);
            if (header.isSectionHidden(column)) {
                continue;
            }
            const auto alignment = Qt::Alignment(
                view.m_model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt());
            m_columns.push_back(
                {column,
                 view.m_model.headerData(column, Qt::Horizontal, OrderModel::TitleRole).toString(),
                 alignment.testFlag(Qt::AlignRight)});
        }
        const auto giveUp = [this] {
            emit m_view.said(tr("The table changed while it was copied: nothing was copied."));
            deleteLater();
            disconnect(&m_timer, nullptr, this, nullptr);
        };
        QAbstractItemModel *source = view.m_model.sourceModel();
        connect(source, &QAbstractItemModel::modelAboutToBeReset, this, giveUp);
        connect(source, &QAbstractItemModel::rowsAboutToBeRemoved, this, giveUp);
        connect(source, &QAbstractItemModel::rowsAboutToBeMoved, this, giveUp);
        connect(source, &QAbstractItemModel::layoutAboutToBeChanged, this, giveUp);
        connect(source, &QAbstractItemModel::rowsInserted, this,
                [this, giveUp, rows = source->rowCount()](const QModelIndex &, int first) {
                    if (first < rows) {
                        giveUp();
                    }
                });
        connect(&m_timer, &QTimer::timeout, this, &Copying::copySome);
        m_timer.start();
        copySome();
    }

private:
    static QString tr(const char *text, int number = -1)
    {
        return TableView::tr(text, nullptr, number);
    }

    void copySome()
    {
        constexpr std::size_t Piece = 256;
        constexpr int SliceMs = 8;
        const LiveColumns live(*m_view.m_model.sourceModel(), m_view.m_model.columns(),
                               m_view.m_model.sortRole());
        const QDeadlineTimer until(SliceMs);
        do {
            const std::size_t end = std::min(m_at + Piece, m_rows.size());
            m_text += tableText(
                live, RowOrder(m_rows.begin() + qsizetype(m_at), m_rows.begin() + qsizetype(end)),
                m_columns, m_form, m_at == 0);
            m_at = end;
        } while (m_at < m_rows.size() && !until.hasExpired());
        if (m_at == m_rows.size()) {
            m_timer.stop();
            QGuiApplication::clipboard()->setText(m_text);
            emit m_view.said(tr("Copied %n row(s).", int(m_rows.size())));
            deleteLater();
        }
    }

    TableView &m_view;
    const RowOrder m_rows;
    const TextForm m_form;
    std::vector<models::tables::TextColumn> m_columns;
    std::size_t m_at = 0;
    QString m_text;
    QTimer m_timer;
};

TableView::TableView(OrderModel &model, QWidget *parent)
    : QTableView(parent)
    , m_model(model)
    , m_header(new TableHeader(model, this))
{
    setHorizontalHeader(m_header);
    setModel(&model);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // no look at a million rows
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    m_header->setResizeContentsPrecision(0);
    m_header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_header, &QWidget::customContextMenuRequested, this, &TableView::showHeaderMenu);
    connect(m_header, &TableHeader::tableWanted, this, [this] { setFocus(Qt::OtherFocusReason); });
    connect(m_header, &QHeaderView::sectionMoved, this, &TableView::arranged);
    connect(m_header, &QHeaderView::sectionResized, this, [this](int column) {
        if (QGuiApplication::mouseButtons().testFlag(Qt::LeftButton)) {
            m_chosenWidths.insert(column);
            emit arranged();
        }
    });
    connect(&model, &OrderModel::queryChanged, this, &TableView::arranged);
    connect(&model, &OrderModel::settled, this, &TableView::fitColumns);
}

void TableView::setModel(QAbstractItemModel *model)
{
    Q_ASSERT(model == &m_model);
    QTableView::setModel(model);
    for (std::size_t i = 0; i < m_model.columns().size(); ++i) {
        setColumnHidden(int(i), m_model.columns()[i].isHidden);
    }
}

void TableView::fitColumns()
{
    constexpr int WidestChars = 48;
    constexpr int LastChars = 20; // it takes what room there is
    for (int column = 0; column < m_header->count(); ++column) {
        if (m_chosenWidths.contains(column) || isColumnHidden(column)) {
            continue;
        }
        const bool isLast = m_header->visualIndex(column) == m_header->count() - 1;
        const int widest = fontMetrics().averageCharWidth() * (isLast ? LastChars : WidestChars);
        const int wanted = std::min(
            std::max(sizeHintForColumn(column), m_header->sectionSizeHint(column)), widest);
        if (wanted > columnWidth(column) || !m_fitted.contains(column)) {
            setColumnWidth(column, wanted);
        }
        if (m_model.rowCount() > 0) { // from now on it only grows: nothing jumps about
            m_fitted.insert(column);
        }
    }
}

RowOrder TableView::rowsToCopy() const
{
    const RowOrder &shown = *m_model.shown();
    RowOrder places;
    const QItemSelection selected = selectionModel()->selection();
    for (const QItemSelectionRange &range : selected) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            places.push_back(quint32(row));
        }
    }
    if (places.empty()) {
        return shown;
    }
    std::ranges::sort(places);
    places.erase(std::ranges::unique(places).begin(), places.end());
    std::ranges::transform(places, places.begin(), [&](quint32 row) { return shown.at(row); });
    return places;
}

void TableView::copyRows(TextForm form)
{
    new Copying(*this, rowsToCopy(), form);
}

QMenu *TableView::makeColumnMenu()
{
    auto *menu = new QMenu(tr("Columns"), this);
    menu->setObjectName(u"columnMenu"_s);
    for (int place = 0; place < m_header->count(); ++place) {
        const int column = m_header->logicalIndex(place);
        QAction *action = menu->addAction(
            m_model.headerData(column, Qt::Horizontal, OrderModel::TitleRole).toString());
        action->setObjectName(u"column-"_s + m_model.columns().at(std::size_t(column)).id);
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        // One column stays, or nothing would be left to click on.
        action->setEnabled(isColumnHidden(column)
                           || m_header->count() - m_header->hiddenSectionCount() > 1);
        connect(action, &QAction::toggled, this, [this, column](bool isShown) {
            setColumnHidden(column, !isShown);
            fitColumns();
            emit arranged();
        });
    }
    return menu;
}

QMenu *TableView::makeMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"tableMenu"_s);
    if (!m_rowActions.isEmpty()) {
        menu->addActions(m_rowActions);
        menu->addSeparator();
    }
    const bool hasSelection = selectionModel()->hasSelection();
    const QString what = hasSelection ? tr("selected rows") : tr("all shown rows");
    QAction *tsv = menu->addAction(tr("Copy %1 for a spreadsheet").arg(what), this,
                                   [this] { copyRows(TextForm::Tsv); });
    tsv->setObjectName(u"copyTsv"_s);
    tsv->setShortcut(QKeySequence::Copy);
    tsv->setShortcutContext(Qt::WidgetShortcut);
    menu->addAction(tr("Copy %1 as Markdown").arg(what), this,
                    [this] { copyRows(TextForm::Markdown); })
        ->setObjectName(u"copyTableMarkdown"_s);
    if (currentIndex().isValid()) {
        menu->addAction(
                tr("Copy cell"), this,
                [this] { QGuiApplication::clipboard()->setText(currentIndex().data().toString()); })
            ->setObjectName(u"copyCell"_s);
        menu->addAction(tr("Only rows with this value"), this,
                        [this] {
                            const QModelIndex at = currentIndex();
                            const QString text = at.data().toString();
                            m_header->setFiltersVisible(true);
                            m_model.setFilter(at.column(),
                                              models::tables::isUnknownText(text) ? u"-"_s : text);
                        })
            ->setObjectName(u"filterByCell"_s);
    }
    menu->addSeparator();
    QAction *filter = menu->addAction(tr("Filter"), m_header, &TableHeader::setFiltersVisible);
    filter->setCheckable(true);
    filter->setChecked(m_header->areFiltersVisible());
    menu->addMenu(makeColumnMenu())->setObjectName(u"columns"_s);
    return menu;
}

void TableView::showHeaderMenu(const QPoint &at)
{
    const int column = m_header->logicalIndexAt(at);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"headerMenu"_s);
    if (column >= 0) {
        menu->addAction(tr("Sort upwards"), this,
                        [this, column] { m_model.sort(column, Qt::AscendingOrder); });
        menu->addAction(tr("Sort downwards"), this,
                        [this, column] { m_model.sort(column, Qt::DescendingOrder); });
        menu->addAction(tr("Then by this column"), this,
                        [this, column] { m_model.toggleSort(column, true); });
        menu->addAction(tr("Filter this column"), this,
                        [this, column] { m_header->editFilter(column); });
        menu->addAction(tr("Hide this column"), this,
                        [this, column] {
                            setColumnHidden(column, true);
                            emit arranged();
                        })
            ->setEnabled(m_header->count() - m_header->hiddenSectionCount() > 1);
        menu->addSeparator();
    }
    menu->addAction(tr("As the table came, unsorted"), this, [this] { m_model.setSort({}); });
    menu->addMenu(makeColumnMenu());
    menu->popup(m_header->mapToGlobal(at));
}

void TableView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyRows(TextForm::Tsv);
    } else if (event->matches(QKeySequence::Find)) {
        m_header->editFilter(currentIndex().column());
    } else {
        QTableView::keyPressEvent(event);
        return;
    }
    event->accept();
}

void TableView::contextMenuEvent(QContextMenuEvent *event)
{
    const QPoint at = event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid()
        ? viewport()->mapToGlobal(visualRect(currentIndex()).center())
        : event->globalPos();
    makeMenu()->popup(at);
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (m_model.rowCount() > 0) {
        return;
    }
    QPainter painter(viewport());
    painter.setPen(palette().color(QPalette::PlaceholderText));
    const QString text = m_model.isBusy() ? tr("Sorting and filtering …")
        : m_model.isFiltered() ? tr("No row passes the filters. Escape empties one, the button "
                                    "below removes all.")
                               : m_emptyText;
    painter.drawText(viewport()->rect().adjusted(24, 18, -24, -18),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text);
}

} // namespace proverdeck::ui
