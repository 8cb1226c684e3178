// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/RunBundleMaker.h"

namespace proverdeck::app {

RunBundleMaker::RunBundleMaker(BundleSources sources, QObject *parent)
    : QObject(parent)
    , m_sources(std::move(sources))
{
}

RunBundleMaker::~RunBundleMaker()
{
    m_cancelled = true;
    join();
}

void RunBundleMaker::join()
{
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void RunBundleMaker::collect(bool hideNames, const Collected &answer)
{
    join(); // it has answered, so it is over
    m_sources.hideNames = hideNames;
    m_thread = std::thread([this, answer, sources = m_sources]() mutable {
        sources.versions = bundleVersions();
        const auto bundle = std::make_shared<SupportBundle>(std::move(sources));
        const auto entries = bundle->collect(&m_cancelled);
        QMetaObject::invokeMethod(
            this,
            [this, answer, bundle, entries] {
                m_bundle = bundle;
                answer(entries);
            },
            Qt::QueuedConnection);
    });
}

void RunBundleMaker::write(const QString &path, const QStringList &leftOut, const Written &answer)
{
    join();
    m_thread = std::thread([this, path, leftOut, answer, bundle = m_bundle] {
        // Whoever chose the file has been asked whether to replace it.
        const QString problem
            = bundle ? bundle->write(path, leftOut, true) : tr("Nothing was collected yet.");
        QMetaObject::invokeMethod(
            this, [answer, problem] { answer(problem); }, Qt::QueuedConnection);
    });
}

QString RunBundleMaker::suggestedName() const
{
    return SupportBundle(m_sources).suggestedName();
}

} // namespace proverdeck::app
