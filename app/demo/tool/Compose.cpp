// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Compose.h"

#include "app/demo/tool/ComposeFile.h"
#include "app/demo/tool/Json.h"
#include "app/demo/tool/Programs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace proverdeck::demo {

int showLogs(const State &state, const std::vector<Container> &found, const Words &words);

namespace {

constexpr double BuildSeconds = 90;
constexpr int BrokerGrace = 3 * 3600;

/// "docker compose [-f FILE] [--profile P] [--env-file F] VERB [WORD]…"
struct Call
{
    std::string folder = std::filesystem::current_path().string();
    std::string file;
    std::string project;
    Words environmentFiles;
    bool hasBroker = false;
    std::string verb;
    Words rest;
};

Call readCall(const Words &words)
{
    Call call;
    std::size_t i = 2;
    for (; i < words.size() && startsWith(words[i], "-"); ++i) {
        const std::string next = i + 1 < words.size() ? words[i + 1] : std::string();
        const std::string &word = words[i];
        if (word == "-f" || word == "--file") {
            call.file = next;
        } else if (word == "--env-file") {
            call.environmentFiles.push_back(next);
        } else if (word == "--profile") {
            call.hasBroker = call.hasBroker || next == "broker";
        } else if (word == "--project-directory") {
            call.folder = next;
        } else if (word == "-p" || word == "--project-name") {
            call.project = next;
        } else {
            continue; // a flag without a value
        }
        ++i;
    }
    if (i < words.size()) {
        call.verb = words[i];
        call.rest.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
    }
    if (call.file.empty()) {
        call.file = exists(call.folder + "/compose.yml") ? "compose.yml" : "compose.yaml";
    }
    if (call.file.find('/') != std::string::npos && call.file[0] == '/') {
        call.folder = call.file.substr(0, call.file.rfind('/'));
    }
    return call;
}

void loadEnvironment(const std::string &path)
{
    for (const std::string &line : split(readFile(path).value_or(std::string()), '\n')) {
        const std::string bare = startsWith(line, "export ") ? line.substr(7) : line;
        const auto equals = bare.find('=');
        if (equals == std::string::npos || bare[0] == '#') {
            continue;
        }
        std::string value = bare.substr(equals + 1);
        value = value.substr(0, value.find(" #"));
        if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        setenv(bare.substr(0, equals).c_str(), value.c_str(), 0);
    }
}

std::string containerName(const ComposeFile &file, const std::string &service, int index)
{
    return file.project + "-" + service + text("-%d", index);
}

Words programOf(const State &state, const ComposeFile &file, const ComposeService &service,
                const std::string &name)
{
    if (service.isBroker) {
        const bool isFirst = service.name == "broker";
        return {"broker",
                "--container",
                name,
                "--era",
                file.isNew() ? "2.0" : "0.13",
                "--config-file",
                file.folder + (isFirst ? "/broker.toml" : "/" + service.name + ".toml"),
                "--volume",
                state.file("volumes/" + file.project + "_" + service.name + "-data")};
    }
    const std::string type = startsWith(service.name, "exec") ? "exec"
        : startsWith(service.name, "gpu")                     ? "prove"
        : startsWith(service.name, "snark")                   ? "snark"
        : startsWith(service.name, "aux")                     ? "aux"
                                                              : std::string();
    return type.empty() ? Words{"bento-part", service.name} : Words{"bento-agent", type};
}

void warnOfMissing(const State &state, const ComposeFile &file)
{
    const char *name = file.isNew() ? "PROVER_PRIVATE_KEY" : "PRIVATE_KEY";
    if (std::getenv(name) == nullptr && std::getenv("PRIVATE_KEY") == nullptr) {
        err("time=\"" + state.timestamp() + R"(" level=warning msg="The \")" + name
            + R"(\" variable is not set. Defaulting to a blank string.")");
    }
}

std::vector<Container> ofProject(const State &state, const std::string &project)
{
    std::vector<Container> found;
    for (const Container &container : containers(state)) {
        if (field(container.labels, "project") == project) {
            found.push_back(container);
        }
    }
    std::reverse(found.begin(), found.end());
    return found;
}

bool build(const State &state)
{
    const std::string image = state.file("image-broker");
    if (exists(image)) {
        return true;
    }
    err("#0 building with \"default\" instance using docker driver\n\n#1 [broker internal] load "
        "build definition from broker.dockerfile\n#1 DONE 0.0s\n");
    if (state.hasFault("too-many-files")) {
        err("error: failed to build archive: Too many open files (os error 24)");
        return false;
    }
    if (!state.sleepFor(BuildSeconds)) {
        return false;
    }
    err(text("#18 [broker builder 9/9] RUN cargo build --release --bin broker\n#18 DONE %.1fs",
             BuildSeconds));
    return writeFile(image, "broker\n");
}

bool startOne(const State &state, const ComposeFile &file, const ComposeService &service, int index)
{
    const std::string name = containerName(file, service.name, index);
    const auto before = findContainer(state, name);
    if (before.has_value() && before->isRunning()) {
        err(" Container " + name + "  Running");
        return true;
    }
    err(" Container " + name + "  Starting");
    if (service.usesGpu && state.hasFault("no-nvidia-runtime")) {
        err("Error response from daemon: unknown or invalid runtime name: nvidia");
        return false;
    }
    Container container{.name = name,
                        .image = service.image.empty() ? service.name : service.image,
                        .command = service.entrypoint.empty() ? service.name : service.entrypoint};
    const char *segment = std::getenv("SEGMENT_SIZE");
    container.labels = {{"project", file.project},
                        {"service", service.name},
                        {"number", std::to_string(index)},
                        {"folder", file.folder},
                        {"file", file.path},
                        {"memory", std::to_string(service.memoryBytes)},
                        {"segment", segment == nullptr ? "21" : segment},
                        {"restart", "always"},
                        {"health", file.isNew() && service.name == "rest_api" ? "healthy" : ""},
                        {"grace", std::to_string(service.isBroker ? BrokerGrace : 10)}};
    startKept(state, container, true, programOf(state, file, service, name));
    err(" Container " + name + "  Started");
    return true;
}

int up(const State &state, const ComposeFile &file, const Call &call)
{
    warnOfMissing(state, file);
    if (call.hasBroker && contains(call.rest, "--build") && !build(state)) {
        return 17;
    }
    std::vector<ComposeService> order = file.services;
    std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) {
        return !a.isBroker && b.isBroker; // the broker depends on all others
    });
    for (const ComposeService &service : order) {
        if (service.isOther || (service.isBroker && !call.hasBroker)) {
            continue;
        }
        for (int index = 1; index <= service.replicas; ++index) {
            if (!startOne(state, file, service, index)) {
                return 1;
            }
        }
    }
    return 0;
}

