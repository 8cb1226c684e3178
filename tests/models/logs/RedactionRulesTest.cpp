// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/RedactionRules.h"

#include "models/logs/Redactor.h"
#include "support/Test.h"

#include <QFile>
#include <QTemporaryDir>

namespace proverdeck::models {
namespace {

using namespace Qt::StringLiterals;

QByteArray throughAll(const QByteArray &text)
{
    static const auto rules = RedactionRules::load({}); // without a user's file
    return redacted(text, rules);
}

TEST(RedactionRulesTest, EveryExampleHoldsForItsRuleAlone)
{
    const auto rules = RedactionRules::load({});
    EXPECT_GE(rules->rules().size(), 20);
    EXPECT_EQ(rules->brokenExample(0, u"built in"_s), QString());
    EXPECT_EQ(rules->problem(), QString());
}

TEST(RedactionRulesTest, EveryExampleHoldsWithAllRules)
{
    const auto rules = RedactionRules::load({});
    for (const RedactionRule &rule : rules->rules()) {
        EXPECT_FALSE(rule.title.isEmpty());
        for (const QString &example : rule.hides) {
            const RedactionExample wanted = readExample(example);
            EXPECT_NE(wanted.text, wanted.masked) << rule.id.toStdString();
            EXPECT_EQ(throughAll(wanted.text), wanted.masked) << rule.id.toStdString();
        }
        for (const QString &example : rule.keeps) {
            EXPECT_EQ(throughAll(example.toUtf8()), example.toUtf8()) << rule.id.toStdString();
        }
    }
}

TEST(RedactionRulesTest, OneSecretIsCountedOnceHoweverManyRulesFindIt)
{
    const auto rules = RedactionRules::load({});
    for (const RedactionRule &rule : rules->rules()) {
        for (const QString &example : rule.hides) {
            int count = 0;
            (void)redacted(readExample(example).text, &count);
            EXPECT_EQ(count, example.count(u'⟦'))
                << rule.id.toStdString() << ": " << example.toStdString();
        }
    }
}

struct Broken
{
    const char *name;
    const char *toml;
    const char *says;
};

class BrokenRules : public ::testing::TestWithParam<Broken>
{
};

TEST_P(BrokenRules, AreRefusedWithTheirLine)
{
    RedactionRules rules;
    const auto added = rules.add(GetParam().toml, u"my.toml"_s);
    ASSERT_FALSE(added);
    EXPECT_TRUE(added.error().contains(QString::fromUtf8(GetParam().says)))
        << added.error().toStdString();
    EXPECT_TRUE(added.error().contains(u"my.toml, line "_s)) << added.error().toStdString();
    EXPECT_TRUE(rules.rules().isEmpty());
}

const char *const kGood = R"([[rule]]
id = "a"
title = "b"
words = ["abc"]
expression = 'abc=(?<secret>\d+)'
hides = ["abc=⟦12⟧"]
)";

/// Taken as it is, toml++ would recurse once for each part until the stack ends.
const QByteArray kManyParts = "# mine\n" + QByteArray("a.").repeated(5000) + "b = 1\n";

INSTANTIATE_TEST_SUITE_P(
    All, BrokenRules,
    ::testing::Values(
        Broken{"NoToml", "[[rule]]\nid = \"a", "line 2"},
        Broken{"NoId", "\n\n[[rule]]\ntitle = \"x\"\n", "line 3: A [[rule]] needs the key \"id\""},
        Broken{"BadId", "[[rule]]\nid = \"A b\"\n", "line 2"},
        Broken{"NoTitle", "[[rule]]\nid = \"a\"\n", "\"title\""},
        Broken{"NoWords", "[[rule]]\nid = \"a\"\ntitle = \"b\"\n", "\"words\""},
        Broken{"ShortWord", "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"ab\"]\n",
               "line 4: Rule \"a\": the word \"ab\""},
        Broken{"CapitalWord", "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"Abc\"]\n", "line 4"},
        Broken{"WordsOfNumbers", "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [1]\n", "line 4"},
        Broken{"BadExpression",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = '('\n",
               "line 5: Rule \"a\": the key \"expression\" is no valid expression"},
        Broken{"NoGroup",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = 'abc'\n",
               "(?<secret>"},
        Broken{"MatchesNothing",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = "
               "'(?<secret>a*)'\n",
               "empty text"},
        Broken{"UnknownPart",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = '%no%'\n",
               "%no%"},
        Broken{"UnknownKey",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = "
               "'abc(?<secret>x)'\nhides = [\"x\"]\nremove = true\n",
               "line 7: Rule \"a\" has the key \"remove\""},
        Broken{"UnknownTable", "[rules]\n", "\"rules\""},
        Broken{"LinesWithoutBegin",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = "
               "'abc(?<secret>x)'\nlines = 2\n",
               "\"begin\""},
        Broken{"BeginWithoutLines",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = "
               "'abc(?<secret>x)'\nbegin = 'x'\n",
               "\"lines\""},
        Broken{"NoExamples",
               "[[rule]]\nid = \"a\"\ntitle = \"b\"\nwords = [\"abc\"]\nexpression = "
               "'abc(?<secret>x)'\n",
               "\"hides\""},
        Broken{"KeyOfManyParts", kManyParts.constData(), "line 2: the key has too many parts"}),
    [](const ::testing::TestParamInfo<Broken> &one) { return std::string(one.param.name); });

TEST(RedactionRulesTest, ABuiltInRuleCannotBeReplaced)
{
    RedactionRules rules = *RedactionRules::load({});
    const qsizetype before = rules.rules().size();
    QByteArray again(kGood);
    again.replace("id = \"a\"", "id = \"private-key\"");
    const auto added = rules.add(again, u"my.toml"_s);
    ASSERT_FALSE(added);
    EXPECT_TRUE(added.error().contains(u"not replaced"_s)) << added.error().toStdString();
    EXPECT_EQ(rules.rules().size(), before);
}

class UserRules : public ::testing::Test
{
protected:
    std::shared_ptr<const RedactionRules> with(const QByteArray &toml)
    {
        QFile file(folder.filePath(u"redaction.toml"_s));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(toml);
        file.close();
        return RedactionRules::load(file.fileName());
    }

