// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/SettingsFile.h"

#include "models/boundless/LineDiff.h"
#include "models/boundless/SettingsWriter.h"
#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;

const QStringList Samples{u"broker-0.13.toml"_s,         u"broker-0.13-operator-crlf.toml"_s,
                          u"broker-0.13-invalid.toml"_s, u"broker-1.2.toml"_s,
                          u"broker-2.0.toml"_s,          u"chain-overrides/broker.8453.toml"_s};

QByteArray sample(const QString &name)
{
    return testing::readData(u"boundless/"_s + name);
}

/// What is the same at both ends, and what differs between.
struct Difference
{
    QByteArray before;
    QByteArray after;
};
Difference difference(const QByteArray &a, const QByteArray &b)
{
    qsizetype head = 0;
    while (head < a.size() && head < b.size() && a.at(head) == b.at(head)) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < a.size() - head && tail < b.size() - head
           && a.at(a.size() - 1 - tail) == b.at(b.size() - 1 - tail)) {
        ++tail;
    }
    return {a.sliced(head, a.size() - head - tail), b.sliced(head, b.size() - head - tail)};
}

TEST(SettingsFile, EverySampleIsReadAndSavedAsItIs)
{
    for (const QString &name : Samples) {
        const QByteArray bytes = sample(name);
        const SettingsFile file(bytes);
        EXPECT_TRUE(file.problem().isEmpty()) << name.toStdString() << file.problem().toStdString();
        EXPECT_EQ(file.bytes(), bytes);
        EXPECT_FALSE(file.isChanged() || file.canUndo());
        EXPECT_FALSE(file.entries().isEmpty());
    }
}

TEST(SettingsFile, AChangedValueIsTheOnlyDifference)
{
    for (const QString &name : Samples) {
        const SettingsFile original(sample(name));
        for (const SettingEntry &entry : original.entries()) {
            if (entry.isCommentedOut) {
                continue;
            }
            SettingsFile file = original;
            ASSERT_TRUE(file.set(entry.section, entry.key, "\"~1~\"").has_value())
                << entry.key.toStdString();
            EXPECT_EQ(file.bytes(),
                      original.bytes().first(entry.valueStart) + "\"~1~\""
                          + original.bytes().sliced(entry.valueEnd))
                << entry.key.toStdString();
            EXPECT_EQ(file.value(entry.section, entry.key)->text, u"~1~"_s);
            file.undo();
            EXPECT_EQ(file.bytes(), original.bytes());
        }
    }
}

TEST(SettingsFile, KeepsCommentsTabsAndLineEnds)
{
    SettingsFile file(sample(u"broker-0.13-operator-crlf.toml"_s));
    const QByteArray before = file.bytes();
    ASSERT_TRUE(file.set(u"market"_s, u"max_concurrent_locks"_s, "2").has_value());
    const Difference changed = difference(before, file.bytes());
    EXPECT_EQ(changed.before, "1");
    EXPECT_EQ(changed.after, "2");
    ASSERT_TRUE(file.set(u"batcher"_s, u"txn_timeout"_s, "90").has_value());
    EXPECT_TRUE(file.bytes().endsWith("block_deadline_buffer_secs = 180\r\ntxn_timeout = 90"))
        << "still no line end at the end of the file";
    EXPECT_EQ(file.bytes().count('\n'), file.bytes().count("\r\n"));
}

TEST(SettingsFile, ANewKeyComesBesideItsCommentedOutTwin)
{
    SettingsFile file(sample(u"broker-0.13.toml"_s));
    ASSERT_TRUE(file.set(u"market"_s, u"max_concurrent_preflights"_s, "2").has_value());
    EXPECT_TRUE(
        file.bytes().contains("#max_concurrent_preflights = 4\nmax_concurrent_preflights = 2\n"));
    ASSERT_TRUE(file.set(u"prover"_s, u"max_critical_task_retries"_s, "10").has_value());
    EXPECT_TRUE(
        file.bytes().contains("proof_retry_sleep_ms = 500\nmax_critical_task_retries = 10\n"));
    ASSERT_TRUE(file.set(u"price_oracle"_s, u"eth_usd"_s, "\"auto\"").has_value());
    EXPECT_TRUE(file.bytes().endsWith("\n\n[price_oracle]\neth_usd = \"auto\"\n"));
    EXPECT_EQ(file.value(u"price_oracle"_s, u"eth_usd"_s)->text, u"auto"_s);
    while (file.canUndo()) {
        file.undo();
    }
    EXPECT_EQ(file.bytes(), sample(u"broker-0.13.toml"_s));
}