int down(const State &state, const ComposeFile &file, bool removesVolumes)
{
    std::vector<Container> all = ofProject(state, file.project);
    std::stable_sort(all.begin(), all.end(), [](const Container &a, const Container &b) {
        return startsWith(field(a.labels, "service"), "broker")
            && !startsWith(field(b.labels, "service"), "broker");
    });
    for (const Container &container : all) {
        err(" Container " + container.name + "  Stopping");
        removeContainer(state, container.name);
        err(" Container " + container.name + "  Removed");
    }
    if (!all.empty()) {
        err(" Network " + file.project + "_default  Removed");
    }
    if (removesVolumes) {
        std::error_code ignored;
        for (const auto &entry :
             std::filesystem::directory_iterator(state.file("volumes"), ignored)) {
            const std::string name = entry.path().filename().string();
            if (startsWith(name, file.project + "_")) {
                std::filesystem::remove_all(entry.path(), ignored);
                err(" Volume " + name + "  Removed");
            }
        }
    }
    return 0;
}

std::string psJson(const State &state, const Container &container)
{
    const bool isUp = container.isRunning();
    return text(
        R"({"Command":%s,"ExitCode":%d,"Health":"%s","ID":"%s","Image":"%s","Name":"%s","Project":"%s","Service":"%s","State":"%s","Status":"%s"})",
        inQuotes("\"" + container.command + "\"").c_str(), isUp ? 0 : container.exitCode,
        isUp ? field(container.labels, "health").c_str() : "", container.id.substr(0, 12).c_str(),
        container.image.c_str(), container.name.c_str(), field(container.labels, "project").c_str(),
        field(container.labels, "service").c_str(), isUp ? "running" : "exited",
        isUp ? text("Up %lld seconds", (state.nowMs() - container.startedMs) / 1000).c_str()
             : text("Exited (%d)", container.exitCode).c_str());
}

