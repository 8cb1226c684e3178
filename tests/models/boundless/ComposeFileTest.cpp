// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ComposeFile.h"

#include "models/boundless/EnvFile.h"
#include "models/boundless/LineDiff.h"
#include "support/Test.h"

namespace proverdeck::models::boundless {
namespace {

using namespace Qt::StringLiterals;

QByteArray sample(const char *name)
{
    return testing::readData(u"boundless/"_s + QString::fromLatin1(name));
}

QString changes(const QByteArray &before, const QByteArray &after)
{
    return diffText(lineDiff(before, after), 0);
}

TEST(ComposeFile, ReadsBothSamples)
{
    const ComposeFile old(sample("compose-0.13.yml"));
    ASSERT_TRUE(old.problem().isEmpty()) << old.problem().toStdString();
    EXPECT_EQ(old.gpuAgents().size(), 4);
    EXPECT_EQ(old.execAgentCount(), 3);
    EXPECT_EQ(old.segmentSize(), 21);
    EXPECT_TRUE(old.segmentSizeIsVariable());
    EXPECT_EQ(old.gpuAgents().at(2).devices, QStringList{u"2"_s});
    EXPECT_EQ(old.gpuAgents().at(0).memory, u"4G"_s);
    EXPECT_EQ(old.agents().at(0).cpus, u"3"_s) << "merged from the common block";
    EXPECT_TRUE(old.agents().at(0).isAwaited);
    EXPECT_EQ(old.brokerDependsOn().size(), 12);
    EXPECT_TRUE(old.check(u"c"_s, 4).isEmpty());
    const ComposeFile now(sample("compose-2.0.yml"));
    ASSERT_TRUE(now.problem().isEmpty()) << now.problem().toStdString();
    EXPECT_EQ(now.execAgentCount(), 4);
    EXPECT_EQ(now.segmentSize(), 21);
    ASSERT_EQ(now.gpuAgents().size(), 1);
    EXPECT_TRUE(now.gpuAgents().first().devices.isEmpty());
    EXPECT_TRUE(now.gpuAgents().first().isAwaited);
}

TEST(ComposeFile, AddsAndRemovesAgentsWithTheirDependency)
{
    const QByteArray before = sample("compose-0.13.yml");
    ComposeFile file(before);
    ASSERT_TRUE(file.addGpuAgent(4).has_value());
    EXPECT_EQ(file.gpuAgents().last().name, u"gpu_prove_agent4"_s);
    EXPECT_EQ(file.gpuAgents().last().devices, QStringList{u"4"_s});
    EXPECT_TRUE(file.gpuAgents().last().isAwaited);
    const QString diff = changes(before, file.bytes());
    EXPECT_EQ(diff.count(u"\n- "_s) + (diff.startsWith(u'-') ? 1 : 0), 0) << diff.toStdString();
    EXPECT_EQ(diff.count(u"gpu_prove_agent4"_s), 2) << diff.toStdString();
    ASSERT_TRUE(file.removeAgent(u"gpu_prove_agent4"_s).has_value());
    EXPECT_EQ(file.bytes(), before) << changes(before, file.bytes()).toStdString();
    ASSERT_TRUE(file.addExecAgent().has_value());
    EXPECT_EQ(file.execAgentCount(), 4);
    EXPECT_TRUE(file.bytes().contains("  exec_agent3:\n    <<: *exec-agent-common\n"));
    EXPECT_THAT(file.brokerDependsOn(), ::testing::Contains(u"exec_agent3"_s));
    file.undo();
    file.undo();
    file.undo();
    EXPECT_FALSE(file.canUndo());
    EXPECT_EQ(file.bytes(), before);
    EXPECT_FALSE(file.addGpuAgent(3).has_value()) << "that card has an agent";
}

TEST(ComposeFile, NeverRemovesTheLastOne)
{
    ComposeFile file(sample("compose-0.13.yml"));
    for (const char *name : {"gpu_prove_agent0", "gpu_prove_agent1", "gpu_prove_agent2"}) {
        ASSERT_TRUE(file.removeAgent(QString::fromLatin1(name)).has_value()) << name;
    }
    EXPECT_FALSE(file.removeAgent(u"gpu_prove_agent3"_s).has_value());
    EXPECT_FALSE(file.removeAgent(u"postgres"_s).has_value());
    EXPECT_FALSE(file.bytes().contains("gpu_prove_agent0"));
    EXPECT_TRUE(file.bytes().contains("# # A second broker sharing the same cluster"));
}

TEST(ComposeFile, ChangesLimitsWhereTheyStand)
{
    const QByteArray before = sample("compose-0.13.yml");
    ComposeFile file(before);
    ASSERT_TRUE(file.setMemory(u"gpu_prove_agent1"_s, u"8G"_s).has_value());
    EXPECT_EQ(changes(before, file.bytes()), u"-     mem_limit: 4G\n+     mem_limit: 8G\n"_s);
    EXPECT_EQ(file.gpuAgents().at(1).memory, u"8G"_s);
    EXPECT_EQ(file.gpuAgents().at(0).memory, u"4G"_s);
    ASSERT_TRUE(file.setCpus(u"exec_agent0"_s, u"2"_s).has_value());
    EXPECT_EQ(file.agents().at(2).cpus, u"2"_s) << "all exec agents share it";
    ASSERT_TRUE(file.setSegmentSize(19).has_value());
    EXPECT_TRUE(file.bytes().contains("--segment-po2 ${SEGMENT_SIZE:-19} "));
    EXPECT_FALSE(file.setSegmentSize(40).has_value());
    EXPECT_FALSE(file.setMemory(u"exec_agent0"_s, u"lots\n"_s).has_value());
    EXPECT_FALSE(file.setCpus(u"exec_agent0"_s, u"0"_s).has_value());
}

TEST(ComposeFile, EditsTheNewStack)
{
    const QByteArray before = sample("compose-2.0.yml");
    ComposeFile file(before);
    EXPECT_FALSE(file.addGpuAgent(1).has_value()) << "it finds all cards by itself";
    ASSERT_TRUE(file.addExecAgent().has_value());
    EXPECT_EQ(changes(before, file.bytes()),
              u"-       replicas: ${BENTO_EXECUTOR_COUNT:-4}\n"
              "+       replicas: ${BENTO_EXECUTOR_COUNT:-5}\n"_s);
    ASSERT_TRUE(file.setSegmentSize(20).has_value());
    EXPECT_EQ(file.segmentSize(), 20);
    ASSERT_TRUE(file.setMemory(u"gpu_prove_agent"_s, u"6G"_s).has_value());
    EXPECT_EQ(file.gpuAgents().first().memory, u"6G"_s);
}

TEST(ComposeFile, KeepsCrLf)
{
    QByteArray bytes = sample("compose-0.13.yml");
    bytes.replace("\n", "\r\n");
    ComposeFile file(bytes);
    ASSERT_TRUE(file.addGpuAgent(4).has_value());
    ASSERT_TRUE(file.setMemory(u"exec_agent0"_s, u"6G"_s).has_value());
    EXPECT_EQ(file.bytes().count('\n'), file.bytes().count("\r\n"));
    ASSERT_TRUE(file.removeAgent(u"gpu_prove_agent4"_s).has_value());
    EXPECT_EQ(file.bytes().size(), bytes.size());
}

TEST(ComposeFile, FindsWhatIsDangerous)
{
    QByteArray bytes = sample("compose-0.13.yml");
    bytes.replace("device_ids: ['3']", "device_ids: ['2']");
    bytes.replace("    - gpu_prove_agent1\n", "");
    QStringList codes;
    for (const Finding &finding : ComposeFile(bytes).check(u"c"_s, 2)) {
        codes << finding.code;
    }
    EXPECT_THAT(
        codes,
        ::testing::IsSupersetOf({u"card-used-twice"_s, u"agent-not-awaited"_s, u"card-missing"_s}));
    EXPECT_EQ(ComposeFile("a: [").check(u"c"_s).first().code, u"yaml-syntax"_s);
    EXPECT_FALSE(ComposeFile("x: 1\n").problem().isEmpty());
    EXPECT_FALSE(ComposeFile("").problem().isEmpty());
    EXPECT_FALSE(ComposeFile(QByteArray(100'000, '[')).problem().isEmpty());
}

TEST(ComposeFile, CutAnywhereItIsReadOrAProblem)
{
    const QByteArray bytes = sample("compose-0.13.yml");
    for (qsizetype size = 0; size < bytes.size(); size += 7) {
        ComposeFile file(bytes.first(size));
        (void)file.check(u"c"_s);
        (void)file.addGpuAgent(9);
    }
}

TEST(ComposeFile, ProposesASegmentSizeForTheSmallestCard)
{
    EXPECT_EQ(proposeSegmentSize(8192).po2, 18);
    EXPECT_EQ(proposeSegmentSize(12288).po2, 19);
    EXPECT_EQ(proposeSegmentSize(16376).po2, 19) << "a card of 16 GB ran out of memory at 20";
    EXPECT_EQ(proposeSegmentSize(20475).po2, 20);
    EXPECT_EQ(proposeSegmentSize(24564).po2, 21);
    EXPECT_EQ(proposeSegmentSize(143771).po2, 21);
}

TEST(EnvFile, ReadsValuesAndHidesKeys)
{
    const EnvFile file(sample("env/dot-env.base-operator-0.13"));
    EXPECT_EQ(file.value(u"ORDER_STREAM_URL"_s), u"https://base-mainnet.beboundless.xyz"_s);
    EXPECT_EQ(file.value(u"PRIVATE_KEY"_s)->size(), 64);
    EXPECT_THAT(file.shown(u"PRIVATE_KEY"_s).toStdString(),
                ::testing::Not(::testing::HasSubstr("0123")));
    EXPECT_EQ(file.shown(u"NONE"_s), u"–"_s);
    EXPECT_TRUE(file.check(u"e"_s).isEmpty());
    EnvFile rpc("RPC_URL=https://base.example.invalid/v2/SecretKey?x=1\n");
    EXPECT_EQ(rpc.shown(u"RPC_URL"_s), u"https://base.example.invalid/…"_s);
    EXPECT_EQ(rpc.check(u"e"_s).first().code, u"not-exported"_s);
    EXPECT_EQ(EnvFile("export PRIVATE_KEY=123\n").check(u"e"_s).first().code,
              u"private-key-form"_s);
}

TEST(EnvFile, ChangesOneValueAndNothingElse)
{
    const QByteArray before = sample("env/dot-env.base-operator-0.13");
    EnvFile file(before);
    ASSERT_TRUE(file.set(u"RPC_URL"_s, u"https://rpc.example.invalid/x"_s).has_value());
    QByteArray wanted = before;
    wanted.replace("http://127.0.0.1:8545", "https://rpc.example.invalid/x");
    EXPECT_EQ(file.bytes(), wanted);
    ASSERT_TRUE(file.set(u"SEGMENT_SIZE"_s, u"19"_s).has_value());
    EXPECT_TRUE(file.bytes().endsWith("export SEGMENT_SIZE=19\n"));
    EnvFile plain(sample("env/dot-env.broker-0.13"));
    ASSERT_TRUE(plain.set(u"PRIVATE_KEY"_s, QString(64, u'a')).has_value());
    EXPECT_EQ(plain.value(u"PRIVATE_KEY"_s), QString(64, u'a'));
    for (const char *bad : {"a\nb", "$(x)", "`x`", "a\"b"}) {
        EXPECT_FALSE(plain.set(u"RPC_URL"_s, QString::fromLatin1(bad)).has_value()) << bad;
    }
    EXPECT_FALSE(plain.set(u"A B"_s, u"x"_s).has_value());
}

} // namespace
} // namespace proverdeck::models::boundless
