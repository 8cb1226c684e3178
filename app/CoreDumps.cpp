// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/CoreDumps.h"

#include <sys/resource.h>

namespace proverdeck::app {

void forbidCoreDumps()
{
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

} // namespace proverdeck::app
