// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/PastSamples.h"

#include <QThreadPool>

namespace proverdeck::app {

/// Seals the samples of runs in a worker thread, so that a run of a week is opened at once. GUI
/// thread; its end ends what is under way, which the next opening of the run goes on with.
class SampleSealer
{
public:
    SampleSealer() { m_pool.setMaxThreadCount(1); }
    ~SampleSealer()
    {
        m_stop = true;
        m_pool.clear();
        m_pool.waitForDone();
    }
    SampleSealer(const SampleSealer &) = delete;
    SampleSealer &operator=(const SampleSealer &) = delete;

    void seal(const QString &folder)
    {
        if (folder.isEmpty()) {
            return;
        }
        m_pool.start([this, folder] { models::store::sealPastSamples(folder, m_stop); });
    }

private:
    std::atomic<bool> m_stop = false;
    QThreadPool m_pool;
};

} // namespace proverdeck::app
