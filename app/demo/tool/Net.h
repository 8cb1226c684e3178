// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/tool/State.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace proverdeck::demo {

/// A listening socket on 127.0.0.1, or -1 with errno set.
[[nodiscard]] int listenOn(int port);
/// A connected socket to 127.0.0.1, or -1 with errno set. Reading from it gives up after some
/// seconds.
[[nodiscard]] int connectTo(int port);
/// Sends all of @p request, half-closes, and reads to the end of the stream. None with errno set on
/// an error.
[[nodiscard]] std::optional<std::string> exchange(int port, const std::string &request);

struct HttpRequest
{
    std::string method;
    std::string path;
    std::string body;
};

struct HttpReply
{
    int status = 200;
    std::string type = "application/json";
    std::string body;
    /// Leaves the client waiting for ever: a server that hangs.
    bool isSilent = false;
};

/// POST with a JSON body; the body of the answer.
[[nodiscard]] std::optional<std::string> httpPost(const std::string &host, int port,
                                                  const std::string &body);

/// Serves any number of ports in one thread: HTTP with keep-alive, or one message up to the
/// client's half-close.
class Server
{
public:
    using HttpHandler = std::function<HttpReply(const HttpRequest &)>;
    /// None resets the connection.
    using RawHandler = std::function<std::optional<std::string>(const std::string &)>;

    Server() = default;
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// False with errno set if the port is taken.
    bool addHttp(int port, HttpHandler handler);
    bool addRaw(int port, RawHandler handler);
    /// Accepts and never reads.
    bool addDeaf(int port);

    /// Serves for at most this time, less if a signal arrives.
    void serve(std::chrono::milliseconds atMost);

private:
    struct Port
    {
        int descriptor = -1;
        HttpHandler http;
        RawHandler raw;
    };

    struct Connection
    {
        int descriptor = -1;
        std::size_t port = 0;
        std::string input;
        std::string output;
        bool hasEnded = false;
        bool closesAfterOutput = false;
        bool isDead = false;
    };

    bool add(int port, HttpHandler http, RawHandler raw);
    void accept(std::size_t port);
    void receive(Connection &connection);
    void send(Connection &connection);
    void handleHttp(Connection &connection);
    void handleRaw(Connection &connection);

    std::vector<Port> m_ports;
    std::vector<Connection> m_connections;
};

} // namespace proverdeck::demo
