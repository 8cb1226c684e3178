// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/SettingsDocument.h"

#include "models/boundless/SettingsWriter.h"

#include <QFile>
#include <QFileInfo>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::boundless::SettingKey;
using models::boundless::SettingsFile;

void SettingsDocument::load(const QString &name, const QByteArray &bytes, const QString &path)
{
    m_file = SettingsFile(bytes);
    m_path = path;
    m_backup.clear();
    m_isLoaded = true;
    m_context.name = name;
    m_context.isOverride = QFileInfo(path).absolutePath().endsWith("/chain-overrides"_L1)
        || (path.isEmpty() && name.startsWith("chain-overrides/"_L1));
    checkAgain();
}

QString SettingsDocument::open(const QString &path)
{
    constexpr qint64 MostBytes = 1 << 20;
    QFile file(path);
    if (QFileInfo(path).isDir() || !file.open(QIODevice::ReadOnly)) {
        return QFileInfo(path).isDir() ? tr("%1 is a folder.").arg(path)
                                       : tr("%1 cannot be read: %2.").arg(path, file.errorString());
    }
    const QByteArray bytes = file.read(MostBytes + 1);
    if (bytes.size() > MostBytes) {
        return tr("%1 is larger than a megabyte: no settings file is.").arg(path);
    }
    m_context.benchmarkKhz.reset(); // it was measured on some server
    load(QFileInfo(path).fileName(), bytes, path);
    return {};
}

void SettingsDocument::setContext(const models::boundless::SettingsContext &context)
{
    const QString name = m_context.name;
    const bool isOverride = m_context.isOverride;
    m_context = context;
    m_context.name = name;
    m_context.isOverride = isOverride;
    checkAgain();
}

models::boundless::BrokerEra SettingsDocument::era() const
{
    return models::boundless::checkedEra(m_file, m_context);
}

void SettingsDocument::checkAgain()
{
    m_flags = m_isLoaded ? models::boundless::checkSettings(m_file, m_context)
                         : QList<models::boundless::SettingFlag>();
    emit changed();
}

QString SettingsDocument::nameInFile(const SettingKey &key) const
{
    return m_file.find(key.section, key.name) == nullptr && !key.alias.isEmpty()
            && era() <= key.aliasUntil && m_file.find(key.section, key.alias) != nullptr
        ? key.alias
        : key.name;
}

QString SettingsDocument::setText(const SettingKey &key, const QString &text)
{
    const QString name = nameInFile(key);
    tl::expected<void, QString> done;
    if (text.trimmed().isEmpty()) {
        if (m_file.find(key.section, name) == nullptr) {
            return {};
        }
        done = m_file.remove(key.section, name);
    } else {
        const QString problem = models::boundless::problemWith(key, era(), text);
        if (!problem.isEmpty()) {
            return problem;
        }
        done = m_file.set(key.section, name, models::boundless::tomlFor(key, text));
    }
    checkAgain();
    return done ? QString() : done.error();
}

QString SettingsDocument::setList(const QString &section, const QString &key,
                                  const QStringList &texts)
{
    const auto done = m_file.setList(section, key, texts);
    checkAgain();
    return done ? QString() : done.error();
}

QList<models::boundless::SettingMove> SettingsDocument::renames() const
{
    models::boundless::SettingsFile copy(m_file.bytes());
    return copy.problem().isEmpty()
        ? models::boundless::applyMigration(copy, models::boundless::eraOfSettings(m_file), era())
        : QList<models::boundless::SettingMove>();
}

QList<models::boundless::SettingMove> SettingsDocument::migrate()
{
    const auto moves = models::boundless::applyMigration(
        m_file, models::boundless::eraOfSettings(m_file), era());
    checkAgain();
    return moves;
}

void SettingsDocument::undo()
{
    m_file.undo();
    checkAgain();
}

QString SettingsDocument::save()
{
    if (m_path.isEmpty()) {
        emit saveWanted(m_file.original(), m_file.bytes());
        return {};
    }
    const auto backup = models::boundless::writeSettings(m_path, m_file.original(), m_file.bytes());
    if (!backup) {
        return backup.error();
    }
    m_backup = *backup;
    markSaved();
    return {};
}

void SettingsDocument::markSaved()
{
    markSaved(m_file.bytes());
}

void SettingsDocument::markSaved(const QByteArray &written)
{
    m_file.setOriginal(written);
    checkAgain();
    emit saved();
}

} // namespace proverdeck::ui