    const QByteArray text = "abc=12 password=hunter2";
    const qsizetype builtIn = RedactionRules::load({})->rules().size();
    QTemporaryDir folder;
};

TEST_F(UserRules, AreAdded)
{
    const auto rules = with(kGood);
    EXPECT_EQ(rules->problem(), QString());
    EXPECT_EQ(rules->rules().size(), builtIn + 1);
    EXPECT_EQ(redacted(text, rules), "abc=** password=*******");
}

TEST_F(UserRules, MayUseTheBuiltInParts)
{
    QByteArray toml(kGood);
    toml.replace(R"('abc=(?<secret>\d+)')", "'abc=%hex-key%'");
    const QByteArray example = "⟦" + QByteArray(64, '1') + "⟧";
    toml.replace("⟦12⟧", example);
    EXPECT_EQ(with(toml)->problem(), QString());
}

TEST_F(UserRules, ABrokenFileLeavesTheBuiltInRules)
{
    const auto rules = with("[[rule]]\nid = 7\n");
    EXPECT_TRUE(rules->problem().contains(u"redaction.toml, line 2"_s))
        << rules->problem().toStdString();
    EXPECT_EQ(rules->rules().size(), builtIn);
    EXPECT_EQ(redacted(text, rules), "abc=12 password=*******");
}

TEST_F(UserRules, AnExampleThatDoesNotHoldIsAnError)
{
    for (const char *example : {"hides = [\"abc=⟦x⟧\"]", "hides = [\"abc=12\"]",
                                "hides = [\"abc=⟦12⟧\"]\nkeeps = [\"abc=7\"]"}) {
        QByteArray toml(kGood);
        toml.replace("hides = [\"abc=⟦12⟧\"]", example);
        const auto rules = with(toml);
        EXPECT_TRUE(rules->problem().contains(u"Rule \"a\" does not hold"_s)) << example;
        EXPECT_EQ(rules->rules().size(), builtIn) << example;
    }
}

TEST_F(UserRules, AFileThatIsNotThereIsNoProblem)
{
    const auto rules = RedactionRules::load(folder.filePath(u"none.toml"_s));
    EXPECT_EQ(rules->problem(), QString());
    EXPECT_EQ(rules->rules().size(), builtIn);
}

TEST(RedactionRulesTest, NamesRulesForPeople)
{
    EXPECT_EQ(redactionRules()->titleOf(u"private-key"_s), u"private keys of accounts"_s);
    EXPECT_EQ(redactionRules()->titleOf(u"no-such-rule"_s), u"no-such-rule"_s);
    EXPECT_TRUE(userRedactionFile().endsWith(u"/proverdeck/redaction.toml"_s));
}

} // namespace
} // namespace proverdeck::models
