// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Bento.h"

#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Json.h"
#include "app/demo/tool/Net.h"
#include "app/demo/tool/Programs.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace proverdeck::demo {
namespace {

constexpr double CyclesPerSecond = 431'380;
constexpr double JobOverhead = 12; // seconds: execution, joining, finishing
constexpr long long CyclesPerIteration = 33'792; // -c 1024 is some 35 million
constexpr long long SegmentCycles = 1'048'576;
constexpr long long MinimumCycles = 524'288;
constexpr int FirstPort = 8081;
constexpr int PortTries = 40;
constexpr std::chrono::milliseconds HostCheck(200);

struct Job
{
    long long createdMs = 0;
    long long cycles = 0;
    [[nodiscard]] double seconds() const
    {
        return static_cast<double>(cycles) / CyclesPerSecond + JobOverhead;
    }
    [[nodiscard]] long long segments() const
    {
        return std::max(1LL, (cycles + SegmentCycles - 1) / SegmentCycles);
    }
    [[nodiscard]] bool isDone(const State &state) const
    {
        return static_cast<double>(state.nowMs() - createdMs) / 1000 >= seconds();
    }
};

std::string jobPath(const State &state, const std::string &id)
{
    return state.file("bento/job." + id);
}

std::optional<Job> findJob(const State &state, const std::string &id)
{
    if (id.empty() || id.find('/') != std::string::npos || !exists(jobPath(state, id))) {
        return std::nullopt;
    }
    const Fields fields = readFields(jobPath(state, id));
    return Job{number(field(fields, "created_ms")), number(field(fields, "cycles"))};
}

HttpReply answer(const State &state, const HttpRequest &request)
{
    constexpr std::string_view status = "/sessions/status/";
    if (request.path == "/health") {
        return {.body = R"({"status":"ok"})"};
    }
    if (!startsWith(request.path, status)) {
        return {.status = 404, .body = R"({"error":"not found"})"};
    }
    const std::string id = request.path.substr(status.size());
    const auto job = findJob(state, id);
    if (!job.has_value()) {
        return {.status = 404, .body = R"({"error":"no such session"})"};
    }
    if (!job->isDone(state)) {
        return {
            .body
            = R"({"state":"","receipt_url":null,"error_msg":null,"status":"RUNNING","elapsed_time":null,"stats":null})"};
    }
    return {
        .body = text(
            R"({"state":"","receipt_url":"http://localhost:8081/receipts/stark/receipt/%s","error_msg":null,"status":"SUCCEEDED","elapsed_time":%.2f,"stats":{"segments":%lld,"total_cycles":%lld,"cycles":%lld}})",
            id.c_str(), job->seconds(), job->segments(), job->cycles, job->cycles * 95 / 100)};
}

int runRestApi(const State &state)
{
    logLine(state, "INFO", "rest_api: Bento REST API listening on 0.0.0.0:8081");
    Server server;
    for (int port = FirstPort; port < FirstPort + PortTries; ++port) {
        if (server.addHttp(port,
                           [&](const HttpRequest &request) { return answer(state, request); })) {
            writeFile(state.file("bento/port"), std::to_string(port));
            break;
        }
    }
    while (stopSignal() == 0 && state.isHostAlive()) {
        server.serve(HostCheck);
    }
    unlink(state.file("bento/port").c_str());
    return 0;
}

/// The card of this agent is busy while anything is proved.
void showLoad(const State &state, bool isBusy)
{
    if (isBusy) {
        recordPid(state.file("gpu.pid"), getpid());
        writeFile(state.file("gpu.busy"), "");
    } else {
        unlink(state.file("gpu.busy").c_str());
    }
}

int runAgent(const State &state, const std::string &type)
{
    out(state.timestamp() + "  INFO agent: Successful agent startup! Worker type: " + type);
    long long segment = 0;
    while (stopSignal() == 0 && state.isHostAlive()) {
        const int active = proofsActive(state);
        if (type == "prove") {
            showLoad(state, active > 0);
        }
        if (active > 0 && (type == "prove" || type == "exec")) {
            out(state.timestamp()
                + text("  INFO workflow::tasks::%s: Finished segment %lld",
                       type == "prove" ? "prove" : "executor", ++segment));
        }
        if (!state.sleepFor(4)) {
            break;
        }
        poll(nullptr, 0, 100);
    }
    if (type == "prove") {
        showLoad(state, false);
    }
    return 0;
}

bool isClusterUp(const State &state)
{
    const auto all = containers(state);
    return std::any_of(all.begin(), all.end(), [](const Container &container) {
        return container.isRunning() && field(container.labels, "service") == "rest_api";
    });
}

constexpr char Refused[]
    = "Error: Failed to upload image\n\nCaused by:\n    0: HTTP error from reqwest: error sending "
      "request for url (http://localhost:8081/images/upload)\n    1: client error (Connect)\n    "
      "2: "
      "tcp connect error\n    3: Connection refused (os error 111)";

std::string newId(const State &state, const char *kind)
{
    const std::string digits = hex(kind + std::to_string(state.nowUs()), 32);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-b"
        + digits.substr(17, 3) + "-" + digits.substr(20, 12);
}

} // namespace

