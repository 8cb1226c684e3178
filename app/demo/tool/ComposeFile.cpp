// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/ComposeFile.h"

#include <cstdlib>

namespace proverdeck::demo {
namespace {

std::size_t indentOf(const std::string &line)
{
    const auto at = line.find_first_not_of(' ');
    return at == std::string::npos ? 0 : at;
}

std::string valueOf(const std::string &line)
{
    const auto colon = line.find(": ");
    return colon == std::string::npos ? std::string() : line.substr(colon + 2);
}

long long bytesOf(const std::string &size)
{
    const long long units = number(size.substr(0, size.find_first_not_of("0123456789")));
    return units * (size.find('G') != std::string::npos ? 1LL << 30 : 1LL << 20);
}

void readLine(ComposeService &service, const std::string &line)
{
    const std::string bare = line.substr(indentOf(line));
    if (startsWith(bare, "image: ")) {
        service.image = substituted(valueOf(bare));
    } else if (startsWith(bare, "entrypoint: ")) {
        service.entrypoint = substituted(valueOf(bare));
    } else if (startsWith(bare, "mem_limit: ")) {
        service.memoryBytes = bytesOf(valueOf(bare));
    } else if (startsWith(bare, "replicas: ")) {
        service.replicas = static_cast<int>(number(substituted(valueOf(bare)), 1));
    } else if (startsWith(bare, "runtime: ")) {
        service.usesGpu = substituted(valueOf(bare)) == "nvidia";
    } else if (startsWith(bare, "profiles: ")) {
        service.isBroker = bare.find("broker") != std::string::npos;
        service.isOther = !service.isBroker;
    } else if (startsWith(bare, "<<: *")) {
        const std::string anchor = bare.substr(5);
        service.isBroker = service.isBroker || anchor == "broker-common";
        service.memoryBytes = anchor == "broker-common" ? 2LL << 30
            : anchor == "exec-agent-common"             ? 4LL << 30
                                                        : service.memoryBytes;
        if (service.image.empty() && anchor != "base-environment") {
            service.image
                = anchor == "broker-common" ? "bento-broker" : "risczero/risc0-bento-agent:2.3.1";
        }
    }
}

} // namespace

std::string substituted(const std::string &input)
{
    std::string result;
    std::size_t at = 0;
    while (true) {
        const auto start = input.find("${", at);
        const auto end = start == std::string::npos ? start : input.find('}', start);
        if (end == std::string::npos) {
            return result + input.substr(at);
        }
        result += input.substr(at, start - at);
        const std::string inner = input.substr(start + 2, end - start - 2);
        const auto dash = inner.find('-');
        const std::string name = inner.substr(0, inner.find_first_of(":-"));
        const char *value = std::getenv(name.c_str());
        result += value != nullptr && *value != '\0' ? std::string(value)
            : dash == std::string::npos              ? std::string()
                                                     : inner.substr(dash + 1);
        at = end + 1;
    }
}

std::optional<ComposeFile> readComposeFile(const std::string &folder, const std::string &name)
{
    const std::string path = name[0] == '/' ? name : folder + "/" + name;
    const auto content = readFile(path);
    if (!content.has_value()) {
        return std::nullopt;
    }
    ComposeFile file{.folder = folder, .path = path};
    bool isServices = false;
    std::string execEntry;
    std::string anchor;
    for (const std::string &line : split(*content, '\n')) {
        if (line.empty() || line.find_first_not_of(' ') == std::string::npos
            || line[indentOf(line)] == '#') {
            continue;
        }
        if (indentOf(line) == 0) {
            isServices = startsWith(line, "services:");
            anchor = line.substr(0, line.find(':'));
            if (startsWith(line, "name: ")) {
                file.project = valueOf(line);
            }
        } else if (anchor == "x-exec-agent-common"
                   && line.find("entrypoint: ") != std::string::npos) {
            execEntry = substituted(valueOf(line));
        } else if (isServices && indentOf(line) == 2 && line.back() == ':') {
            file.services.push_back({.name = line.substr(2, line.size() - 3)});
        } else if (isServices && !file.services.empty()) {
            readLine(file.services.back(), line);
        }
    }
    for (ComposeService &service : file.services) {
        if (service.entrypoint.empty() && startsWith(service.name, "exec_agent")) {
            service.entrypoint = execEntry;
        }
    }
    return file;
}

} // namespace proverdeck::demo
