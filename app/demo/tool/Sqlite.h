// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace proverdeck::demo {

/// A SQLite file, by the library that is found when the program runs: the demo host works without
/// one, and then there is no file.
class Sqlite
{
public:
    explicit Sqlite(const std::string &path);
    ~Sqlite();
    Sqlite(const Sqlite &) = delete;
    Sqlite &operator=(const Sqlite &) = delete;

    [[nodiscard]] bool isOpen() const { return m_database != nullptr; }
    /// Statements without results; failures are left unsaid.
    void execute(const std::string &statements);

private:
    void *m_library = nullptr;
    void *m_database = nullptr;
};

/// 'text' for a statement.
[[nodiscard]] std::string sqlText(const std::string &text);

} // namespace proverdeck::demo
