// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/SupportBundleDialog.h"

#include "ui/common/Theme.h"
#include "ui/dialogs/BundleModels.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::report::BundleEntry;

namespace {

QTreeView *makeView(QAbstractItemModel *model, const QString &objectName, const QString &name,
                    QWidget *parent)
{
    auto *view = new QTreeView(parent);
    view->setObjectName(objectName);
    view->setAccessibleName(name);
    view->setModel(model);
    view->setRootIsDecorated(false);
    view->setUniformRowHeights(true);
    view->setAlternatingRowColors(true);
    view->setTextElideMode(Qt::ElideMiddle);
    return view;
}

} // namespace

SupportBundleDialog::SupportBundleDialog(std::unique_ptr<BundleMaker> maker, QWidget *parent)
    : QDialog(parent)
    , m_maker(std::move(maker))
{
    setObjectName(u"supportBundleDialog"_s);
    setWindowTitle(tr("Support bundle"));
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(makeHeading(tr("What would leave this machine"), this));
    layout->addWidget(makeText(
        tr("These files go into one archive, for somebody who is to find out what went wrong. Look "
           "at what is masked before you give it away; what shall not be in it, untick."),
        this));
    buildViews();
    m_hide = new QCheckBox(tr("Hide host names, user names and addresses"), this);
    m_hide->setObjectName(u"hideNames"_s);
    m_hide->setChecked(true);
    connect(m_hide, &QCheckBox::toggled, this, &SupportBundleDialog::collect);
    layout->addWidget(m_hide);
    m_state = makeHint({}, this);
    m_state->setObjectName(u"bundleState"_s);
    layout->addWidget(m_state);
    auto *buttons = new QDialogButtonBox(this);
    m_save = buttons->addButton(tr("Save…"), QDialogButtonBox::ActionRole);
    m_save->setObjectName(u"saveBundle"_s);
    makePrimary(m_save);
    buttons->addButton(QDialogButtonBox::Close)->setObjectName(u"close"_s);
    connect(m_save, &QPushButton::clicked, this, &SupportBundleDialog::chooseFile);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    resize(1000, 620);
    collect();
}

SupportBundleDialog::~SupportBundleDialog() = default;

void SupportBundleDialog::buildViews()
{
    m_files = new BundleFileModel(this);
    m_redactions = new BundleRedactionModel(this);
    auto *splitter = new QSplitter(this);
    m_fileView = makeView(m_files, u"bundleFiles"_s, tr("Files"), this);
    m_fileView->header()->setStretchLastSection(false);
    m_fileView->header()->setSectionResizeMode(BundleFileModel::File, QHeaderView::Stretch);
    m_fileView->header()->setSectionResizeMode(BundleFileModel::Size,
                                               QHeaderView::ResizeToContents);
    m_fileView->header()->setSectionResizeMode(BundleFileModel::Masked,
                                               QHeaderView::ResizeToContents);
    splitter->addWidget(m_fileView);
    auto *right = new QWidget(this);
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    m_about = makeText({}, right);
    m_about->setObjectName(u"bundleAbout"_s);
    column->addWidget(m_about);
    m_redactionView = makeView(m_redactions, u"bundleRedactions"_s, tr("What is masked"), right);
    m_redactionView->header()->setSectionResizeMode(BundleRedactionModel::Line,
                                                    QHeaderView::ResizeToContents);
    m_redactionView->header()->resizeSection(BundleRedactionModel::What, 190);
    column->addWidget(m_redactionView);
    splitter->addWidget(right);
    splitter->setSizes({380, 620});
    splitter->setChildrenCollapsible(false);
    static_cast<QVBoxLayout *>(layout())->addWidget(splitter, 1);
    connect(m_fileView->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &SupportBundleDialog::onFileChosen);
    connect(m_files, &QAbstractItemModel::dataChanged, this, &SupportBundleDialog::updateState);
}

