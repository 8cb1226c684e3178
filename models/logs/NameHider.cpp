// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/NameHider.h"

#include <QByteArrayMatcher>
#include <QSet>

#include <arpa/inet.h>

#include <algorithm>

namespace proverdeck::models {

namespace {

constexpr qsizetype ShortestName = 3;
constexpr qsizetype LongestAddress = 45;

/// Never hidden: they say nothing about anybody.
const QSet<QByteArray> &publicNames()
{
    static const QSet<QByteArray> names{"localhost", "root", "demo", "localdomain", "nobody"};
    return names;
}

/// Words of logs and paths that also serve as names.
const QSet<QByteArray> &ordinaryWords()
{
    static const QSet<QByteArray> words{
        "prover",  "server", "node",    "gpu",       "host",  "ubuntu", "debian", "admin",
        "user",    "test",   "bench",   "ethrex",    "aztec", "remote", "box",    "main",
        "dev",     "prod",   "runner",  "build",     "home",  "docker", "worker", "broker",
        "cluster", "lab",    "bento",   "miner",     "rig",   "vast",   "cloud",  "proverdeck",
        "ssh",     "git",    "network", "sequencer", "proof", "risc0",  "sp1",    "boundless"};
    return words;
}

bool isWordByte(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')
        || (letter >= '0' && letter <= '9') || letter == '_' || letter == '-' || letter < 0;
}

bool isDigit(char letter)
{
    return letter >= '0' && letter <= '9';
}

bool isAddressByte(char letter)
{
    return isDigit(letter) || (letter >= 'a' && letter <= 'f') || (letter >= 'A' && letter <= 'F')
        || letter == ':' || letter == '.';
}

bool precededBy(const QByteArray &text, qsizetype at, const char *part)
{
    return text.first(at).endsWith(part);
}

/// Beside "@" or in the path of a home folder.
bool isInPlaceOfName(const QByteArray &text, qsizetype at, qsizetype end)
{
    return (at > 0 && text.at(at - 1) == '@') || (end < text.size() && text.at(end) == '@')
        || precededBy(text, at, "/home/") || precededBy(text, at, "/Users/");
}

/// A network address that is worth hiding.
bool isAddress(const QByteArray &text)
{
    in_addr four{};
    if (inet_pton(AF_INET, text.constData(), &four) == 1) {
        const quint32 address = ntohl(four.s_addr);
        return address != 0 && address != 0xffffffffU && (address >> 24) != 127;
    }
    in6_addr six{};
    return inet_pton(AF_INET6, text.constData(), &six) == 1 && !IN6_IS_ADDR_LOOPBACK(&six)
        && !IN6_IS_ADDR_UNSPECIFIED(&six);
}

} // namespace

void NameHider::addHost(const QString &host)
{
    QByteArray name = host.trimmed().toUtf8();
    const qsizetype at = name.lastIndexOf('@');
    if (at >= 0) {
        addUser(QString::fromUtf8(name.first(at)));
        name = name.mid(at + 1);
    }
    if (name.startsWith('[')) {
        name = name.mid(1, name.indexOf(']') - 1);
    } else if (name.count(':') == 1) {
        name = name.first(name.indexOf(':'));
    }
    if (name.isEmpty() || publicNames().contains(name.toLower()) || isAddress(name)) {
        return; // addresses are found by themselves
    }
    const QByteArray standIn = standInFor("host", name.toLower());
    add(name, standIn);
    add(name.toLower(), standIn);
    const qsizetype dot = name.indexOf('.');
    if (dot > 0) {
        add(name.first(dot), standIn);
    }
}

void NameHider::addUser(const QString &user)
{
    const QByteArray name = user.trimmed().toUtf8();
    if (!name.isEmpty() && !publicNames().contains(name.toLower())) {
        add(name, standInFor("user", name));
    }
}

void NameHider::learn(const QByteArray &text)
{
    for (const QByteArray &folder : {QByteArray("/home/"), QByteArray("/Users/")}) {
        const QByteArrayMatcher matcher(folder);
        for (qsizetype at = matcher.indexIn(text); at >= 0;
             at = matcher.indexIn(text, at + folder.size())) {
            const qsizetype from = at + folder.size();
            qsizetype end = from;
            while (end < text.size() && end - from < 64
                   && (isWordByte(text.at(end)) || text.at(end) == '.')) {
                ++end;
            }
            if (end < text.size() && text.at(end) == '/') {
                addUser(QString::fromUtf8(text.mid(from, end - from)));
            }
        }
    }
}

void NameHider::add(const QByteArray &name, const QByteArray &standIn)
{
    const QByteArray lower = name.toLower();
    const bool isKnown = std::any_of(m_names.begin(), m_names.end(),
                                     [&name](const Name &one) { return one.name == name; });
    if (isKnown) {
        return;
    }
    m_names << Name{name, standIn, name.size() < ShortestName || ordinaryWords().contains(lower)};
    std::stable_sort(m_names.begin(), m_names.end(),
                     [](const Name &a, const Name &b) { return a.name.size() > b.name.size(); });
}

QByteArray NameHider::standInFor(const QByteArray &kind, const QByteArray &name)
{
    QByteArray &standIn = m_standIns[kind + ' ' + name];
    if (standIn.isEmpty()) {
        standIn = kind + '-' + QByteArray::number(++m_numbers[kind]);
    }
    return standIn;
}

void NameHider::findNames(const QByteArray &text, QList<Hit> &hits) const
{
    for (const Name &one : m_names) {
        const QByteArrayMatcher matcher(one.name);
        for (qsizetype at = matcher.indexIn(text); at >= 0; at = matcher.indexIn(text, at + 1)) {
            const qsizetype end = at + one.name.size();
            const bool isWhole = (at == 0 || !isWordByte(text.at(at - 1)))
                && (end == text.size() || !isWordByte(text.at(end)));
            if (isWhole && (!one.isOrdinary || isInPlaceOfName(text, at, end))) {
                hits << Hit{at, one.name.size(), one.standIn};
            }
        }
    }
}

void NameHider::findAddresses(const QByteArray &text, QList<Hit> &hits)
{
    qsizetype at = 0;
    while (at < text.size()) {
        if (!isAddressByte(text.at(at))) {
            ++at;
            continue;
        }
        qsizetype end = at;
        int dots = 0;
        int colons = 0;
        while (end < text.size() && isAddressByte(text.at(end))) {
            dots += text.at(end) == '.' ? 1 : 0;
            colons += text.at(end) == ':' ? 1 : 0;
            ++end;
        }
        const qsizetype from = at;
        at = end;
        const bool isBounded = (from == 0 || !isWordByte(text.at(from - 1)))
            && (end == text.size() || !isWordByte(text.at(end)));
        if (!isBounded || (dots < 3 && colons < 2)) {
            continue;
        }
        QByteArray part = text.mid(from, end - from);
        const QByteArray host = part.first(part.contains(':') ? part.indexOf(':') : part.size());
        if (host.count('.') >= 3) { // 192.0.2.1:8545, 192.0.2.1:8545: or 192.0.2.1.
            part = host;
        }
        while (part.endsWith('.') || (part.endsWith(':') && !part.endsWith("::"))) {
            part.chop(1);
        }
        if (part.size() <= LongestAddress && isAddress(part)) {
            hits << Hit{from, part.size(), standInFor("ip", part)};
        }
    }
}

QByteArray NameHider::hidden(const QByteArray &text, int *count)
{
    QList<Hit> hits;
    findNames(text, hits);
    findAddresses(text, hits);
    std::stable_sort(hits.begin(), hits.end(), [](const Hit &a, const Hit &b) {
        return a.at != b.at ? a.at < b.at : a.size > b.size;
    });
    QByteArray result;
    result.reserve(text.size());
    qsizetype done = 0;
    for (const Hit &hit : std::as_const(hits)) {
        if (hit.at < done) {
            continue; // inside a longer name
        }
        result.append(QByteArrayView(text).sliced(done, hit.at - done));
        result.append(hit.standIn);
        done = hit.at + hit.size;
        if (count) {
            ++*count;
        }
    }
    result.append(QByteArrayView(text).sliced(done));
    return result;
}

} // namespace proverdeck::models
