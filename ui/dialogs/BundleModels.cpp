// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/BundleModels.h"

#include <QFontDatabase>
#include <QLocale>
#include <QTextDocument>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::report::BundleEntry;
using models::report::BundleRedaction;

namespace {

/// What a remote program printed, fit for one line of a view.
QString oneLine(const QString &text)
{
    QString line;
    line.reserve(text.size());
    for (const QChar letter : text) {
        const bool isHarmless = letter.isPrint() || letter.isSurrogate();
        line += isHarmless ? letter : letter == u'\t' ? QChar(u' ') : QChar(u'·');
    }
    return line;
}

} // namespace

QString sizeText(qint64 bytes)
{
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

void BundleFileModel::setEntries(const QList<BundleEntry> &entries)
{
    beginResetModel();
    m_entries = entries;
    endResetModel();
}

QStringList BundleFileModel::leftOut() const
{
    QStringList names;
    for (const BundleEntry &entry : m_entries) {
        if (m_leftOut.contains(entry.name)) {
            names << entry.name;
        }
    }
    return names;
}

int BundleFileModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int BundleFileModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BundleFileModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const BundleEntry &entry = m_entries.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == File ? QVariant(entry.name)
            : index.column() == Size  ? QVariant(sizeText(entry.size))
                                      : QVariant(entry.redactionCount);
    case Qt::ToolTipRole: {
        QStringList lines{entry.about};
        if (entry.leftOut > 0) {
            lines << tr("Without its first %1").arg(sizeText(entry.leftOut));
        }
        if (!entry.problem.isEmpty()) {
            lines << entry.problem;
        }
        return Qt::convertFromPlainText(lines.join(u'\n'));
    }
    case Qt::TextAlignmentRole:
        return index.column() == File ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::CheckStateRole:
        return index.column() == File
            ? QVariant(m_leftOut.contains(entry.name) ? Qt::Unchecked : Qt::Checked)
            : QVariant();
    default:
        return {};
    }
}

bool BundleFileModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)
        || index.column() != File || role != Qt::CheckStateRole) {
        return false;
    }
    const QString name = m_entries.at(index.row()).name;
    if (value.toInt() == int(Qt::Unchecked)) {
        m_leftOut.insert(name);
    } else {
        m_leftOut.remove(name);
    }
    emit dataChanged(index, index, {Qt::CheckStateRole});
    return true;
}

Qt::ItemFlags BundleFileModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags base = QAbstractTableModel::flags(index);
    return index.column() == File ? base | Qt::ItemIsUserCheckable : base;
}

QVariant BundleFileModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == File ? tr("File") : section == Size ? tr("Size") : tr("Masked");
}

void BundleRedactionModel::setRedactions(const QList<BundleRedaction> &redactions)
{
    beginResetModel();
    m_redactions = redactions;
    endResetModel();
}

int BundleRedactionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_redactions.size());
}

int BundleRedactionModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BundleRedactionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const BundleRedaction &one = m_redactions.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == Line ? QVariant(one.line)
            : index.column() == What  ? QVariant(one.title)
                                      : QVariant(oneLine(one.context));
    case Qt::ToolTipRole:
        return index.column() == Text ? Qt::convertFromPlainText(oneLine(one.context)) : QString();
    case Qt::FontRole:
        return index.column() == Text ? QFontDatabase::systemFont(QFontDatabase::FixedFont)
                                      : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Line ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    default:
        return {};
    }
}

QVariant BundleRedactionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Line ? tr("Line") : section == What ? tr("What") : tr("As it is written");
}

} // namespace proverdeck::ui
