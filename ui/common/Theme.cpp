// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/Theme.h"

#include <QApplication>
#include <QFrame>
#include <QIconEngine>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QStyleFactory>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using models::RunState;
using models::Severity;
using models::StepOutcome;

namespace {

QPalette lightPalette()
{
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(0xf5f6f8));
    palette.setColor(QPalette::WindowText, QColor(0x1c2530));
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::AlternateBase, QColor(0xf3f5f8));
    palette.setColor(QPalette::Text, QColor(0x1c2530));
    palette.setColor(QPalette::Button, QColor(0xeceff3));
    palette.setColor(QPalette::ButtonText, QColor(0x1c2530));
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, QColor(0x1c2530));
    palette.setColor(QPalette::ToolTipText, Qt::white);
    palette.setColor(QPalette::Highlight, QColor(0x0072b2));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x0072b2));
    palette.setColor(QPalette::PlaceholderText, QColor(0x6b7683));
    palette.setColor(QPalette::Mid, QColor(0xcdd3da));
    palette.setColor(QPalette::Dark, QColor(0xa9b1bb));
    palette.setColor(QPalette::Light, Qt::white);
    palette.setColor(QPalette::Midlight, QColor(0xe1e5ea));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, QColor(0x8b95a1));
    }
    return palette;
}

QPalette darkPalette()
{
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(0x1b2027));
    palette.setColor(QPalette::WindowText, QColor(0xe4e8ee));
    palette.setColor(QPalette::Base, QColor(0x14181e));
    palette.setColor(QPalette::AlternateBase, QColor(0x1a1f27));
    palette.setColor(QPalette::Text, QColor(0xe4e8ee));
    palette.setColor(QPalette::Button, QColor(0x2a313b));
    palette.setColor(QPalette::ButtonText, QColor(0xe4e8ee));
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, QColor(0x2f3743));
    palette.setColor(QPalette::ToolTipText, QColor(0xe4e8ee));
    palette.setColor(QPalette::Highlight, QColor(0x2a7fb8));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x56b4e9));
    palette.setColor(QPalette::PlaceholderText, QColor(0x8d98a6));
    palette.setColor(QPalette::Mid, QColor(0x39424e));
    palette.setColor(QPalette::Dark, QColor(0x0e1115));
    palette.setColor(QPalette::Light, QColor(0x3a434f));
    palette.setColor(QPalette::Midlight, QColor(0x323a45));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, QColor(0x6d7784));
    }
    return palette;
}

enum class Sign { Tick, Dot, Play, Triangle, Cross, Dash, Ring, Question, Info };

/// Draws the sign at whatever size and scale is asked for.
class SignEngine : public QIconEngine
{
public:
    SignEngine(Sign sign, QColor colour)
        : m_sign(sign)
        , m_colour(std::move(colour))
    {
    }

    [[nodiscard]] QIconEngine *clone() const override { return new SignEngine(m_sign, m_colour); }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode /*mode*/,
               QIcon::State /*state*/) override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const qreal side = std::min(rect.width(), rect.height());
        painter->translate(rect.center() + QPointF(0.5, 0.5));
        painter->scale(side / 16.0, side / 16.0);
        const QPen stroke(m_colour, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        const QPen cut(Qt::white, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_colour);
        switch (m_sign) {
        case Sign::Tick:
            painter->drawEllipse(QPointF(0, 0), 7, 7);
            painter->setPen(cut);
            painter->drawPolyline(QPolygonF({{-3.2, 0.2}, {-0.9, 2.6}, {3.4, -2.4}}));
            break;
        case Sign::Cross:
            painter->drawRoundedRect(QRectF(-7, -7, 14, 14), 3, 3);
            painter->setPen(cut);
            painter->drawLine(QPointF(-3, -3), QPointF(3, 3));
            painter->drawLine(QPointF(-3, 3), QPointF(3, -3));
            break;
        case Sign::Triangle:
            painter->drawPolygon(QPolygonF({{0, -7}, {7.4, 6.2}, {-7.4, 6.2}}));
            painter->setPen(QPen(Qt::black, 1.7, Qt::SolidLine, Qt::RoundCap));
            painter->drawLine(QPointF(0, -2.4), QPointF(0, 1.6));
            painter->drawPoint(QPointF(0, 4.2));
            break;
        case Sign::Play:
            painter->drawPolygon(QPolygonF({{-4.5, -6}, {6.2, 0}, {-4.5, 6}}));
            break;
        case Sign::Dot:
            painter->drawEllipse(QPointF(0, 0), 4.5, 4.5);
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(m_colour, 1.4));
            painter->drawEllipse(QPointF(0, 0), 7, 7);
            break;
        case Sign::Dash:
            painter->setPen(stroke);
            painter->drawLine(QPointF(-4, 0), QPointF(4, 0));
            break;
        case Sign::Ring:
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(m_colour, 1.6));
            painter->drawEllipse(QPointF(0, 0), 5.5, 5.5);
            break;
        case Sign::Question:
        case Sign::Info: {
            painter->drawEllipse(QPointF(0, 0), 7, 7);
            painter->setPen(Qt::white);
            QFont font = painter->font();
            font.setPixelSize(11);
            font.setBold(true);
            painter->setFont(font);
            painter->drawText(QRectF(-7, -7, 14, 14), Qt::AlignCenter,
                              m_sign == Sign::Info ? u"i"_s : u"?"_s);
            break;
        }
        }
        painter->restore();
    }

private:
    Sign m_sign;
    QColor m_colour;
};

QIcon signIcon(Sign sign, const QColor &colour)
{
    return QIcon(new SignEngine(sign, colour));
}

} // namespace

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128;
}

