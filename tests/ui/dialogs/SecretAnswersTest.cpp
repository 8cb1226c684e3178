// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/FakeShell.h"
#include "support/Test.h"
#include "ui/dialogs/Questions.h"

#include <QApplication>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QMap>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>

namespace proverdeck::ui {
namespace {

using namespace Qt::StringLiterals;
using ssh::SecretQuestion;

class AskingShell : public testing::FakeShell
{
public:
    void answerSecret(const std::optional<QString> &secret) override { answers << secret; }

    QList<std::optional<QString>> answers;
};

/// Answers when the test says so.
class FakeStore : public models::SecretStore
{
public:
    void find(const QString &key, Found answer) override
    {
        asked << key;
        waiting << [this, key, answer] {
            const bool has = kept.contains(key) && problem.isEmpty();
            answer(has ? std::optional(kept.value(key)) : std::nullopt, problem);
        };
        answerIfPrompt();
    }
    void keep(const QString &key, const QString &secret, Done answer) override
    {
        waiting << [this, key, secret, answer] {
            if (problem.isEmpty()) {
                kept.insert(key, secret);
            }
            answer(problem);
        };
        answerIfPrompt();
    }
    void forget(const QString &key, Done answer) override
    {
        waiting << [this, key, answer] {
            if (problem.isEmpty()) {
                kept.remove(key);
            }
            answer(problem);
        };
        answerIfPrompt();
    }
    void answerAll()
    {
        const auto calls = std::exchange(waiting, {});
        for (const auto &call : calls) {
            call();
        }
    }

    QMap<QString, QString> kept;
    QStringList asked;
    QString problem;
    bool isPrompt = true;
    QList<std::function<void()>> waiting;

private:
    void answerIfPrompt()
    {
        if (isPrompt) {
            answerAll();
        }
    }
};

class SecretAnswersTest : public ::testing::Test
{
protected:
    void SetUp() override
    {
        answerWithDialogs(
            *shell, [this]() -> QWidget * { return &window; }, &store);
    }

    void ask(bool retry = false) { emit shell->secretAsked(question(retry)); }
    [[nodiscard]] SecretQuestion question(bool retry = false) const
    {
        return {.kind = SecretQuestion::Kind::Password,
                .prompt = u"Password for anna@prover1"_s,
                .account = u"anna@prover1"_s,
                .retry = retry,
                .storeKey = key};
    }
    /// The dialog that is shown now.
    [[nodiscard]] SecretDialog *dialog() const
    {
        for (QWidget *widget : QApplication::topLevelWidgets()) {
            auto *found = qobject_cast<SecretDialog *>(widget);
            if (found && found->isVisible()) {
                return found;
            }
        }
        return nullptr;
    }
    template<class T> [[nodiscard]] T *part(const QString &name) const
    {
        return dialog() ? dialog()->findChild<T *>(name) : nullptr;
    }
    [[nodiscard]] QString texts() const
    {
        QStringList all;
        if (dialog()) {
            for (const QLabel *label : dialog()->findChildren<QLabel *>()) {
                if (label->isVisible()) {
                    all << label->text();
                }
            }
        }
        return all.join(u'\n');
    }
    void type(const QString &secret, bool remember = false)
    {
        ASSERT_NE(dialog(), nullptr);
        QTest::keyClicks(part<QLineEdit>(u"secret"_s), secret);
        if (remember) {
            part<QCheckBox>(u"remember"_s)->click();
        }
        QTest::keyClick(part<QLineEdit>(u"secret"_s), Qt::Key_Return);
        EXPECT_EQ(dialog(), nullptr);
    }

