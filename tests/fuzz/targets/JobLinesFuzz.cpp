// SPDX-License-Identifier: GPL-3.0-or-later
// What the job helper prints on the server, in whatever a login shell prints around it.
#include "fuzz/Fuzz.h"
#include "ssh/RemoteShell.h"

using namespace proverdeck;
using namespace proverdeck::ssh;

namespace {

void checkStatus(const JobStatus &status)
{
    FUZZ_CHECK(!status.exitCode || (*status.exitCode >= 0 && *status.exitCode <= 255));
    FUZZ_CHECK(status.size <= quint64(std::numeric_limits<qint64>::max()));
}

/// Lines around an answer change nothing.
QByteArray amidNoise(const QByteArray &text)
{
    return "Last login: today\n" + text + "\nbye\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text = fuzz::bytesOf(data, size);
    const auto status = parseJobStatus(text);
    if (status) {
        checkStatus(*status);
    }
    FUZZ_CHECK(parseJobStatus(amidNoise(text)) == status);
    if (const auto sum = parseJobSum(text)) {
        FUZZ_CHECK(*parseJobSum(amidNoise(text)) == *sum);
    }
    const auto jobs = parseJobList(text);
    FUZZ_CHECK(jobs.size() <= text.count('\n') + 1);
    for (const auto &[id, job] : jobs) {
        FUZZ_CHECK(!id.isEmpty());
        for (const char c : id) {
            FUZZ_CHECK((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                       || c == '_' || c == '-');
        }
        checkStatus(job);
    }
    if (const auto lease = parseLease(text)) {
        FUZZ_CHECK(fuzz::isHarmless(lease->holder) && lease->holder.size() <= 4096);
    }
    return 0;
}
