// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/Text.h"

namespace proverdeck::demo {

struct ComposeService
{
    std::string name;
    std::string image;
    std::string entrypoint;
    long long memoryBytes = 0;
    int replicas = 1;
    bool isBroker = false;
    bool isOther = false; ///< of a profile that nobody asks for
    bool usesGpu = false;
};

/// As much of a compose file of Boundless as the stand-in docker needs, read line by line.
struct ComposeFile
{
    std::string project;
    std::string folder;
    std::string path;
    std::vector<ComposeService> services;
    [[nodiscard]] bool isNew() const { return project == "prover"; }
};

[[nodiscard]] std::optional<ComposeFile> readComposeFile(const std::string &folder,
                                                         const std::string &name);
/// ${NAME} and ${NAME:-otherwise} from this process's environment.
[[nodiscard]] std::string substituted(const std::string &text);

} // namespace proverdeck::demo