bool isNamed(const Container &container, const Words &rest)
{
    const bool hasNames = std::any_of(rest.begin(), rest.end(), [](const std::string &word) {
        return !startsWith(word, "-") && word != "json" && word != "table";
    });
    return !hasNames || contains(rest, field(container.labels, "service"));
}

int ps(const State &state, const ComposeFile &file, const Words &rest)
{
    const bool isAll = contains(rest, "-a") || contains(rest, "--all") || contains(rest, "-aq");
    const bool isQuiet = contains(rest, "-q") || contains(rest, "--quiet") || contains(rest, "-aq");
    const bool isJson = contains(rest, "json") || contains(rest, "--format=json");
    if (!isQuiet && !isJson) {
        out(text("%-26s%-50s%-18s%-10s", "NAME", "IMAGE", "SERVICE", "STATUS"));
    }
    for (const Container &container : ofProject(state, file.project)) {
        if ((!container.isRunning() && !isAll) || !isNamed(container, rest)) {
            continue;
        }
        out(isQuiet      ? container.id
                : isJson ? psJson(state, container)
                         : text("%-26s%-50s%-18s%-10s", container.name.c_str(),
                                container.image.c_str(), field(container.labels, "service").c_str(),
                                container.isRunning() ? "Up" : "Exited"));
    }
    return 0;
}

int end(const State &state, const ComposeFile &file, const Call &call)
{
    for (const Container &container : ofProject(state, file.project)) {
        if (isNamed(container, call.rest)) {
            err(" Container " + container.name + "  Stopping");
            endKept(state, container);
            err(" Container " + container.name + "  Stopped");
        }
    }
    return 0;
}

} // namespace

bool isBoundlessStack(const Words &words)
{
    const Call call = readCall(words);
    const auto file = readComposeFile(call.folder, call.file);
    return file.has_value() && (file->project == "bento" || file->project == "prover");
}

int runCompose(const State &state, const Words &words)
{
    const Call call = readCall(words);
    for (const std::string &path : call.environmentFiles) {
        if (!exists(path)) {
            err("couldn't find env file: " + path);
            return 1;
        }
        loadEnvironment(path);
    }
    if (call.environmentFiles.empty()) {
        loadEnvironment(call.folder + "/.env");
    }
    const auto file = readComposeFile(call.folder, call.file);
    if (!file.has_value()) {
        err("no configuration file provided: not found");
        return 14;
    }
    if (call.verb == "up") {
        return up(state, *file, call);
    }
    if (call.verb == "down") {
        return down(state, *file, contains(call.rest, "-v") || contains(call.rest, "--volumes"));
    }
    if (call.verb == "ps") {
        return ps(state, *file, call.rest);
    }
    if (call.verb == "logs") {
        return showLogs(state, ofProject(state, file->project), call.rest);
    }
    if (call.verb == "stop" || call.verb == "kill") {
        return end(state, *file, call);
    }
    if (call.verb == "config") {
        const bool isServices = contains(call.rest, "--services");
        out(isServices ? "" : "name: " + file->project + "\nservices:");
        for (const ComposeService &service : file->services) {
            if (!service.isOther && (!service.isBroker || call.hasBroker)) {
                out((isServices ? "" : "  ") + service.name + (isServices ? "" : ": {}"));
            }
        }
        return 0;
    }
    err("unknown docker command: \"compose " + call.verb + "\"");
    return 1;
}

} // namespace proverdeck::demo
