// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/AztecFleet.h"
#include "app/demo/tool/Compose.h"
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Json.h"
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Programs.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace proverdeck::demo {
namespace {

constexpr char NoSuchContainer[] = "Error response from daemon: No such container: ";
constexpr double ImageBuildSeconds = 45;

std::string age(const State &state, long long sinceMs)
{
    const long long seconds = std::max(1LL, (state.nowMs() - sinceMs) / 1000);
    return seconds < 2   ? "1 second"
        : seconds < 60   ? text("%lld seconds", seconds)
        : seconds < 120  ? "About a minute"
        : seconds < 3600 ? text("%lld minutes", seconds / 60)
        : seconds < 7200 ? "About an hour"
                         : text("%lld hours", seconds / 3600);
}

/// What {{.Name}} and {{json .}} can ask for.
Fields fieldsOf(const State &state, const Container &container, bool isFull)
{
    const std::string old = age(state, container.createdMs);
    return {{"ID", isFull ? container.id : container.id.substr(0, 12)},
            {"Names", container.name},
            {"Image", container.image},
            {"Command", "\"" + container.command + "\""},
            {"CreatedAt", state.timestamp()},
            {"RunningFor", old + " ago"},
            {"Ports", container.isRunning() ? container.ports : std::string()},
            {"State", container.isRunning() ? "running" : "exited"},
            {"Status",
             container.isRunning() ? "Up " + old
                                   : text("Exited (%d) ", container.exitCode) + old + " ago"}};
}

Fields inspected(const State &state, const Container &container)
{
    Fields fields = fieldsOf(state, container, true);
    fields["Id"] = container.id;
    fields["Name"] = "/" + container.name;
    fields["State.Status"] = field(fields, "State");
    fields["State.Running"] = container.isRunning() ? "true" : "false";
    fields["State.ExitCode"] = container.isRunning() ? "0" : std::to_string(container.exitCode);
    fields["State.Pid"] = std::to_string(container.pid);
    fields["State.OOMKilled"] = container.isOomKilled ? "true" : "false";
    fields["Config.Image"] = container.image;
    for (const auto &[name, json] : inspectedJson(state, container)) {
        fields["json:" + name] = json;
    }
    fields["RestartCount"] = field(fields, "json:RestartCount");
    fields["HostConfig.Memory"] = field(fields, "json:HostConfig.Memory");
    // As much of the environment as the demo's containers have; the real one has the key, too.
    fields["environment"] = "SEGMENT_SIZE=" + field(container.labels, "segment") + "\n";
    return fields;
}

std::string jsonOf(const Fields &fields)
{
    std::string result;
    for (const auto &[name, value] : fields) {
        result += (result.empty() ? "{" : ",") + inQuotes(name) + ":" + inQuotes(value);
    }
    return result + "}";
}

/// Fills in a Go template of plain fields.
std::string filled(std::string format, const Fields &fields)
{
    format = replaced(replaced(format, "\\t", "\t"), "\\n", "\n");
    format = replaced(format, "{{range .Config.Env}}{{println .}}{{end}}",
                      field(fields, "environment"));
    std::string result;
    std::size_t at = 0;
    while (true) {
        const auto start = format.find("{{", at);
        const auto end = start == std::string::npos ? start : format.find("}}", start);
        if (end == std::string::npos) {
            return result + format.substr(at);
        }
        result += format.substr(at, start - at);
        const std::string name = replaced(format.substr(start + 2, end - start - 2), " ", "");
        const std::string raw
            = startsWith(name, "json.") ? field(fields, "json:" + name.substr(5)) : std::string();
        result += !raw.empty() ? raw
            : name == "json."  ? jsonOf(fields)
            : startsWith(name, "json.")
            ? inQuotes(field(fields, name.substr(5)))
            : field(fields, name.substr(std::min<std::size_t>(1, name.size())));
        at = end + 2;
    }
}

struct Listing
{
    bool isAll = false;
    bool isQuiet = false;
    bool isFull = false;
    std::string format;
    Words filters;
};

Listing listing(const Words &words)
{
    Listing result;
    for (std::size_t i = 2; i < words.size(); ++i) {
        const std::string &word = words[i];
        const std::string next = i + 1 < words.size() ? words[i + 1] : std::string();
        if (word == "--format" || word == "--filter" || word == "-f") {
            (word == "--format" ? result.format : result.filters.emplace_back()) = next;
            ++i;
        } else if (startsWith(word, "--format=")) {
            result.format = word.substr(9);
        } else if (startsWith(word, "--filter=")) {
            result.filters.push_back(word.substr(9));
        } else if (word == "--no-trunc") {
            result.isFull = true;
        } else if (word == "--all" || word == "--quiet"
                   || (startsWith(word, "-") && !startsWith(word, "--"))) {
            result.isAll = result.isAll || word == "--all"
                || (word[1] != '-' && word.find('a') != std::string::npos);
            result.isQuiet = result.isQuiet || word == "--quiet"
                || (word[1] != '-' && word.find('q') != std::string::npos);
        }
    }
    return result;
}

bool passes(const Container &container, const Words &filters)
{
    for (const std::string &filter : filters) {
        const Words parts = split(filter, '=');
        const std::string value = parts.size() > 1 ? parts[1] : std::string();
        const std::string untagged = container.image.substr(0, container.image.find(':'));
        const bool isMatch = parts[0] == "name" ? container.name.find(value) != std::string::npos
            : parts[0] == "ancestor"            ? container.image == value || untagged == value
            : parts[0] == "id"                  ? startsWith(container.id, value)
            : parts[0] == "status" ? value == (container.isRunning() ? "running" : "exited")
                                   : true;
        if (!isMatch) {
            return false;
        }
    }
    return true;
}

int ps(const State &state, const Words &words)
{
    const Listing wish = listing(words);
    constexpr char Row[] = "%-15s%-52s%-25s%-20s%-20s%-30s%s";
    const bool isTable = !wish.isQuiet && wish.format.empty();
    if (isTable) {
        out(text(Row, "CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"));
    }
    for (const Container &container : containers(state)) {
        if ((!container.isRunning() && !wish.isAll) || !passes(container, wish.filters)) {
            continue;
        }
        const Fields fields = fieldsOf(state, container, wish.isFull);
        const auto get = [&fields](const char *name) { return field(fields, name); };
        if (wish.isQuiet) {
            out(get("ID"));
        } else if (wish.format == "json") {
            out(jsonOf(fields));
        } else if (!isTable) {
            out(filled(wish.format, fields));
        } else {
            out(text(Row, get("ID").c_str(), get("Image").c_str(), get("Command").c_str(),
                     get("RunningFor").c_str(), get("Status").c_str(), get("Ports").c_str(),
                     get("Names").c_str()));
        }
    }
    return 0;
}

int inspect(const State &state, const Words &words)
{
    std::string format = option(words, "--format", option(words, "-f"));
    int code = 0;
    std::string all;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i] == "--format" || words[i] == "-f") {
            ++i;
            continue;
        }
        const auto container = findContainer(state, words[i]);
        if (words[i][0] == '-') {
            format = startsWith(words[i], "--format=") ? words[i].substr(9) : format;
        } else if (!container.has_value()) {
            err("Error: No such object: " + words[i]);
            code = 1;
        } else if (!format.empty()) {
            out(filled(format, inspected(state, *container)));
        } else {
            const Fields fields = inspected(state, *container);
            all += (all.empty() ? "" : ",")
                + text(R"({"Id":"%s","Name":"/%s","State":{"Status":"%s","Running":%s,"ExitCode":%s,"OOMKilled":false},"Config":{"Image":"%s"},"RestartCount":0})",
                       container->id.c_str(), container->name.c_str(),
                       field(fields, "State.Status").c_str(),
                       field(fields, "State.Running").c_str(),
                       field(fields, "State.ExitCode").c_str(), container->image.c_str());
        }
    }
    if (format.empty()) {
        out("[" + all + "]");
    }
    return code;
}

