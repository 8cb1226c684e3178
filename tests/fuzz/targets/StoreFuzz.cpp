// SPDX-License-Identifier: GPL-3.0-or-later
// A history file that was copied from elsewhere, or damaged.
#include "fuzz/Fuzz.h"
#include "models/store/RunStore.h"

#include <QFile>
#include <QTemporaryDir>

using namespace proverdeck;
using namespace proverdeck::models;
using namespace proverdeck::models::store;

namespace {

/// In memory where there is such a folder; the whole folder is made anew for each input.
QString scratch()
{
    const QString memory = QStringLiteral("/dev/shm");
    return (QFile::exists(memory) ? memory : QStringLiteral("/tmp"))
        + QStringLiteral("/proverdeck-fuzz-XXXXXX");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QTemporaryDir folder(scratch());
    const QString path = folder.filePath(QStringLiteral("history.db"));
    {
        QFile file(path);
        FUZZ_CHECK(file.open(QIODevice::WriteOnly) && file.write(fuzz::bytesOf(data, size)) >= 0);
    }
    RunStore store;
    if (const auto opened = store.open(path); !opened) {
        FUZZ_CHECK(!opened.error().isEmpty() && fuzz::isHarmless(opened.error()));
        return 0;
    }
    const QList<RunRecord> runs = store.list();
    for (const RunRecord &run : runs.first(qMin<qsizetype>(runs.size(), 5))) {
        (void)store.load(run.id);
        (void)store.lastValues(run.workflow, run.host);
    }
    RunRecord record;
    record.id = QStringLiteral("20261121-134455-sp1-4f2a");
    record.workflow = QStringLiteral("w");
    record.state = RunState::Done;
    if (store.save(record)) {
        const auto again = store.load(record.id);
        FUZZ_CHECK(again && again->state == RunState::Done && again->id == record.id);
    }
    return 0;
}
