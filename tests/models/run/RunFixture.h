// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/run/Run.h"
#include "support/FakeShell.h"
#include "support/Test.h"

#include <QElapsedTimer>
#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <map>

namespace proverdeck::models {

using proverdeck::testing::FakeShell;
using proverdeck::testing::leaseLine;
using proverdeck::testing::statusLine;
using proverdeck::testing::sumLine;
using ::testing::HasSubstr;

inline const char *const kWorkflow = R"(
[workflow]
id = "small"
title = "Small"
[[input]]
id = "host"
type = "host"
[[input]]
id = "batches"
type = "integer"
default = 2
[[input]]
id = "endless"
type = "boolean"
default = false
[[step]]
id = "one"
title = "First check"
kind = "check"
code = "one-bad"
fix = "Mend it."
run = "check-one"
[[step]]
id = "two"
title = "Second check"
kind = "check"
required = false
run = "check-two"
[[step]]
id = "question"
title = "Question"
kind = "check"
phase = "main"
output = "word"
fact = "there"
run = "check-question"
[[step]]
id = "build"
title = "Build"
log = "build.log"
timeout = "10m"
failure = "The build broke."
run = "do-build {word} {run_id}"
[[step]]
id = "extra"
title = "Extra"
may_fail = true
when = { there = true }
run = "do-extra"
[[step]]
id = "prover"
title = "Prover"
kind = "service"
log = "prover.log"
reader = "ethrex-prover"
ready = { all = [ { log = "Received Response" }, { tcp = 3900 } ] }
expected_after = "Running .target"
expected_within = "40ms"
fatal = { wrong-backend = 1 }
failure = "The prover received no work."
run = "serve-prover"
[[step]]
id = "wait"
title = "Wait"
kind = "wait"
service = "prover"
count = "{batches}"
endless_when = { endless = true }
timeout = "0s"
[[step]]
id = "collect"
title = "Collect"
kind = "collect"
collects = "batches"
phase = "teardown"
run = "do-collect"
[[step]]
id = "stop"
title = "Stop"
kind = "stop"
phase = "teardown"
service = "prover"
grace = "4s"
[[step]]
id = "after"
title = "After"
phase = "teardown"
may_fail = true
run = "do-after"
)";

inline const QByteArray kHandedOut = "2026-02-12T15:03:12.418233Z  INFO Received Response for "
                                     "batch_number: 1 endpoint=tcp://127.0.0.1:3900\n";

inline QByteArray proved(int batch)
{
    const QByteArray n = QByteArray::number(batch);
    return "2026-02-12T15:04:23.803198Z  INFO Proved batch " + n + " in 71.38s batch=" + n
        + " proving_time_s=71 proving_time_ms=71384\n";
}

/// A run on a small workflow, and a server that answers as a good one would.
class RunTest : public ::testing::Test
{
protected:
    struct Job
    {
        QByteArray log;
        bool ended = false;
        int code = 0;
        int starts = 0;
        bool removed = false;
    };

    void SetUp() override
    {
        ASSERT_TRUE(folder.isValid());
        texts["r1-prover"] = kHandedOut;
    }

    void make(const QByteArray &replaced = {}, const QByteArray &by = {},
              const InputValues &given = {})
    {
        if (!replaced.isEmpty()) {
            ASSERT_TRUE(toml.contains(replaced));
            toml.replace(replaced, by);
        }
        const auto workflow = parseWorkflow(toml, "test");
        ASSERT_TRUE(workflow) << workflow.error().toStdString();
        InputValues all = given;
        all.insert("host", "gpu1");
        const auto values = checkValues(*workflow, all);
        ASSERT_TRUE(values);
        options.id = "r1";
        options.folder = folder.filePath("run");
        options.probeInterval = std::chrono::milliseconds(1);
        run = std::make_unique<models::Run>(makePlan(*workflow, *values), shell, options);
        finished = std::make_unique<QSignalSpy>(run.get(), &models::Run::finished);
    }

    void begin()
    {
        run->start();
        shell.acceptLogin();
    }

    // ---- the server ----

    void answer(const FakeShell::Request &request)
    {
        const QByteArray verb = FakeShell::verbOf(request);
        if (verb.isEmpty()) {
            answerScript(request);
        } else if (verb == "install" || verb == "write" || verb == "erase") {
            finishWith(request, "ok\n", 0);
        } else if (verb == "list") {
            QByteArray lines;
            for (const auto &[id, job] : jobs) {
                if (!job.removed) {
                    lines += proverdeck::testing::listLine(id, job.ended ? "done" : "running",
                                                           quint64(job.log.size()),
                                                           job.ended ? job.code : -1);
                }
            }
            finishWith(request, lines, 0);
        } else if (verb == "take" || verb == "drop" || verb == "show") {
            finishWith(request,
                       lease.isEmpty() ? leaseLine(verb == "take" ? "mine" : "free") : lease, 0);
        } else {
            answerJob(request, verb, FakeShell::jobOf(request));
        }
    }

    void answerScript(const FakeShell::Request &request)
    {
        for (auto it = answers.begin(); it != answers.end(); ++it) {
            if (request.input.contains(it.key())) {
                finishWith(request, it->first, it->second);
                return;
            }
        }
        finishWith(request, "fine\n", 0);
    }

