// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/NameHider.h"

#include "support/Test.h"

namespace proverdeck::models {
namespace {

using namespace Qt::StringLiterals;

TEST(NameHiderTest, GivesTheSameStandInForTheSameName)
{
    NameHider hider;
    hider.addHost(u"anna@falcon.example.org:2222"_s);
    hider.addHost(u"osprey"_s);
    int count = 0;
    EXPECT_EQ(
        hider.hidden("anna@falcon.example.org:2222 falcon osprey:22 /home/anna/x falconry", &count),
        "user-1@host-1:2222 host-1 host-2:22 /home/user-1/x falconry");
    EXPECT_EQ(count, 5);
}

TEST(NameHiderTest, HidesAddresses)
{
    NameHider hider;
    EXPECT_EQ(hider.hidden("to 192.0.2.7:8545, 192.0.2.8. and 192.0.2.7; [2001:db8::1]:22 ok"),
              "to ip-1:8545, ip-2. and ip-1; [ip-3]:22 ok");
}

TEST(NameHiderTest, KeepsWhatIsNoName)
{
    NameHider hider;
    hider.addHost(u"prover"_s);
    hider.addHost(u"root@localhost"_s);
    hider.addUser(u"ab"_s);
    const QByteArray text = "prover: 127.0.0.1:1729 0.0.0.0 ::1 localhost root state_root 12:30:45 "
                            "ethrex::l2::x v1.2.3 10.5.1 about /root/x 999.1.1.1";
    EXPECT_EQ(hider.hidden(text), text);
    EXPECT_EQ(hider.hidden("bob@prover ab@x /home/ab/y"), "bob@host-1 user-1@x /home/user-1/y");
}

TEST(NameHiderTest, LearnsTheOwnersOfHomeFolders)
{
    NameHider hider;
    hider.learn("Running `/home/gertrude/ethrex/target/release/ethrex`\n/Users/hugo.m/x\n/home/");
    EXPECT_EQ(hider.hidden("gertrude ran it as hugo.m"), "user-1 ran it as user-2");
}

TEST(NameHiderTest, TakesBrokenNames)
{
    NameHider hider;
    for (const char *name : {"", "@", "@@", ":", "[", "[]", "[::1", "a@", "@b", " x "}) {
        hider.addHost(QString::fromLatin1(name));
    }
    EXPECT_EQ(hider.hidden(QByteArray()), "");
    EXPECT_EQ(hider.hidden("plain text [ @ :"), "plain text [ @ :");
}

TEST(NameHiderTest, HidesAnAddressWithItsPortBeforeAColon)
{
    NameHider hider;
    EXPECT_EQ(hider.hidden("to http://192.0.2.10:8081: refused, ::ffff:192.0.2.10: too"),
              QByteArray("to http://ip-1:8081: refused, ip-2: too"));
}

} // namespace
} // namespace proverdeck::models