/// rm, stop and kill: each name given, then its name printed.
int endEach(const State &state, const Words &words)
{
    const bool isRemove = words[1] == "rm";
    const bool isForced
        = contains(words, "-f") || contains(words, "--force") || contains(words, "-fv");
    int code = 0;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (words[i][0] == '-') {
            i += words[i] == "-t" || words[i] == "--time" || words[i] == "-s" ? 1U : 0U;
            continue;
        }
        const auto container = findContainer(state, words[i]);
        if (!container.has_value()) {
            err(NoSuchContainer + words[i]);
            code = 1;
        } else if (isRemove && container->isRunning() && !isForced) {
            err("Error response from daemon: cannot remove container \"/" + container->name
                + "\": container is running: stop the container before removing or force remove");
            code = 1;
        } else if (isRemove) {
            removeContainer(state, container->name);
            out(words[i]);
        } else if (container->isKeptByShim) {
            Container hurried = *container;
            if (words[1] == "kill") {
                hurried.labels["grace"] = "0";
            }
            endKept(state, hurried);
            out(words[i]);
        } else {
            stopContainer(state, *container, 137);
            out(words[i]);
        }
    }
    return code;
}

int composeUp(const State &state)
{
    const auto running = findContainer(state, "ethrex_l1");
    if (running.has_value() && running->isRunning()) {
        err(" Container ethrex_l1  Running");
        return 0;
    }
    const std::string image = state.file("image-ethrex");
    if (!exists(image)) {
        err("#0 building with \"default\" instance using docker driver\n\n#1 [ethrex_l1 internal] "
            "load build definition "
            "from Dockerfile\n#1 DONE 0.0s\n");
        if (!state.sleepFor(ImageBuildSeconds * (state.hasFault("slow") ? 10 : 1))) {
            return 130;
        }
        err(text("#12 [ethrex_l1 builder 7/7] RUN cargo build --release\n#12 DONE %.1fs\n\n#15 "
                 "[ethrex_l1] exporting to "
                 "image\n#15 naming to docker.io/library/ethrex:main done",
                 ImageBuildSeconds));
        writeFile(image, "ethrex:main\n");
    }
    removeContainer(state, "ethrex_l1");
    err(" Container ethrex_l1  Creating\n Container ethrex_l1  Created\n Container ethrex_l1  "
        "Starting");
    const int port = state.l1Port();
    const int probe = listenOn(port);
    if (probe < 0) {
        err("Error response from daemon: driver failed programming external connectivity on "
            "endpoint ethrex_l1 ("
            + hex("endpoint", 64)
            + text("): Bind for 127.0.0.1:%d failed: port is already allocated", port));
        return 1;
    }
    close(probe);
    const std::string number = std::to_string(port);
    startContainer(state,
                   {.name = "ethrex_l1",
                    .image = "ethrex:main",
                    .command = "ethrex --dev",
                    .ports = "127.0.0.1:" + number + "->8545/tcp"},
                   {"ethrex", "--network", "/genesis/l1.json", "--http.addr", "0.0.0.0",
                    "--http.port", number, "--dev"});
    err(" Container ethrex_l1  Started");
    return 0;
}

