// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/ComposeFile.h"
#include "ui/boundless/AgentTableModel.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QSpinBox;
class QTableView;

namespace proverdeck::ui {

class FindingsView;

/// The compose file of a prover: its agents, their limits, and the segment size. Saving shows the
/// difference first. GUI thread.
class ComposePage : public QWidget
{
    Q_OBJECT

public:
    explicit ComposePage(QWidget *parent = nullptr);

    /// @p path is of this machine; empty for a file of a server: then saving is up to saveWanted().
    void load(const QString &name, const QByteArray &bytes, const QString &path = {});
    void openFile(const QString &path);
    /// Memory of each card in MiB, in the order of nvidia-smi; for the proposal and the checks.
    void setCards(const QList<qint64> &memoryMiB);
    /// A server has it now.
    void markSaved();
    /// The same when somebody has gone on editing meanwhile: only @p written is there.
    void markSaved(const QByteArray &written);
    [[nodiscard]] const models::boundless::ComposeFile &file() const { return m_file; }
    [[nodiscard]] bool isChanged() const { return m_file.bytes() != m_saved; }

signals:
    void saveWanted(const QByteArray &before, const QByteArray &after);
    void saved();
    /// How many exec agents there are; -1 if that is not known. The check of the settings wants it.
    void execAgentsChanged(int count);

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeSegment();
    [[nodiscard]] QWidget *makeAgents();
    void chooseFile();
    void tell(const tl::expected<void, QString> &done);
    void refresh();
    void changeLimit(const QString &agent, AgentTableModel::Column column, const QString &value);
    void removeChosen();
    void save();
    void write();

    models::boundless::ComposeFile m_file;
    QByteArray m_saved;
    QString m_name;
    QString m_path;
    QString m_problem;
    QString m_backup;
    QList<qint64> m_cards;
    QLabel *m_title = nullptr;
    QLabel *m_message = nullptr;
    QPushButton *m_undo = nullptr;
    QPushButton *m_save = nullptr;
    QSpinBox *m_segment = nullptr;
    QLabel *m_proposal = nullptr;
    QPushButton *m_useProposal = nullptr;
    AgentTableModel *m_model = nullptr;
    QTableView *m_table = nullptr;
    QSpinBox *m_card = nullptr;
    QWidget *m_tools = nullptr;
    FindingsView *m_findings = nullptr;
};

} // namespace proverdeck::ui