void applyAppearance(QApplication &application, Appearance appearance)
{
    static const bool systemIsDark = isDark(QApplication::palette());
    const bool dark
        = appearance == Appearance::Dark || (appearance == Appearance::System && systemIsDark);
    // Once only: replacing the style under a visible QWizard crashes Qt 6.4.
    if (QApplication::style()->objectName() != u"fusion"
        && !application.property("styled").toBool()) {
        QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    }
    application.setProperty("styled", true);
    const QPalette palette = dark ? darkPalette() : lightPalette();
    QApplication::setPalette(palette);
    const QString line = palette.color(QPalette::Mid).name();
    const QString base = palette.color(QPalette::Base).name();
    const QString accent = palette.color(QPalette::Highlight).name();
    application.setStyleSheet(
        u"QFrame#card { background: %1; border: 1px solid %2; border-radius: 8px; }"
        u"QPushButton[primary=\"true\"] { background: %3; color: white; border: 1px solid %3; "
        u"border-radius: 5px; padding: 6px 16px; font-weight: 600; }"
        u"QPushButton[primary=\"true\"]:disabled { background: %2; border-color: %2; color: %4; }"
        u"QPushButton[primary=\"true\"]:focus { border: 2px solid %5; padding: 5px 15px; }"
        u"QTableView::item { padding: 0 10px; }"
        u"QHeaderView::section { padding: 4px 10px; }"
        u"QListWidget#pages { background: transparent; }"
        u"QListWidget#pages::item { border-radius: 5px; padding-left: 6px; color: %5; }"
        u"QListWidget#pages::item:hover { background: %2; }"
        u"QListWidget#pages::item:selected { background: %7; color: %5; }"
        u"QToolTip { background: %6; color: white; border: 1px solid %2; padding: 4px; }"_s.arg(
            base, line, accent, palette.color(QPalette::PlaceholderText).name(),
            palette.color(QPalette::WindowText).name(), palette.color(QPalette::ToolTipBase).name(),
            (dark ? QColor(0x24405a) : QColor(0xd6e8f4)).name()));
}

Colours coloursFor(const QPalette &palette)
{
    if (isDark(palette)) {
        return {QColor(0x2ec19a), QColor(0x56b4e9), QColor(0xe69f00),
                QColor(0xe5743a), QColor(0x8d98a6), QColor(0x56b4e9)};
    }
    return {QColor(0x007a5a), QColor(0x0072b2), QColor(0xd98c00),
            QColor(0xc04f00), QColor(0x6b7683), QColor(0x0072b2)};
}

QIcon outcomeIcon(StepOutcome outcome, const QPalette &palette)
{
    const Colours colours = coloursFor(palette);
    switch (outcome) {
    case StepOutcome::Waiting:
        return signIcon(Sign::Ring, colours.muted);
    case StepOutcome::Running:
        return signIcon(Sign::Play, colours.running);
    case StepOutcome::Serving:
        return signIcon(Sign::Dot, colours.running);
    case StepOutcome::Done:
        return signIcon(Sign::Tick, colours.good);
    case StepOutcome::Warning:
        return signIcon(Sign::Triangle, colours.warning);
    case StepOutcome::Failed:
        return signIcon(Sign::Cross, colours.bad);
    case StepOutcome::Skipped:
    case StepOutcome::Cancelled:
        return signIcon(Sign::Dash, colours.muted);
    case StepOutcome::Unknown:
        break;
    }
    return signIcon(Sign::Question, colours.warning);
}

QIcon severityIcon(Severity severity, const QPalette &palette)
{
    const Colours colours = coloursFor(palette);
    return severity == Severity::Error  ? signIcon(Sign::Cross, colours.bad)
        : severity == Severity::Warning ? signIcon(Sign::Triangle, colours.warning)
                                        : signIcon(Sign::Info, colours.running);
}

QIcon runStateIcon(RunState state, const QPalette &palette)
{
    switch (state) {
    case RunState::Done:
        return outcomeIcon(StepOutcome::Done, palette);
    case RunState::Failed:
    case RunState::CheckFailed:
    case RunState::Refused:
        return outcomeIcon(StepOutcome::Failed, palette);
    case RunState::Cancelled:
        return outcomeIcon(StepOutcome::Cancelled, palette);
    case RunState::Unknown:
        return outcomeIcon(StepOutcome::Unknown, palette);
    case RunState::Unreachable:
        return outcomeIcon(StepOutcome::Warning, palette);
    case RunState::Detached:
        return outcomeIcon(StepOutcome::Serving, palette);
    default:
        return outcomeIcon(StepOutcome::Running, palette);
    }
}

QLabel *makeHeading(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * 1.35);
    font.setBold(true);
    label->setFont(font);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QLabel *makeHint(const QString &text, QWidget *parent)
{
    QLabel *label = makeText(text, parent);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel *makeText(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QFrame *makeCard(QWidget *parent)
{
    auto *frame = new QFrame(parent);
    frame->setObjectName(u"card"_s);
    frame->setFrameShape(QFrame::StyledPanel);
    return frame;
}

void makePrimary(QPushButton *button)
{
    button->setProperty("primary", true);
}

QString localTimeText(const QDateTime &time)
{
    if (!time.isValid()) {
        return u"–"_s;
    }
    const QDateTime local = time.toLocalTime();
    const int minutes = local.offsetFromUtc() / 60;
    return u"%1 (UTC%2%3)"_s.arg(local.toString(u"yyyy-MM-dd HH:mm:ss"_s),
                                 minutes < 0 ? u"−"_s : u"+"_s,
                                 QTime(0, 0).addSecs(std::abs(minutes) * 60).toString(u"hh:mm"_s));
}

QString runStateTitle(RunState state)
{
    QString word = runStateWord(state);
    word[0] = word.at(0).toUpper();
    return word;
}

} // namespace proverdeck::ui