void setProofsActive(const State &state, int count)
{
    makeFolders(state.file("bento"));
    writeFile(state.file("bento/active"), std::to_string(count));
}

int proofsActive(const State &state)
{
    int count = static_cast<int>(
        number(split(readFile(state.file("bento/active")).value_or("0"), '\n')[0]));
    const auto test = readFile(state.file("bento/latest"));
    const auto job = test.has_value() ? findJob(state, *test) : std::nullopt;
    return count + (job.has_value() && !job->isDone(state) ? 1 : 0);
}

int runBentoPart(const State &state, const Words &words)
{
    makeFolders(state.file("bento"));
    catchSignal(SIGTERM, false);
    const std::string part = words.size() > 1 ? words[1] : std::string();
    if (part == "rest_api") {
        return runRestApi(state);
    }
    if (words[0] == "bento-agent") {
        return runAgent(state, part);
    }
    out(part == "postgres" ? "LOG:  database system is ready to accept connections"
                           : part + ": ready to accept connections");
    while (stopSignal() == 0 && state.sleepFor(60)) { }
    return 0;
}

int runBentoCli(const State &state, const Words &words)
{
    if (contains(words, "--version") || contains(words, "-V")) {
        out("bento-client 2.3.1");
        return 0;
    }
    const char *level = std::getenv("RUST_LOG");
    const bool isTalkative = level != nullptr && *level != '\0';
    const auto say = [&](const std::string &message) {
        if (isTalkative) {
            out(state.timestamp() + "  INFO bento_cli: " + message);
        }
    };
    if (!isClusterUp(state)) {
        err(Refused);
        return 1;
    }
    const long long iterations = number(option(words, "-c"), 0);
    if (iterations <= 0) {
        err("error: the following required arguments were not provided:\n  "
            "<--elf-file <ELF_FILE>|--iter-count <ITER_COUNT>>");
        return 2;
    }
    makeFolders(state.file("bento"));
    const std::string id = newId(state, "job");
    const Job job{state.nowMs(), std::max(MinimumCycles, iterations * CyclesPerIteration)};
    writeFields(
        jobPath(state, id),
        {{"created_ms", std::to_string(job.createdMs)}, {"cycles", std::to_string(job.cycles)}});
    writeFile(state.file("bento/latest"), id);
    say("image_id: " + hex("image", 64) + " | input_id: " + newId(state, "input"));
    say("STARK job_id: " + id);
    while (!job.isDone(state)) {
        if (state.hasFault("gpu-oom")) {
            say("Job failed: " + id + " - segment proving failed: out of memory");
            err("Error: Job failed");
            return 1;
        }
        say("STARK Job running....");
        if (!state.sleepFor(2)) {
            return 130;
        }
        poll(nullptr, 0, 20);
    }
    say("Job done!");
    return 0;
}

/// As scripts/job_status.sh of the stand-in tree calls it.
int runPsql(const State &state, const Words &words)
{
    if (contains(words, "--version")) {
        out("psql (PostgreSQL) 14.12 (Ubuntu 14.12-0ubuntu0.22.04.1)");
        return 0;
    }
    if (!isClusterUp(state)) {
        err("psql: error: connection to server at \"127.0.0.1\", port 5432 failed: Connection "
            "refused\n\tIs the server running on that host and accepting TCP/IP connections?");
        return 2;
    }
    const auto job = findJob(state, replaced(option(words, "-v"), "job=", ""));
    if (!job.has_value()) {
        out(" jobs_count \n------------\n          0\n(1 row)\n");
        return 0;
    }
    const bool isDone = job->isDone(state);
    const long long segments = job->segments();
    out(text(" jobs_count \n------------\n %10lld\n(1 row)\n", 2 * segments + 2));
    out(isDone ? " task_type | remaining_count \n-----------+-----------------\n(0 rows)\n"
               : text(" task_type | remaining_count \n-----------+-----------------\n Prove     | "
                      "%15lld\n(1 row)\n",
                      segments));
    out("task times:\n task_type | completed_count |     avg_seconds     | min_seconds | "
        "max_seconds \n-----------+-----------------+---------------------+-------------+----------"
        "---");
    out(text(" Prove     | %15lld | %19.16f | %11.6f | %11.6f\n(1 row)\n", segments,
             job->seconds() / static_cast<double>(segments), 2.901972, 3.899771));
    const double hz = static_cast<double>(job->cycles) / job->seconds();
    out("Effective Hz:\n         hz          | total_cycles | elapsed_sec "
        "\n---------------------+--"
        "------------+-------------");
    out(isDone ? text(" %.12f | %12lld | %11.6f\n(1 row)\n", hz, job->cycles, job->seconds())
               : text("                     |              | %11.6f\n(1 row)\n",
                      static_cast<double>(state.nowMs() - job->createdMs) / 1000));
    return 0;
}

} // namespace proverdeck::demo
