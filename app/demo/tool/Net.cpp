// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace proverdeck::demo {
namespace {

constexpr std::size_t MaxRequest = 16U << 20U;

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

const sockaddr *generic(const sockaddr_in &address)
{
    return static_cast<const sockaddr *>(static_cast<const void *>(&address));
}

bool sendAll(int descriptor, std::string_view data)
{
    while (!data.empty()) {
        const ssize_t sent = ::send(descriptor, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return false;
        }
        data.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    return true;
}

bool readAll(int descriptor, std::string &data)
{
    std::array<char, 16384> buffer{};
    while (true) {
        const ssize_t got = recv(descriptor, buffer.data(), buffer.size(), 0);
        if (got == 0) {
            return true;
        }
        if (got < 0 && (errno != EINTR || stopSignal() != 0)) {
            return false;
        }
        data.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    }
}

/// The value of a header, looked for without regard to case.
std::string header(const std::string &head, const char *name)
{
    for (const std::string &line : split(head, '\n')) {
        const auto colon = line.find(':');
        if (colon != std::string::npos && strcasecmp(line.substr(0, colon).c_str(), name) == 0) {
            std::string value = line.substr(colon + 1);
            value.erase(0, value.find_first_not_of(" \t"));
            value.erase(value.find_last_not_of(" \t\r") + 1);
            return value;
        }
    }
    return {};
}

const char *reason(int status)
{
    return status == 200 ? "OK"
        : status == 404  ? "Not Found"
        : status == 405  ? "Method Not Allowed"
                         : "Bad Request";
}

} // namespace

int listenOn(int port)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(port);
    if (bind(descriptor, generic(address), sizeof address) != 0 || listen(descriptor, 256) != 0) {
        const int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

int connectTo(int port)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 30, .tv_usec = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const sockaddr_in address = loopback(port);
    if (connect(descriptor, generic(address), sizeof address) != 0) {
        const int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

std::optional<std::string> exchange(int port, const std::string &request)
{
    const int descriptor = connectTo(port);
    if (descriptor < 0) {
        return std::nullopt;
    }
    std::string answer;
    const bool isDone = sendAll(descriptor, request) && shutdown(descriptor, SHUT_WR) == 0
        && readAll(descriptor, answer);
    const int error = errno;
    close(descriptor);
    errno = error;
    return isDone ? std::optional(std::move(answer)) : std::nullopt;
}

/// To its end, or to the length that its head names: not everybody closes when asked to.
static bool readReply(int descriptor, std::string &reply)
{
    static const std::string Length = "Content-Length: ";
    std::array<char, 4096> part{};
    while (true) {
        const auto end = reply.find("\r\n\r\n");
        const auto at = reply.find(Length);
        if (end != std::string::npos && at < end
            && reply.size()
                >= end + 4 + static_cast<std::size_t>(number(reply.substr(at + Length.size())))) {
            return true;
        }
        const ssize_t size = read(descriptor, part.data(), part.size());
        if (size <= 0) {
            return size == 0;
        }
        reply.append(part.data(), static_cast<std::size_t>(size));
    }
}

std::optional<std::string> httpPost(const std::string &host, int port, const std::string &body)
{
    const int descriptor = connectTo(port);
    if (descriptor < 0) {
        return std::nullopt;
    }
    const std::string head = "POST / HTTP/1.1\r\nHost: " + host + text(":%d", port)
        + "\r\nContent-Type: application/json\r\nConnection: close\r\n"
        + text("Content-Length: %zu\r\n\r\n", body.size());
    std::string answer;
    const bool isDone = sendAll(descriptor, head + body) && readReply(descriptor, answer);
    close(descriptor);
    const auto end = answer.find("\r\n\r\n");
    const bool isGood
        = isDone && end != std::string::npos && answer.find(" 200 ") < answer.find('\r');
    return isGood ? std::optional(answer.substr(end + 4)) : std::nullopt;
}

Server::~Server()
{
    for (const Port &port : m_ports) {
        close(port.descriptor);
    }
    for (const Connection &connection : m_connections) {
        close(connection.descriptor);
    }
}

bool Server::add(int port, HttpHandler http, RawHandler raw)
{
    const int descriptor = listenOn(port);
    if (descriptor >= 0) {
        m_ports.push_back({descriptor, std::move(http), std::move(raw)});
    }
    return descriptor >= 0;
}

bool Server::addHttp(int port, HttpHandler handler)
{
    return add(port, std::move(handler), nullptr);
}

bool Server::addRaw(int port, RawHandler handler)
{
    return add(port, nullptr, std::move(handler));
}

bool Server::addDeaf(int port)
{
    return add(port, nullptr, nullptr);
}

void Server::serve(std::chrono::milliseconds atMost)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + atMost;
    while (stopSignal() == 0) {
        std::vector<pollfd> waits;
        for (const Port &port : m_ports) {
            waits.push_back({port.descriptor, POLLIN, 0});
        }
        for (const Connection &connection : m_connections) {
            const int events
                = (connection.hasEnded ? 0 : POLLIN) | (connection.output.empty() ? 0 : POLLOUT);
            waits.push_back({connection.descriptor, static_cast<short>(events), 0});
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        if (poll(waits.data(), waits.size(), static_cast<int>(std::max<long long>(0, left))) < 0) {
            return;
        }
        for (std::size_t i = 0; i < m_connections.size(); ++i) {
            const short events = waits[m_ports.size() + i].revents;
            if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !m_connections[i].hasEnded) {
                receive(m_connections[i]);
            } else if ((events & (POLLHUP | POLLERR)) != 0) {
                m_connections[i].isDead = true;
            }
            send(m_connections[i]);
        }
        for (std::size_t i = 0; i < m_ports.size(); ++i) {
            if ((waits[i].revents & POLLIN) != 0) {
                accept(i);
            }
        }
        const auto dead = std::stable_partition(
            m_connections.begin(), m_connections.end(),
            [](const Connection &connection) { return !connection.isDead; });
        std::for_each(dead, m_connections.end(),
                      [](const Connection &connection) { close(connection.descriptor); });
        m_connections.erase(dead, m_connections.end());
        if (left <= 0) {
            return;
        }
    }
}

void Server::accept(std::size_t port)
{
    while (true) {
        const int descriptor
            = accept4(m_ports[port].descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            return;
        }
        m_connections.push_back({.descriptor = descriptor, .port = port});
    }
}

void Server::receive(Connection &connection)
{
    std::array<char, 65536> buffer{};
    const ssize_t got = recv(connection.descriptor, buffer.data(), buffer.size(), 0);
    if (got < 0) {
        connection.isDead = errno != EAGAIN && errno != EINTR;
        return;
    }
    connection.hasEnded = got == 0;
    connection.input.append(buffer.data(), static_cast<std::size_t>(got));
    const Port &port = m_ports[connection.port];
    if (port.http) {
        handleHttp(connection);
    } else if (port.raw) {
        handleRaw(connection);
    } else {
        connection.input.clear();
        connection.isDead = connection.hasEnded;
    }
    connection.isDead = connection.isDead || connection.input.size() > MaxRequest;
}

void Server::send(Connection &connection)
{
    if (!connection.output.empty()) {
        const ssize_t sent = ::send(connection.descriptor, connection.output.data(),
                                    connection.output.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            connection.isDead = connection.isDead || (errno != EAGAIN && errno != EINTR);
            return;
        }
        connection.output.erase(0, static_cast<std::size_t>(sent));
    }
    connection.isDead
        = connection.isDead || (connection.output.empty() && connection.closesAfterOutput);
}

void Server::handleHttp(Connection &connection)
{
    while (!connection.closesAfterOutput) {
        const auto end = connection.input.find("\r\n\r\n");
        if (end == std::string::npos) {
            connection.closesAfterOutput = connection.hasEnded;
            return;
        }
        const std::string head = connection.input.substr(0, end);
        const auto length
            = static_cast<std::size_t>(std::max(0LL, number(header(head, "Content-Length"))));
        if (connection.input.size() < end + 4 + length) {
            connection.isDead = connection.hasEnded;
            return;
        }
        Words first = split(head.substr(0, head.find('\r')), ' ');
        first.resize(3);
        const HttpRequest request{first[0], first[1], connection.input.substr(end + 4, length)};
        connection.input.erase(0, end + 4 + length);
        const HttpReply reply = m_ports[connection.port].http(request);
        if (reply.isSilent) {
            return;
        }
        const std::string wish = header(head, "Connection");
        const bool isOld = first[2] != "HTTP/1.1";
        const bool closes = isOld ? strcasecmp(wish.c_str(), "keep-alive") != 0
                                  : strcasecmp(wish.c_str(), "close") == 0;
        connection.output
            += text("HTTP/1.%d %d %s\r\n", isOld ? 0 : 1, reply.status, reason(reply.status))
            + "content-type: " + reply.type + text("\r\ncontent-length: %zu\r\n", reply.body.size())
            + (closes      ? "connection: close\r\n\r\n"
                   : isOld ? "connection: keep-alive\r\n\r\n"
                           : "\r\n")
            + (request.method == "HEAD" ? std::string() : reply.body);
        connection.closesAfterOutput = closes;
    }
}

void Server::handleRaw(Connection &connection)
{
    if (!connection.hasEnded) {
        return;
    }
    // A bare connect is a probe: it asks for nothing and gets nothing.
    const auto answer = connection.input.empty() ? std::optional<std::string>(std::string())
                                                 : m_ports[connection.port].raw(connection.input);
    if (answer.has_value()) {
        connection.output = *answer;
        connection.closesAfterOutput = true;
        return;
    }
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    connection.isDead = true;
}

} // namespace proverdeck::demo
