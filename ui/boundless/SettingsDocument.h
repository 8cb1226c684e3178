// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/SettingsCheck.h"
#include "models/boundless/SettingsMigration.h"

#include <QObject>

namespace proverdeck::ui {

/// A broker.toml that is being edited, with what there is to say about it. What the pages on it
/// share. GUI thread.
class SettingsDocument : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// @p path is of this machine; empty for a file of a server: then saving is up to saveWanted().
    /// A name in "chain-overrides/" is that of one chain's file.
    void load(const QString &name, const QByteArray &bytes, const QString &path = {});
    /// Reads a file of this machine. Empty, or why it cannot be read.
    [[nodiscard]] QString open(const QString &path);
    /// What else is known: of the compose file, a benchmark, the balance.
    void setContext(const models::boundless::SettingsContext &context);

    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }
    [[nodiscard]] const QString &name() const { return m_context.name; }
    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] const models::boundless::SettingsFile &file() const { return m_file; }
    [[nodiscard]] const models::boundless::SettingsContext &context() const { return m_context; }
    [[nodiscard]] const QList<models::boundless::SettingFlag> &flags() const { return m_flags; }
    [[nodiscard]] models::boundless::BrokerEra era() const;

    /// Sets what somebody typed; an empty text takes the key away. Empty, or why not.
    [[nodiscard]] QString setText(const models::boundless::SettingKey &key, const QString &text);
    [[nodiscard]] QString setList(const QString &section, const QString &key,
                                  const QStringList &texts);
    /// Gives what the chosen release calls otherwise its new names; each can be undone.
    QList<models::boundless::SettingMove> migrate();
    /// What that would do.
    [[nodiscard]] QList<models::boundless::SettingMove> renames() const;
    void undo();
    /// Writes the file of this machine, or asks for it by saveWanted(). Empty, or why not.
    [[nodiscard]] QString save();
    /// A server has it now: what was wanted is what is there.
    void markSaved();
    /// The same when somebody has gone on editing meanwhile: only @p written is there.
    void markSaved(const QByteArray &written);
    [[nodiscard]] const QString &backup() const { return m_backup; } ///< of the last save

    /// By its name or its old name; the name under which it stands in the file.
    [[nodiscard]] QString nameInFile(const models::boundless::SettingKey &key) const;

signals:
    void changed(); ///< bytes, flags or context
    void saved();
    void saveWanted(const QByteArray &before, const QByteArray &after);

private:
    void checkAgain();

    models::boundless::SettingsFile m_file;
    models::boundless::SettingsContext m_context;
    QList<models::boundless::SettingFlag> m_flags;
    QString m_path;
    QString m_backup;
    bool m_isLoaded = false;
};

} // namespace proverdeck::ui
