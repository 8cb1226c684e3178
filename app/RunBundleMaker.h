// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/SupportBundle.h"
#include "ui/dialogs/SupportBundleDialog.h"

#include <QObject>

#include <thread>

namespace proverdeck::app {

/// Makes the support bundle of a run in a thread of its own, for the dialog.
///
/// GUI thread. Destroying it ends what it does within a moment.
class RunBundleMaker : public QObject, public ui::BundleMaker
{
    Q_OBJECT

public:
    /// versions of @p sources are filled in.
    explicit RunBundleMaker(BundleSources sources, QObject *parent = nullptr);
    ~RunBundleMaker() override;

    void collect(bool hideNames, const Collected &answer) override;
    void write(const QString &path, const QStringList &leftOut, const Written &answer) override;
    [[nodiscard]] QString suggestedName() const override;

private:
    void join();

    BundleSources m_sources;
    std::shared_ptr<SupportBundle> m_bundle;
    std::atomic_bool m_cancelled = false;
    std::thread m_thread;
};

} // namespace proverdeck::app