    const QString key = u"password for anna@prover1:22"_s;
    QWidget window;
    FakeStore store;
    std::unique_ptr<AskingShell> shell = std::make_unique<AskingShell>();
};

TEST_F(SecretAnswersTest, AsksAndDoesNotRememberByItself)
{
    ask();
    ASSERT_NE(dialog(), nullptr);
    ASSERT_NE(part<QCheckBox>(u"remember"_s), nullptr);
    EXPECT_FALSE(part<QCheckBox>(u"remember"_s)->isChecked());
    EXPECT_EQ(part<QPushButton>(u"forget"_s), nullptr);
    type(u"hunter2"_s);
    ASSERT_EQ(shell->answers.size(), 1);
    EXPECT_EQ(shell->answers.first(), std::optional(u"hunter2"_s));
    emit shell->opened();
    EXPECT_TRUE(store.kept.isEmpty());
}

TEST_F(SecretAnswersTest, RemembersOnlyAfterTheLoginHasWorked)
{
    ask();
    type(u"hunter2"_s, true);
    EXPECT_TRUE(store.kept.isEmpty());
    emit shell->opened();
    EXPECT_EQ(store.kept.value(key), u"hunter2"_s);
}

TEST_F(SecretAnswersTest, DoesNotRememberWhatWasWrong)
{
    ask();
    type(u"wrong"_s, true);
    ask(true);
    EXPECT_TRUE(texts().contains(u"That was not accepted"_s)) << texts().toStdString();
    type(u"right"_s);
    emit shell->opened();
    EXPECT_TRUE(store.kept.isEmpty());

    ask();
    type(u"wrong"_s, true);
    emit shell->openFailed({ssh::ErrorCode::Authentication, u"refused"_s});
    emit shell->opened();
    EXPECT_TRUE(store.kept.isEmpty());
}

TEST_F(SecretAnswersTest, UsesWhatIsRememberedWithoutAsking)
{
    store.kept.insert(key, u"hunter2"_s);
    ask();
    EXPECT_EQ(dialog(), nullptr);
    ASSERT_EQ(shell->answers.size(), 1);
    EXPECT_EQ(shell->answers.first(), std::optional(u"hunter2"_s));
    emit shell->opened();
    ask(); // a reconnect
    EXPECT_EQ(shell->answers.size(), 2);
    EXPECT_EQ(dialog(), nullptr);
}

TEST_F(SecretAnswersTest, DoesNotTryARefusedOneAgainAndOffersToReplaceIt)
{
    store.kept.insert(key, u"old"_s);
    ask();
    ask(true);
    EXPECT_EQ(shell->answers.size(), 1);
    ASSERT_NE(dialog(), nullptr);
    EXPECT_TRUE(texts().contains(u"What the keychain has"_s)) << texts().toStdString();
    ASSERT_NE(part<QPushButton>(u"forget"_s), nullptr);
    EXPECT_TRUE(part<QCheckBox>(u"remember"_s)->text().contains(u"Replace"_s));
    type(u"new"_s, true);
    emit shell->opened();
    EXPECT_EQ(store.kept.value(key), u"new"_s);
    ask();
    EXPECT_EQ(shell->answers.last(), std::optional(u"new"_s));
    EXPECT_EQ(dialog(), nullptr);
}

TEST_F(SecretAnswersTest, ARefusedOneIsNotTriedInTheNextLoginOfAnyShellEither)
{
    store.kept.insert(key, u"old"_s);
    ask();
    ask(true);
    dialog()->reject();
    EXPECT_EQ(shell->answers.last(), std::nullopt);
    emit shell->openFailed({ssh::ErrorCode::Authentication, u"refused"_s});
    shell = std::make_unique<AskingShell>();
    SetUp();
    ask();
    EXPECT_TRUE(shell->answers.isEmpty());
    ASSERT_NE(dialog(), nullptr);
    EXPECT_NE(part<QPushButton>(u"forget"_s), nullptr);
}

TEST_F(SecretAnswersTest, AskedAgainByAnotherMethodOfTheSameLoginCountsAsRefused)
{
    store.kept.insert(key, u"old"_s);
    ask();
    ask(); // first keyboard-interactive, then password
    EXPECT_EQ(shell->answers.size(), 1);
    ASSERT_NE(dialog(), nullptr);
    EXPECT_TRUE(store.isRefused(key));
}

TEST_F(SecretAnswersTest, TheSameKeyServesTwoHostsOfOneLogin)
{
    store.kept.insert(key, u"phrase"_s);
    ask();
    SecretQuestion second = question();
    second.account = u"anna@prover2"_s;
    emit shell->secretAsked(second);
    EXPECT_EQ(shell->answers.size(), 2);
    EXPECT_EQ(dialog(), nullptr);
}

TEST_F(SecretAnswersTest, AServerThatHangsUpRefusesToo)
{
    store.kept.insert(key, u"old"_s);
    ask();
    emit shell->openFailed({ssh::ErrorCode::Authentication, u"too many attempts"_s});
    EXPECT_TRUE(store.isRefused(key));
}

TEST_F(SecretAnswersTest, ALostConnectionSaysNothingAboutTheSecret)
{
    store.kept.insert(key, u"hunter2"_s);
    ask();
    emit shell->openFailed({ssh::ErrorCode::ConnectionLost, u"gone"_s});
    EXPECT_FALSE(store.isRefused(key));
}

TEST_F(SecretAnswersTest, Forgets)
{
    store.kept.insert(key, u"old"_s);
    ask();
    ask(true);
    part<QPushButton>(u"forget"_s)->click();
    EXPECT_TRUE(store.kept.isEmpty());
    EXPECT_TRUE(texts().contains(u"does not have it any more"_s)) << texts().toStdString();
    EXPECT_FALSE(part<QPushButton>(u"forget"_s)->isEnabled());
    type(u"new"_s);
    ask();
    ASSERT_NE(dialog(), nullptr);
    EXPECT_EQ(part<QPushButton>(u"forget"_s), nullptr) << "there is nothing to forget any more";
}

TEST_F(SecretAnswersTest, SaysWhyItCouldNotForget)
{
    store.kept.insert(key, u"old"_s);
    ask();
    ask(true);
    store.problem = u"The keychain is locked."_s;
    part<QPushButton>(u"forget"_s)->click();
    EXPECT_TRUE(texts().contains(u"The keychain is locked."_s)) << texts().toStdString();
    EXPECT_TRUE(part<QPushButton>(u"forget"_s)->isEnabled());
    EXPECT_TRUE(store.isRefused(key));
}

TEST_F(SecretAnswersTest, SaysWhyNothingCanBeRemembered)
{
    store.problem = u"There is no session bus."_s;
    ask();
    ASSERT_NE(dialog(), nullptr);
    EXPECT_EQ(part<QCheckBox>(u"remember"_s), nullptr);
    EXPECT_TRUE(texts().contains(u"There is no session bus."_s)) << texts().toStdString();
}

TEST_F(SecretAnswersTest, SaysThatItWasNotKept)
{
    ask();
    part<QCheckBox>(u"remember"_s)->click();
    type(u"hunter2"_s);
    store.problem = u"The keychain is locked."_s;
    emit shell->opened();
    QMessageBox *box = nullptr;
    for (QWidget *widget : QApplication::topLevelWidgets()) {
        if (widget->objectName() == u"notRemembered") {
            box = qobject_cast<QMessageBox *>(widget);
        }
    }
    ASSERT_NE(box, nullptr);
    EXPECT_TRUE(box->text().contains(u"The keychain is locked."_s));
    EXPECT_FALSE(box->text().contains(u"hunter2"_s));
    box->close();
}

TEST_F(SecretAnswersTest, ACodeForOneLoginIsNeverOfferedToBeRemembered)
{
    SecretQuestion code{.kind = SecretQuestion::Kind::KeyboardInteractive,
                        .prompt = u"Verification code:"_s,
                        .account = u"anna@prover1"_s};
    emit shell->secretAsked(code);
    ASSERT_NE(dialog(), nullptr);
    EXPECT_EQ(part<QCheckBox>(u"remember"_s), nullptr);
    EXPECT_TRUE(store.asked.isEmpty());
    type(u"123456"_s);
    EXPECT_EQ(shell->answers.last(), std::optional(u"123456"_s));
}

TEST_F(SecretAnswersTest, AnAnswerOfTheStoreThatComesTooLateIsDropped)
{
    store.kept.insert(key, u"hunter2"_s);
    store.isPrompt = false;
    ask();
    emit shell->openFailed({ssh::ErrorCode::Timeout, u"too slow"_s});
    store.answerAll();
    EXPECT_TRUE(shell->answers.isEmpty());
    EXPECT_EQ(dialog(), nullptr);

    ask();
    shell.reset();
    store.answerAll(); // nobody is there any more
    EXPECT_EQ(dialog(), nullptr);
}

TEST_F(SecretAnswersTest, TheDialogGoesWhenTheLoginIsOver)
{
    ask();
    ASSERT_NE(dialog(), nullptr);
    emit shell->openFailed({ssh::ErrorCode::Timeout, u"too slow"_s});
    EXPECT_EQ(dialog(), nullptr);
    EXPECT_TRUE(shell->answers.isEmpty());
}

TEST_F(SecretAnswersTest, WithoutAStoreItOnlyAsks)
{
    shell = std::make_unique<AskingShell>();
    answerWithDialogs(*shell, [this]() -> QWidget * { return &window; });
    ask();
    ASSERT_NE(dialog(), nullptr);
    EXPECT_EQ(part<QCheckBox>(u"remember"_s), nullptr);
    EXPECT_TRUE(texts().contains(u"not stored"_s));
    type(u"hunter2"_s);
    emit shell->opened();
    EXPECT_EQ(shell->answers.last(), std::optional(u"hunter2"_s));
}

TEST_F(SecretAnswersTest, TheFieldIsEmptyOnceItWasRead)
{
    SecretDialog one(question());
    QTest::keyClicks(one.findChild<QLineEdit *>(u"secret"_s), u"hunter2"_s);
    EXPECT_EQ(one.takeSecret(), u"hunter2"_s);
    EXPECT_EQ(one.findChild<QLineEdit *>(u"secret"_s)->text(), QString());
    EXPECT_FALSE(one.findChild<QLineEdit *>(u"secret"_s)->isUndoAvailable());
}

} // namespace
} // namespace proverdeck::ui