TEST(SettingsFile, RemovesALineWithItsComment)
{
    SettingsFile file(sample(u"broker-0.13.toml"_s));
    ASSERT_TRUE(file.remove(u"market"_s, u"lookback_blocks"_s).has_value());
    const Difference changed = difference(sample(u"broker-0.13.toml"_s), file.bytes());
    EXPECT_EQ(changed.before.count('\n'), 1);
    EXPECT_TRUE(changed.after.isEmpty());
    EXPECT_FALSE(file.value(u"market"_s, u"lookback_blocks"_s).has_value());
    EXPECT_FALSE(file.remove(u"market"_s, u"lookback_blocks"_s).has_value());
}

TEST(SettingsFile, ListsKeepTheCommentsOfWhatStays)
{
    SettingsFile file(sample(u"broker-0.13.toml"_s));
    const QString key = u"priority_requestor_addresses"_s;
    const QStringList old = file.value(u"market"_s, key)->list;
    ASSERT_EQ(old.size(), 2);
    const QString added = u"0x1111111111111111111111111111111111111111"_s;
    ASSERT_TRUE(file.setList(u"market"_s, key, {old.at(0), old.at(1), added}).has_value());
    EXPECT_TRUE(file.bytes().contains(
        "\t\"0x0466ACfc0F27bBA9fBB7A8508f576527e81E83Bd\",\t# keep this one last\n"
        "\t\"0x1111111111111111111111111111111111111111\",\n]"));
    ASSERT_TRUE(file.setList(u"market"_s, key, {old.at(1), added}).has_value());
    EXPECT_EQ(file.value(u"market"_s, key)->list, (QStringList{old.at(1), added}));
    EXPECT_TRUE(file.bytes().contains("[\n\t\"0x0466ACfc"));
    ASSERT_TRUE(file.setList(u"market"_s, key, {}).has_value());
    EXPECT_TRUE(file.value(u"market"_s, key)->list.isEmpty());
    ASSERT_TRUE(file.setList(u"market"_s, u"deny_requestor_addresses"_s, {added}).has_value());
    EXPECT_TRUE(file.bytes().contains("#deny_requestor_addresses = []\ndeny_requestor_addresses = "
                                      "[\"0x1111111111111111111111111111111111111111\"]\n"));
}

TEST(SettingsFile, ShortListsOnOneLine)
{
    struct Row
    {
        const char *before;
        QStringList wanted;
        const char *after;
    };
    const QList<Row> rows{
        {"a = [\"x\", \"y\"] # c\n", {u"x"_s, u"y"_s, u"z"_s}, "a = [\"x\", \"y\", \"z\"] # c\n"},
        {"a = [\"x\", \"y\"]", {u"y"_s}, "a = [ \"y\"]"},
        {"a = []\n", {u"x"_s}, "a = [\"x\"]\n"},
        {"a = [\"x\"]\n", {u"z"_s}, "a = [ \"z\"]\n"},
        {"a = [\n  \"x\"\n]\n", {u"x"_s, u"y"_s}, "a = [\n  \"x\",\n  \"y\",\n]\n"}};
    for (const Row &row : rows) {
        SettingsFile file{QByteArray(row.before)};
        ASSERT_TRUE(file.setList({}, u"a"_s, row.wanted).has_value()) << row.before;
        EXPECT_EQ(file.bytes(), row.after);
        EXPECT_EQ(file.value({}, u"a"_s)->list, row.wanted);
    }
}

TEST(SettingsFile, RefusesWhatWouldBreakTheFile)
{
    SettingsFile file(sample(u"broker-0.13.toml"_s));
    for (const char *value : {"", "\"", "1 2", "1\nx = 2", "yes", "[1", "1 # 2", "\"a\" # b"}) {
        EXPECT_FALSE(file.set(u"market"_s, u"min_deadline"_s, value).has_value()) << value;
    }
    EXPECT_TRUE(file.set(u"market"_s, u"cache_dir"_s, "\"a # b\"").has_value());
    EXPECT_FALSE(file.set(u"market"_s, u"bad key"_s, "1").has_value());
    SettingsFile broken("[market\nx = 1\n");
    EXPECT_FALSE(broken.problem().isEmpty());
    EXPECT_EQ(broken.problemLine(), 1);
    EXPECT_FALSE(broken.set(u"market"_s, u"x"_s, "2").has_value());
    EXPECT_EQ(broken.bytes(), "[market\nx = 1\n");
}

