// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/HostConfig.h"

#include "support/Test.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

namespace proverdeck::ssh {
namespace {

using namespace Qt::StringLiterals;

void write(const QString &path, const QByteArray &text)
{
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(text);
}

struct Typed
{
    QString text;
    HostAddress expected;
};

TEST(HostAddress, ReadsEveryForm)
{
    const Typed table[] = {
        {u"gpu-1"_s, {u"gpu-1"_s, {}, {}}},
        {u" me@gpu.example "_s, {u"gpu.example"_s, u"me"_s, {}}},
        {u"me@gpu.example:2222"_s, {u"gpu.example"_s, u"me"_s, 2222}},
        {u"10.0.0.7:22"_s, {u"10.0.0.7"_s, {}, 22}},
        {u"[fe80::1%eth0]:2222"_s, {u"fe80::1%eth0"_s, {}, 2222}},
        {u"me@[2001:db8::1]"_s, {u"2001:db8::1"_s, u"me"_s, {}}},
        {u"2001:db8::1"_s, {u"2001:db8::1"_s, {}, {}}},
        {u"::1"_s, {u"::1"_s, {}, {}}},
        {u"me@[::1]:2222"_s, {u"::1"_s, u"me"_s, 2222}},
        {u"ssh://me@gpu.example:2200/"_s, {u"gpu.example"_s, u"me"_s, 2200}},
        {u"DOMAIN\\me@gpu"_s, {u"gpu"_s, u"DOMAIN\\me"_s, {}}},
        {u"me@corp.example@gpu"_s, {u"gpu"_s, u"me@corp.example"_s, {}}},
    };
    for (const Typed &row : table) {
        const Result<HostAddress> address = parseHostAddress(row.text);
        ASSERT_TRUE(address) << row.text.toStdString();
        EXPECT_EQ(*address, row.expected) << row.text.toStdString();
    }
}

TEST(HostAddress, RefusesWhatSshCouldMisread)
{
    for (const QString &text : {u""_s,         u"   "_s,      u"-oProxyCommand=x"_s,
                                u"me@-x"_s,    u"-me@host"_s, u"a b"_s,
                                u"a;b"_s,      u"$(id)"_s,    u"host\nother"_s,
                                u"host:"_s,    u"host:0"_s,   u"host:65536"_s,
                                u"host:+22"_s, u"host:22x"_s, u"[::1"_s,
                                u"[::1]x"_s,   u"[::1]:"_s,   u"@host"_s,
                                u"me@"_s,      u"häuser"_s,   QString(600, u'a')}) {
        const Result<HostAddress> address = parseHostAddress(text);
        ASSERT_FALSE(address) << text.toStdString();
        EXPECT_EQ(address.error().code, ErrorCode::BadInput);
        EXPECT_FALSE(address.error().detail.isEmpty());
    }
}

TEST(HostConfig, ReadsTheAnswerOfSsh)
{
    const QByteArray output = "host gpu\nuser me\nhostname 10.0.0.7\nport 2222\n"
                              "identitiesonly yes\nhashknownhosts yes\nconnecttimeout none\n"
                              "serveraliveinterval 15\nproxyjump hop\n"
                              "identityagent SSH_AUTH_SOCK\nhostkeyalias none\n"
                              "identityfile ~/.ssh/id_%h_%r with blank\n"
                              "identityfile %d/k%%%p%n\nidentityfile none\n"
                              "userknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/kh2\n"
                              "globalknownhostsfile none\nstricthostkeychecking ask\n"
                              "preferredauthentications publickey,password\n";
    const Result<HostConfig> config
        = parseHostConfig(output, u"gpu"_s, u"/home/me"_s, [](const QString &name) {
              return name == u"SSH_AUTH_SOCK"_s ? u"/run/agent"_s : QString();
          });
    ASSERT_TRUE(config);
    EXPECT_EQ(config->hostName, u"10.0.0.7"_s);
    EXPECT_EQ(config->user, u"me"_s);
    EXPECT_EQ(config->port, 2222);
    EXPECT_TRUE(config->identitiesOnly);
    EXPECT_TRUE(config->hashKnownHosts);
    EXPECT_FALSE(config->connectTimeout);
    EXPECT_EQ(config->serverAliveInterval, std::chrono::seconds(15));
    EXPECT_EQ(config->proxyJump, u"hop"_s);
    EXPECT_EQ(config->agentSocket, u"/run/agent"_s);
    EXPECT_TRUE(config->hostKeyAlias.isEmpty());
    EXPECT_EQ(config->identityFiles,
              (QStringList{u"/home/me/.ssh/id_10.0.0.7_me with blank"_s, u"/home/me/k%2222gpu"_s}));
    EXPECT_EQ(config->userKnownHostsFiles,
              (QStringList{u"/home/me/.ssh/known_hosts"_s, u"/home/me/.ssh/kh2"_s}));
    EXPECT_TRUE(config->globalKnownHostsFiles.isEmpty());
    EXPECT_EQ(config->preferredAuthentications, (QStringList{u"publickey"_s, u"password"_s}));
}

TEST(HostConfig, RefusesTokensThatItDoesNotKnow)
{
    const auto nothing = [](const QString &) { return QString(); };
    const Result<HostConfig> config = parseHostConfig(
        "hostname h\nuser u\nport 22\nidentityfile ~/%C\n", u"h"_s, u"/h"_s, nothing);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, ErrorCode::Config);
    EXPECT_FALSE(parseHostConfig("port 0\n", u"h"_s, u"/h"_s, nothing));
}

TEST(HostConfig, FindsPathsWithBlanksThatExist)
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"known hosts"_s);
    write(file, "");
    const QByteArray output = "hostname h\nuser u\nport 22\nuserknownhostsfile /x " + file.toUtf8()
        + " /y\nidentityagent none\n";
    const Result<HostConfig> config
        = parseHostConfig(output, u"h"_s, u"/h"_s, [](const QString &) { return u"/sock"_s; });
    ASSERT_TRUE(config);
    EXPECT_EQ(config->userKnownHostsFiles, (QStringList{u"/x"_s, file, u"/y"_s}));
    EXPECT_FALSE(config->agentSocket);
}