void SupportBundleDialog::collect()
{
    m_isBusy = true;
    m_hide->setEnabled(false);
    m_save->setEnabled(false);
    m_state->setText(tr("Collecting and masking …"));
    const QPointer<SupportBundleDialog> self(this);
    m_maker->collect(m_hide->isChecked(), [self](const QList<BundleEntry> &entries) {
        if (self) {
            self->onCollected(entries);
        }
    });
}

void SupportBundleDialog::onCollected(const QList<BundleEntry> &entries)
{
    // At first, a file that something was masked in: that is what there is to look at.
    const auto masked = std::find_if(entries.begin(), entries.end(),
                                     [](const BundleEntry &one) { return one.redactionCount > 0; });
    const int first = masked == entries.end() ? 0 : int(masked - entries.begin());
    const int row = m_fileView->currentIndex().isValid() ? m_fileView->currentIndex().row() : first;
    m_files->setEntries(entries);
    m_isBusy = false;
    m_hide->setEnabled(true);
    m_fileView->setCurrentIndex(m_files->index(std::min(row, m_files->rowCount() - 1), 0));
    onFileChosen();
    updateState();
}

void SupportBundleDialog::onFileChosen()
{
    const int row = m_fileView->currentIndex().row();
    if (row < 0 || row >= m_files->rowCount()) {
        m_redactions->setRedactions({});
        m_about->clear();
        return;
    }
    const BundleEntry &entry = m_files->entries().at(row);
    m_redactions->setRedactions(entry.redactions);
    QString text = u"%1: %2."_s.arg(entry.name, entry.about);
    text += u' '
        + (entry.redactionCount == 0 ? tr("Nothing in it had to be masked.")
                                     : tr("%n secret(s) masked.", nullptr, entry.redactionCount));
    if (entry.redactionCount > entry.redactions.size()) {
        text += u' ' + tr("The first %1 are listed.").arg(entry.redactions.size());
    }
    if (entry.hiddenNames > 0) {
        text += u' ' + tr("%n name(s) replaced.", nullptr, entry.hiddenNames);
    }
    if (entry.leftOut > 0) {
        text += u' ' + tr("Its first %1 are left out.").arg(sizeText(entry.leftOut));
    }
    if (!entry.problem.isEmpty()) {
        text += u"\n✕ "_s + entry.problem;
    }
    m_about->setText(text);
}

void SupportBundleDialog::updateState()
{
    if (m_isBusy) {
        return;
    }
    const QStringList leftOut = m_files->leftOut();
    qint64 size = 0;
    int masked = 0;
    qsizetype files = 0;
    for (const BundleEntry &entry : m_files->entries()) {
        if (!leftOut.contains(entry.name)) {
            size += entry.size;
            masked += entry.redactionCount;
            ++files;
        }
    }
    m_state->setText(tr("%1 files, %2 before compression, %3 secrets masked.")
                         .arg(QString::number(files), sizeText(size), QString::number(masked)));
    m_save->setEnabled(files > 0);
}

void SupportBundleDialog::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Save the support bundle"), QDir::homePath(),
                                   tr("Archives (*.tar.gz)"));
    dialog->setObjectName(u"bundleFileDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(m_maker->suggestedName());
    connect(dialog, &QFileDialog::fileSelected, this, &SupportBundleDialog::saveAs);
    dialog->open();
}

void SupportBundleDialog::saveAs(const QString &path)
{
    if (m_isBusy) {
        return;
    }
    m_isBusy = true;
    m_hide->setEnabled(false);
    m_save->setEnabled(false);
    m_state->setText(tr("Writing …"));
    const QPointer<SupportBundleDialog> self(this);
    m_maker->write(path, m_files->leftOut(), [self, path](const QString &problem) {
        if (!self) {
            return;
        }
        self->m_isBusy = false;
        self->m_hide->setEnabled(true);
        self->updateState();
        self->m_state->setText(problem.isEmpty()
                                   ? tr("✓ Saved as %1").arg(QDir::toNativeSeparators(path))
                                   : u"✕ "_s + problem);
    });
}

} // namespace proverdeck::ui