int composeDown(const State &state)
{
    if (findContainer(state, "ethrex_l1").has_value()) {
        err(" Container ethrex_l1  Stopping");
        removeContainer(state, "ethrex_l1");
        err(" Container ethrex_l1  Stopped\n Container ethrex_l1  Removing\n Container ethrex_l1  "
            "Removed\n Network "
            "l2_default  Removing\n Network l2_default  Removed");
    }
    return 0;
}

int compose(const State &state, const Words &words)
{
    if (contains(words, "version")) {
        out("Docker Compose version v2.24.5");
        return 0;
    }
    if (isBoundlessStack(words)) {
        return runCompose(state, words);
    }
    if (contains(words, "up")) {
        return composeUp(state);
    }
    if (contains(words, "down")) {
        return composeDown(state);
    }
    if (contains(words, "ps")) {
        return ps(state, {"docker", "ps"});
    }
    err("docker compose: this sub-command is not part of this demo");
    return 1;
}

int info()
{
    out("Client: Docker Engine - Community\n Version:    25.0.3\n Context:    default\n\nServer:\n "
        "Containers: 1\n Server "
        "Version: 25.0.3\n Storage Driver: overlay2\n Runtimes: io.containerd.runc.v2 nvidia "
        "runc\n Default Runtime: "
        "runc\n Operating System: Debian GNU/Linux 12 (bookworm)\n Architecture: x86_64");
    return 0;
}

} // namespace

int runDocker(const State &state, const Words &words)
{
    if (!state.setting("fleet").empty()) {
        return runFleetDocker(state, words);
    }
    const std::string verb = words.size() > 1 ? words[1] : std::string();
    if (verb == "--version" || verb == "-v") {
        out("Docker version 25.0.3, build 4debf41");
        return 0;
    }
    if (verb == "version") {
        out("25.0.3");
        return 0;
    }
    if (verb == "info") {
        const std::string format = option(words, "--format", option(words, "-f"));
        if (!format.empty()) {
            out(filled(format,
                       {{"ServerVersion", "25.0.3"},
                        {"Runtimes", state.hasFault("no-nvidia-runtime") ? "runc" : "nvidia runc"},
                        {"SystemTime", daemonTime(state.nowMs())},
                        {"OSType", "linux"}}));
            return 0;
        }
        return info();
    }
    if (verb == "container" && words.size() > 2) {
        Words shorter = words;
        shorter.erase(shorter.begin() + 1);
        shorter[1] = shorter[1] == "ls" ? "ps" : shorter[1];
        return runDocker(state, shorter);
    }
    if (verb == "ps") {
        return ps(state, words);
    }
    if (verb == "volume") {
        if (!contains(words, "-q") && !contains(words, "--quiet")
            && option(words, "--format").empty()) {
            out("DRIVER    VOLUME NAME");
        }
        std::error_code ignored;
        for (const auto &entry :
             std::filesystem::directory_iterator(state.file("volumes"), ignored)) {
            if (entry.is_directory(ignored)) {
                out(entry.path().filename().string());
            }
        }
        return 0;
    }
    if (verb == "cp") {
        return copyFromContainer(state, words);
    }
    if (verb == "stats") {
        return showStats(state, words);
    }
    if (verb == "rm" || verb == "stop" || verb == "kill") {
        return endEach(state, words);
    }
    if (verb == "inspect") {
        return inspect(state, words);
    }
    if (verb == "logs") {
        const auto container = findContainer(state, words.back());
        if (!container.has_value()) {
            err(NoSuchContainer + words.back());
            return 1;
        }
        const std::string log = containerLog(state, *container);
        std::fwrite(log.data(), 1, log.size(), stdout);
        return 0;
    }
    if (verb == "compose") {
        return compose(state, words);
    }
    err("docker: '" + verb + "' is not a docker command that is part of this demo.");
    return 1;
}

} // namespace proverdeck::demo
