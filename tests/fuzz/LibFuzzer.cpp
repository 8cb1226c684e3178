// SPDX-License-Identifier: GPL-3.0-or-later
// What every target needs under libFuzzer.
#include "fuzz/Fuzz.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

namespace proverdeck::fuzz {

void violated(const char *condition, const char *file, int line)
{
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    std::abort();
}

} // namespace proverdeck::fuzz

namespace {

/// As in the tests: a warning of Qt is a mistake of ours.
void onMessage(QtMsgType type, const QMessageLogContext & /*context*/, const QString &text)
{
    if (type != QtDebugMsg && type != QtInfoMsg) {
        std::fprintf(stderr, "Qt says: %s\n", qPrintable(text));
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv);

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    qInstallMessageHandler(onMessage);
    static QCoreApplication application(*argc, *argv); // the database's driver wants one
    return 0;
}
