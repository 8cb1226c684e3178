// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/report/BundleEntry.h"

#include <QDialog>

#include <functional>
#include <memory>

class QCheckBox;
class QLabel;
class QPushButton;
class QTreeView;

namespace proverdeck::ui {

class BundleFileModel;
class BundleRedactionModel;

/// Makes what the support bundle dialog shows. Implemented in app/.
///
/// GUI thread; both calls return at once and answer later, not after the maker is gone. One at a
/// time.
class BundleMaker
{
public:
    using Collected = std::function<void(const QList<models::report::BundleEntry> &entries)>;
    /// Empty, or a sentence that says why there is no file.
    using Written = std::function<void(const QString &problem)>;

    BundleMaker() = default;
    BundleMaker(const BundleMaker &) = delete;
    BundleMaker &operator=(const BundleMaker &) = delete;
    virtual ~BundleMaker() = default;

    virtual void collect(bool hideNames, const Collected &answer) = 0;
    /// Writes what was collected last, replacing a file of this name.
    virtual void write(const QString &path, const QStringList &leftOut, const Written &answer) = 0;
    [[nodiscard]] virtual QString suggestedName() const = 0;
};

/// Shows each file of a support bundle and each secret that is masked in it, before anything is
/// written; then saves it.
class SupportBundleDialog : public QDialog
{
    Q_OBJECT

public:
    explicit SupportBundleDialog(std::unique_ptr<BundleMaker> maker, QWidget *parent = nullptr);
    ~SupportBundleDialog() override;

    /// As if the person had named this file.
    void saveAs(const QString &path);

private:
    void buildViews();
    void collect();
    void onCollected(const QList<models::report::BundleEntry> &entries);
    void onFileChosen();
    void updateState();
    void chooseFile();

    std::unique_ptr<BundleMaker> m_maker;
    BundleFileModel *m_files = nullptr;
    BundleRedactionModel *m_redactions = nullptr;
    QTreeView *m_fileView = nullptr;
    QTreeView *m_redactionView = nullptr;
    QLabel *m_about = nullptr;
    QLabel *m_state = nullptr;
    QCheckBox *m_hide = nullptr;
    QPushButton *m_save = nullptr;
    bool m_isBusy = false;
};

} // namespace proverdeck::ui