TEST(HostConfig, PassesOnOnlyWhatWasTyped)
{
    EXPECT_EQ(hostConfigArguments({u"gpu"_s, {}, {}}, {}),
              (QStringList{u"-G"_s, u"--"_s, u"gpu"_s}));
    EXPECT_EQ(hostConfigArguments({u"gpu"_s, u"me"_s, 2222}, u"/c"_s),
              (QStringList{u"-G"_s, u"-F"_s, u"/c"_s, u"-p"_s, u"2222"_s, u"-l"_s, u"me"_s, u"--"_s,
                           u"gpu"_s}));
}

TEST(HostConfig, AsksTheRealSsh)
{
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"config"_s);
    write(file, "Host gpu\n HostName 192.0.2.1\n User me\n Port 2200\n IdentityFile ~/k_%n\n");
    const auto never = [] { return false; };
    const Result<HostConfig> config = lookUpHostConfig({u"gpu"_s, u"you"_s, {}}, file, never);
    if (!config && config.error().code == ErrorCode::Local) {
        GTEST_SKIP() << "there is no ssh program";
    }
    ASSERT_TRUE(config) << config.error().detail.toStdString();
    EXPECT_EQ(config->hostName, u"192.0.2.1"_s);
    EXPECT_EQ(config->user, u"you"_s);
    EXPECT_EQ(config->port, 2200);
    EXPECT_TRUE(config->identityFiles.value(0).endsWith(u"/k_gpu"_s));
    EXPECT_FALSE(lookUpHostConfig({u"gpu"_s, {}, {}}, folder.filePath(u"none"_s), never));
}

TEST(ConfiguredHosts, FollowsIncludesWithoutLoops)
{
    const QTemporaryDir folder;
    const QString main = folder.filePath(u"config"_s);
    QDir(folder.path()).mkdir(u"conf.d"_s);
    write(main,
          "# Host comment\nInclude " + folder.path().toUtf8()
              + "/conf.d/*.conf\n"
                "Host gpu-1 gpu-2 *.example !gpu-3 # note\n\tHostName x\nHOST=\"gpu-4\" h?\n"
                "host gpu-1\nMatch host gpu-9\n");
    write(folder.filePath(u"conf.d/a.conf"_s), "Host from-a\r\nInclude " + main.toUtf8() + "\n");
    write(folder.filePath(u"conf.d/b.conf"_s), "Host from-b\n");
    EXPECT_EQ(configuredHosts(main),
              (QStringList{u"from-a"_s, u"from-b"_s, u"gpu-1"_s, u"gpu-2"_s, u"gpu-4"_s}));
    EXPECT_TRUE(configuredHosts(folder.filePath(u"none"_s)).isEmpty());
}

} // namespace
} // namespace proverdeck::ssh
