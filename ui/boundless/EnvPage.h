// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/boundless/EnvFile.h"
#include "models/boundless/RpcCheck.h"

#include <QWidget>

#include <memory>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedLayout;
class QTableView;

namespace proverdeck::ui {

class EnvTableModel;
class FindingsView;

/// The environment files of a prover: network, RPC endpoint and key. Secrets go in and are never
/// shown again; what an endpoint can do for the broker is found out on demand.
class EnvPage : public QWidget
{
    Q_OBJECT

public:
    explicit EnvPage(QWidget *parent = nullptr);
    ~EnvPage() override;

    /// Names of the server's files; the first one, or the one that is shown, is asked for.
    void setFiles(const QStringList &names);
    /// What fileWanted() asked for. @p where: "on prover1".
    void load(const QString &name, const QString &where, const QByteArray &bytes);
    void clear();
    /// The server has it now.
    void markSaved(const QByteArray &written);
    [[nodiscard]] bool isChanged() const { return m_file.bytes() != m_saved; }
    [[nodiscard]] const QString &name() const { return m_name; }

signals:
    void fileWanted(const QString &name);
    void saveWanted(const QByteArray &before, const QByteArray &now);

private:
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeForm();
    void onSet(const QString &name, QLineEdit &field);
    void onCheck();
    void onSave();
    void refresh();
    [[nodiscard]] QString nameOf(const QString &suffix) const;
    [[nodiscard]] QString networkText() const;
    [[nodiscard]] std::optional<quint64> wantedChain() const;

    models::boundless::EnvFile m_file;
    QByteArray m_saved;
    QString m_name;
    QString m_where;
    QString m_problem;
    std::unique_ptr<models::boundless::RpcCheck> m_check;
    QList<models::Finding> m_rpcFindings;
    EnvTableModel *m_model;
    QStackedLayout *m_stack = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_message = nullptr;
    QComboBox *m_files = nullptr;
    QPushButton *m_save = nullptr;
    QLabel *m_network = nullptr;
    QLabel *m_rpcNow = nullptr;
    QLineEdit *m_rpc = nullptr;
    QPushButton *m_checkButton = nullptr;
    QLabel *m_keyNow = nullptr;
    QLineEdit *m_key = nullptr;
    QTableView *m_table = nullptr;
    FindingsView *m_findings = nullptr;
};

} // namespace proverdeck::ui
