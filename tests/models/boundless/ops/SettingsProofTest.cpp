// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/boundless/ops/SettingsProof.h"

#include "support/Test.h"

#include <QSignalSpy>
#include <QTest>

namespace proverdeck::models::boundless {
namespace {

using namespace std::chrono_literals;
using State = SettingsProof::State;

class SettingsProofTest : public ::testing::Test
{
protected:
    void log(const QByteArray &line)
    {
        analysis.feedLog("broker", QByteArray("2025-10-20T10:03:28.000000Z " + line + '\n'));
        proof.look(analysis.facts().settings);
    }
    void begin(bool isRunning = true, std::chrono::milliseconds patience = 1h)
    {
        proof.begin(analysis.facts().settings, analysis.facts().lastMs.value_or(0), isRunning,
                    patience);
    }

    BrokerAnalysis analysis;
    SettingsProof proof;
};

TEST_F(SettingsProofTest, TheLogShowsThatItWasTaken)
{
    for (const char *line :
         {"DEBUG broker::config: Reloading modified config file",
          "DEBUG broker::config: Reloading config due to change in /app/broker.toml"}) {
        begin();
        EXPECT_EQ(proof.state(), State::Waiting);
        log(" INFO broker::order_picker: Waiting for orders");
        EXPECT_EQ(proof.state(), State::Waiting);
        log(line);
        EXPECT_EQ(proof.state(), State::Taken) << line;
        EXPECT_TRUE(proof.text().contains("10:03:28 UTC")) << proof.text().toStdString();
    }
}

TEST_F(SettingsProofTest, AWordFromBeforeIsNoProofAndTheNextOneIs)
{
    log("DEBUG broker::config: Reloading modified config file");
    begin();
    EXPECT_EQ(proof.state(), State::Waiting);
    log("ERROR broker::config: Failed to load modified config: Failed to parse toml file");
    EXPECT_EQ(proof.state(), State::Refused);
    EXPECT_TRUE(proof.text().contains("goes on with the old values: Failed to parse toml file"));
    log("DEBUG broker::config: Reloading modified config file");
    EXPECT_EQ(proof.state(), State::Taken) << "somebody has mended it";
    proof.forget();
    EXPECT_EQ(proof.text(), QString());
    log("DEBUG broker::config: Reloading modified config file");
    EXPECT_EQ(proof.state(), State::None);
}

TEST_F(SettingsProofTest, AnOldLogThatIsOpenedMeanwhileProvesNothing)
{
    log(" INFO broker::order_picker: Waiting for orders");
    begin();
    analysis.feedLog("old.log",
                     QByteArray("2025-10-19T09:00:00.000000Z ERROR broker::config: Failed to load "
                                "modified config: x\n"));
    proof.look(analysis.facts().settings);
    EXPECT_EQ(proof.state(), State::Waiting);
    log("DEBUG broker::config: Reloading modified config file");
    EXPECT_EQ(proof.state(), State::Taken);
}

TEST_F(SettingsProofTest, SilenceIsSaidAndALateWordIsTaken)
{
    QSignalSpy changed(&proof, &SettingsProof::changed);
    begin(true, 1ms);
    ASSERT_TRUE(QTest::qWaitFor([&] { return proof.state() == State::Silent; }, 5000));
    EXPECT_EQ(changed.count(), 2);
    log("DEBUG broker::config: Reloading modified config file");
    EXPECT_EQ(proof.state(), State::Taken);
    begin(false);
    EXPECT_EQ(proof.state(), State::NoBroker);
    EXPECT_TRUE(proof.text().contains("next start"));
}

TEST_F(SettingsProofTest, ALogThatBeginsAnewIsReadOn)
{
    log("DEBUG broker::config: Reloading modified config file");
    begin();
    analysis = BrokerAnalysis();
    log(" INFO broker: nothing yet");
    log("DEBUG broker::config: Reloading modified config file");
    EXPECT_EQ(proof.state(), State::Taken);
}

} // namespace
} // namespace proverdeck::models::boundless
