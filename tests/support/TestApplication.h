// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

namespace proverdeck::testing {

#ifdef __SANITIZE_THREAD__

/// Tells the thread sanitizer what Qt does between threads, as Qt itself is not built for it: what
/// happened before a signal, a queued call or a posted event happened before its delivery. With
/// TestApplication.cpp, which does the same for contended mutexes.
///
/// One mark serves all events, so a race that is hidden by the order of some other event is not
/// seen; tests/tsan.supp has the rest.
class TestApplication : public QApplication
{
public:
    using QApplication::QApplication;
    bool notify(QObject *receiver, QEvent *event) override;
};

#else
using TestApplication = QApplication;
#endif

} // namespace proverdeck::testing
