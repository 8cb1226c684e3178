// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/Report.h"

#include "models/report/Cells.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

#include <limits>

namespace proverdeck::models::report {

using namespace Qt::StringLiterals;

QString serverCostText(const ServerCost &cost)
{
    const auto share = [&cost](double cpuSeconds) {
        return QString::number(cpuSeconds / cost.seconds * 100, 'f', 2);
    };
    const QString own
        = QCoreApplication::translate("Report", "%1 % of a core").arg(share(cost.cpuSeconds));
    return cost.gpuToolCpuSeconds > 0 ? QCoreApplication::translate("Report", "%1, nvidia-smi %2 %")
                                            .arg(own, share(cost.gpuToolCpuSeconds))
                                      : own;
}

QString durationText(qint64 milliseconds)
{
    if (milliseconds < 0) {
        return u'-'
            % durationText(milliseconds == std::numeric_limits<qint64>::min()
                               ? std::numeric_limits<qint64>::max()
                               : -milliseconds);
    }
    if (milliseconds < 1000) {
        return QString::number(milliseconds) % " ms"_L1;
    }
    if (milliseconds < 59995) {
        return QString::number(static_cast<double>(milliseconds) / 1000, 'f', 2) % " s"_L1;
    }
    const qint64 seconds = milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0);
    if (seconds < 3600) {
        return u"%1 min %2 s"_s.arg(seconds / 60).arg(seconds % 60, 2, 10, QChar(u'0'));
    }
    const qint64 minutes = seconds / 60 + (seconds % 60 >= 30 ? 1 : 0);
    return u"%1 h %2 min"_s.arg(minutes / 60).arg(minutes % 60, 2, 10, QChar(u'0'));
}

QString provingTimeText(qint64 milliseconds)
{
    return milliseconds < 1000 ? u"%1 ms"_s.arg(milliseconds)
                               : u"%1 s"_s.arg(double(milliseconds) / 1000.0, 0, 'f', 2);
}

QString groupedText(quint64 value)
{
    QString text = QString::number(value);
    for (qsizetype i = text.size() - 3; i > 0; i -= 3) {
        text.insert(i, u',');
    }
    return text;
}

QString writeWholeFile(const QString &path, const QByteArray &data, bool overwrite)
{
    const QFileInfo info(path);
    const QString shown = QDir::toNativeSeparators(path);
    if (path.isEmpty() || info.isDir()) {
        return say("%1 is not a file name.").arg(shown);
    }
    if (!info.dir().exists()) {
        return say("The folder %1 does not exist.")
            .arg(QDir::toNativeSeparators(info.dir().absolutePath()));
    }
    if (!overwrite && (info.exists() || info.isSymLink())) {
        return say("%1 exists already and was left alone.").arg(shown);
    }
    if (!QFileInfo(info.dir().absolutePath()).isWritable()
        || (info.exists() && !info.isWritable())) {
        return say("There is no permission to write %1.").arg(shown);
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(data) != data.size() || !file.commit()) {
        return say("%1 could not be written: %2.").arg(shown, file.errorString());
    }
    return {};
}

} // namespace proverdeck::models::report
