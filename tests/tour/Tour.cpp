// SPDX-License-Identifier: GPL-3.0-or-later
#include "tour/Tour.h"

#include "ui/common/Theme.h"

#include <QApplication>
#include <QDir>
#include <QTest>

namespace proverdeck::testing {

void picture(QWidget *widget, const QString &name)
{
    const QString folder = qEnvironmentVariable("PROVERDECK_TOUR_DIR");
    if (folder.isEmpty()) {
        return;
    }
    ASSERT_TRUE(QDir().mkpath(folder));
    ASSERT_NE(widget, nullptr) << name.toStdString();
    for (const auto appearance : {ui::Appearance::Dark, ui::Appearance::Light}) {
        ui::applyAppearance(*qApp, appearance);
        QApplication::processEvents();
        QApplication::processEvents();
        const QString file = folder + '/' + name
            + (appearance == ui::Appearance::Dark ? "-dark.png" : "-light.png");
        EXPECT_TRUE(widget->grab().save(file)) << file.toStdString();
    }
}

void click(QWidget *widget)
{
    ASSERT_NE(widget, nullptr);
    ASSERT_TRUE(widget->isEnabled()) << widget->objectName().toStdString();
    QTest::mouseClick(widget, Qt::LeftButton);
}

} // namespace proverdeck::testing
