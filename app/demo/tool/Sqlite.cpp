// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Sqlite.h"

#include "app/demo/tool/Text.h"

#include <dlfcn.h>

namespace proverdeck::demo {
namespace {

template<typename Function> Function entry(void *library, const char *name)
{
    return reinterpret_cast<Function>(dlsym(library, name));
}

} // namespace

Sqlite::Sqlite(const std::string &path)
    : m_library(dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL))
{
    if (m_library == nullptr) {
        return;
    }
    const auto openFile = entry<int (*)(const char *, void **)>(m_library, "sqlite3_open");
    if (openFile == nullptr || openFile(path.c_str(), &m_database) != 0) {
        m_database = nullptr;
        return;
    }
    execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=5000;");
}

Sqlite::~Sqlite()
{
    if (m_database != nullptr) {
        if (const auto closeFile = entry<int (*)(void *)>(m_library, "sqlite3_close")) {
            closeFile(m_database);
        }
    }
    if (m_library != nullptr) {
        dlclose(m_library);
    }
}

void Sqlite::execute(const std::string &statements)
{
    using Execute
        = int (*)(void *, const char *, int (*)(void *, int, char **, char **), void *, char **);
    if (m_database != nullptr) {
        if (const auto run = entry<Execute>(m_library, "sqlite3_exec")) {
            run(m_database, statements.c_str(), nullptr, nullptr, nullptr);
        }
    }
}

std::string sqlText(const std::string &text)
{
    return "'" + replaced(text, "'", "''") + "'";
}

} // namespace proverdeck::demo