    void answerJob(const FakeShell::Request &request, const QByteArray &verb, const QByteArray &id)
    {
        if (verb != "start" && (jobs.find(id) == jobs.end() || jobs[id].removed)) {
            finishWith(request, statusLine("none"), verb == "log" || verb == "sum" ? 66 : 0);
            return;
        }
        Job &job = jobs[id];
        if (verb == "start") {
            if (++job.starts == 1 || job.removed) {
                ++executions[id];
                job.removed = false;
                job.log = texts.value(id, "log of " + id + '\n');
                job.ended = !services.contains(id);
                job.code = codes.value(id, 0);
            }
            finishWith(request, (job.starts == 1 ? "S started\n" : "S exists\n") + statusOf(job),
                       0);
        } else if (verb == "log") {
            quint64 &at
                = sent.try_emplace(request.id, FakeShell::argumentOf(request)).first->second;
            const QByteArray rest = job.log.mid(qsizetype(at));
            at += quint64(rest.size());
            shell.print(request.id, rest);
            if (jobs[id].ended) {
                shell.finish(request.id);
            }
        } else if (verb == "stop") {
            if (!job.ended) {
                job.ended = true;
                job.code = 130;
                job.log += lastWords;
            }
            finishWith(request, "S interrupted\n" + statusOf(job), 0);
        } else if (verb == "sum") {
            const QList<QByteArray> range = FakeShell::argumentsOf(request);
            finishWith(
                request,
                sumLine(job.log.mid(range.value(0).toLongLong(), range.value(1).toLongLong()),
                        quint64(job.log.size())),
                0);
        } else if (verb == "rm") {
            job.removed = true;
            finishWith(request, "S removed\nS none rc=- size=0\n", 0);
        } else {
            finishWith(request, statusOf(job), 0);
        }
    }

    static QByteArray statusOf(const Job &job)
    {
        const auto size = quint64(job.log.size());
        return job.ended ? statusLine("done", size, job.code) : statusLine("running", size);
    }

    void finishWith(const FakeShell::Request &request, const QByteArray &out, int code)
    {
        shell.print(request.id, out);
        shell.finish(request.id, code);
    }

    /// The server answers everything but what is on hold until @p condition holds.
    bool serve(const std::function<bool()> &condition, int limitMs = 5000)
    {
        QElapsedTimer time;
        time.start();
        while (time.elapsed() < limitMs) {
            const QList<FakeShell::Request> all = shell.requests();
            for (const FakeShell::Request &request : all) {
                const bool isHeld = !hold.isEmpty()
                    && (request.line.contains(hold) || request.input.contains(hold));
                const FakeShell::Request *open = find(request.id);
                if (open != nullptr && !open->over && !isHeld
                    && shell.state() == ssh::ConnectionState::Connected) {
                    answer(request);
                }
            }
            if (condition()) {
                return true;
            }
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        }
        return condition();
    }

    bool serveUntilHeld(const QByteArray &part)
    {
        hold = part;
        return serve([&] { return shell.pending(part) != nullptr; });
    }

    bool serveToTheEnd()
    {
        hold.clear();
        return serve([&] { return finished->count() > 0; });
    }

    const FakeShell::Request *find(ssh::CommandId id) const
    {
        for (const FakeShell::Request &request : shell.requests()) {
            if (request.id == id) {
                return &request;
            }
        }
        return nullptr;
    }

    void reconnect()
    {
        run->reconnectNow();
        shell.acceptLogin();
    }

    // ---- what the run says ----

    [[nodiscard]] RunState endState() const
    {
        return finished->isEmpty() ? RunState::Idle : finished->at(0).at(0).value<RunState>();
    }

    [[nodiscard]] StepState step(const QString &id) const
    {
        for (int i = 0; i < run->plan().steps.size(); ++i) {
            if (run->plan().steps.at(i).step.id == id) {
                return run->steps().at(i);
            }
        }
        ADD_FAILURE() << "no step " << id.toStdString();
        return {};
    }

    [[nodiscard]] QString outcome(const QString &id) const
    {
        return stepOutcomeWord(step(id).outcome);
    }

    [[nodiscard]] const Finding *finding(const QString &code) const
    {
        found = run->findings();
        for (const Finding &one : std::as_const(found)) {
            if (one.code == code) {
                return &one;
            }
        }
        return nullptr;
    }

    [[nodiscard]] QByteArray fileOf(const QString &name) const
    {
        QFile file(folder.filePath("run/" + name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(no file)");
    }

    /// No second end, and nothing new is started, whatever the server still says.
    void expectQuiet()
    {
        const qsizetype starts = shell.countJobs("start");
        (void)serve([] { return false; }, 70);
        EXPECT_EQ(finished->count(), 1);
        EXPECT_EQ(shell.countJobs("start"), starts);
    }

    QTemporaryDir folder;
    QByteArray toml = kWorkflow;
    FakeShell shell;
    RunOptions options;
    std::unique_ptr<models::Run> run;
    std::unique_ptr<QSignalSpy> finished;
    QByteArray hold;
    QByteArray lease; ///< what the server says of the lease; empty: it is free
    QMap<QByteArray, int> executions; ///< how often each job's script was run
    std::map<QByteArray, Job> jobs;
    std::map<ssh::CommandId, quint64> sent;
    QSet<QByteArray> services{"r1-prover"};
    QMap<QByteArray, QByteArray> texts;
    QMap<QByteArray, int> codes;
    QMap<QByteArray, QPair<QByteArray, int>> answers;
    QByteArray lastWords = "stopped by a signal\n";
    mutable QList<Finding> found;
};

} // namespace proverdeck::models
