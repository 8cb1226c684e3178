// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/Workflow.h"

#include <QWidget>

#include <map>

class QFormLayout;
class QLabel;

namespace proverdeck::ui {

/// Editors for some inputs of a workflow, each with its help and, once it was left, its problem.
class InputForm : public QWidget
{
    Q_OBJECT

public:
    /// @p hosts are offered by inputs of type host.
    InputForm(const models::Workflow &workflow, const QList<models::Input> &inputs,
              const QStringList &hosts, QWidget *parent = nullptr);

    void setValues(const models::InputValues &values);
    [[nodiscard]] models::InputValues values() const;
    /// All inputs of this form pass.
    [[nodiscard]] bool isComplete() const;
    /// Shows every problem, also of inputs that were not left yet; false if there is one.
    bool showProblems();
    /// What other pages answered: conditions may name any input.
    void setContext(const models::InputValues &values);

signals:
    void changed();

private:
    struct Field
    {
        models::Input input;
        QWidget *editor = nullptr;
        QLabel *problem = nullptr;
        QLabel *help = nullptr;
    };
    void addField(const models::Input &input, const QStringList &hosts, QFormLayout *layout);
    [[nodiscard]] QWidget *makeEditor(const models::Input &input, const QStringList &hosts);
    [[nodiscard]] QVariant rawValue(const Field &field) const;
    void onEdited();
    void check(Field &field);

    models::Workflow m_workflow;
    models::InputValues m_context;
    std::map<QString, Field> m_fields;
};

} // namespace proverdeck::ui
