// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/aztec/AztecLoader.h"
#include "ui/charts/ChartTheme.h"

#include <QWidget>

namespace proverdeck::ui {

/// The proof tree of one epoch: a box per job type with how many are done, and what it needs.
class ProofTreeView : public QWidget
{
    Q_OBJECT

public:
    explicit ProofTreeView(QWidget *parent = nullptr);

    /// The last epoch with jobs if @p epoch is none.
    void setResult(const AztecResultPtr &result, std::optional<qint64> epoch);
    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Box
    {
        models::aztec::TypeStats stats;
        QString canonical; ///< the name that other types need it by
        QStringList needs;
        QRectF at;
    };

    void arrange();
    void paintAll(QPainter &painter, const QSize &size, const ChartTheme &theme) const;
    void paintBox(QPainter &painter, const Box &box, const ChartTheme &theme) const;

    AztecResultPtr m_result;
    std::vector<Box> m_boxes;
    qint64 m_epoch = -1;
    QSize m_size{400, 200};
};

} // namespace proverdeck::ui