TEST(SettingsFile, FindsKeysWhateverStandsAroundThem)
{
    const QByteArray text = "# x = 1\n"
                            "a.b = '''\n# no = 1\n[not a header]\n''' # c\n"
                            "\"quoted key\" = { x = 1, y = \"]\" }\n"
                            "[one . two]\n"
                            "list = [ # comment ]\n  \"]\", '#',\n]\n"
                            "last = 1_000";
    const SettingsFile file(text);
    ASSERT_TRUE(file.problem().isEmpty()) << file.problem().toStdString();
    QStringList found;
    for (const SettingEntry &entry : file.entries()) {
        found << (entry.isCommentedOut ? u"#"_s : QString()) + entry.section + u'/' + entry.key
                + u':' + QString::number(entry.line);
    }
    EXPECT_EQ(found,
              (QStringList{u"#/x:1"_s, u"/a.b:2"_s, u"/quoted key:6"_s, u"one.two/list:8"_s,
                           u"one.two/last:11"_s}));
    EXPECT_EQ(file.value(u"one.two"_s, u"last"_s)->text, u"1000"_s);
    EXPECT_EQ(file.value(u"one.two"_s, u"list"_s)->list, (QStringList{u"]"_s, u"#"_s}));
}

TEST(SettingsFile, CutAnywhereItIsAFileOrAProblem)
{
    const QByteArray bytes = sample(u"broker-0.13.toml"_s);
    for (qsizetype size = 0; size < bytes.size(); ++size) {
        const SettingsFile file(bytes.first(size));
        for (const SettingEntry &entry : file.entries()) {
            EXPECT_TRUE(entry.lineStart <= entry.valueStart && entry.valueStart <= entry.valueEnd
                        && entry.valueEnd <= entry.lineEnd && entry.lineEnd <= size);
        }
    }
}

TEST(LineDiff, ShowsWhatChanged)
{
    const QByteArray before = "a\nb\nc\nd\ne\nf\ng\n";
    const QByteArray after = "a\nb\nX\nd\ne\nf\ng\nh\n";
    EXPECT_EQ(diffText(lineDiff(before, after), 1), u"  b\n- c\n+ X\n  d\n  …\n  g\n+ h\n"_s);
    EXPECT_TRUE(diffText(lineDiff(before, before)).isEmpty());
    EXPECT_EQ(lineDiff({}, "x").size(), 1);
}

class SettingsWriterTest : public ::testing::Test
{
protected:
    void SetUp() override { write(path, "a = 1\n"); }
    static void write(const QString &name, const QByteArray &bytes)
    {
        QFile file(name);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    static QByteArray read(const QString &name)
    {
        QFile file(name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("?");
    }

    QTemporaryDir folder;
    QString path = folder.filePath(u"broker.toml"_s);
};

TEST_F(SettingsWriterTest, WritesInPlaceAndKeepsABackup)
{
    // What holds the file open, like a container that it is bound into, sees the change.
    QFile bound(path);
    ASSERT_TRUE(bound.open(QIODevice::ReadOnly));
    const auto backup = writeSettings(path, "a = 1\n", "a = 22\n");
    ASSERT_TRUE(backup.has_value()) << backup.error().toStdString();
    EXPECT_EQ(bound.readAll(), "a = 22\n");
    EXPECT_EQ(read(*backup), "a = 1\n");
    const auto second = writeSettings(path, "a = 22\n", "a\n");
    ASSERT_TRUE(second.has_value());
    EXPECT_NE(*second, *backup);
    EXPECT_EQ(read(path), "a\n");
    EXPECT_EQ(QFileInfo(path).permissions(), QFileInfo(*second).permissions());
}

TEST_F(SettingsWriterTest, RefusesIfTheFileWasChangedMeanwhile)
{
    write(path, "a = 3\n");
    const auto backup = writeSettings(path, "a = 1\n", "a = 2\n");
    ASSERT_FALSE(backup.has_value());
    EXPECT_EQ(read(path), "a = 3\n");
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    EXPECT_FALSE(writeSettings(folder.filePath(u"none"_s), {}, {}).has_value());
}

} // namespace
} // namespace proverdeck::models::boundless
