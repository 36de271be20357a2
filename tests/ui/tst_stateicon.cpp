#include "ui/stateicon.h"

#include <QImage>
#include <QPainter>
#include <QPalette>
#include <QTest>

#include <cmath>

using namespace restream;

class TestStateIcon : public QObject
{
    Q_OBJECT

private slots:
    void programIcon_isThereInEverySize_data();
    void programIcon_isThereInEverySize();
    void trouble_showsInTheTrayAndGoodStatesDoNot();
    void states_differInShapeNotJustInColour();
    void colours_standOutFromTheBackground_data();
    void colours_standOutFromTheBackground();

private:
    static QImage drawn(ChannelState state);
    static double luminance(const QColor &color);
};

void TestStateIcon::programIcon_isThereInEverySize_data()
{
    QTest::addColumn<int>("size");
    for (const int size : { 16, 22, 24, 32, 48, 64, 128, 256 })
        QTest::newRow(qPrintable(QString::number(size))) << size;
}

void TestStateIcon::programIcon_isThereInEverySize()
{
    QFETCH(int, size);
    const QImage image = applicationIcon().pixmap(size, size).toImage();
    QCOMPARE(image.size(), QSize(size, size));
    // The letter is white on its ground, also at 16.
    const QColor stem = image.pixelColor(size / 4, size / 2);
    const QColor ground = image.pixelColor(size * 15 / 16, size / 3);
    QVERIFY(stem.lightness() > 240);
    QVERIFY(ground.lightness() < 130);
    QCOMPARE(image.pixelColor(0, 0).alpha() < 128, true);
}

void TestStateIcon::trouble_showsInTheTrayAndGoodStatesDoNot()
{
    const QImage plain = applicationIcon().pixmap(22, 22).toImage();
    QCOMPARE(applicationIcon(ChannelState::Idle).pixmap(22, 22).toImage(), plain);
    QCOMPARE(applicationIcon(ChannelState::Live).pixmap(22, 22).toImage(), plain);
    for (const ChannelState state :
         { ChannelState::RateLimited, ChannelState::Failing, ChannelState::Paused })
        QVERIFY(applicationIcon(state).pixmap(22, 22).toImage() != plain);
}

QImage TestStateIcon::drawn(ChannelState state)
{
    QImage image(16, 16, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintState(painter, QRectF(0, 0, 16, 16), state, QPalette());
    painter.end();
    return image.createAlphaMask();
}

void TestStateIcon::states_differInShapeNotJustInColour()
{
    QList<QImage> seen;
    for (const ChannelState state :
         { ChannelState::Idle, ChannelState::Live, ChannelState::RateLimited, ChannelState::Failing,
           ChannelState::Paused }) {
        const QImage shape = drawn(state);
        QVERIFY(!seen.contains(shape));
        seen.append(shape);
    }
}

double TestStateIcon::luminance(const QColor &color)
{
    const auto linear = [](float c) {
        const auto x = double(c);
        return x <= 0.03928 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

void TestStateIcon::colours_standOutFromTheBackground_data()
{
    QTest::addColumn<QColor>("background");
    QTest::newRow("light") << QColor(Qt::white);
    QTest::newRow("dark") << QColor(0x23, 0x26, 0x29);
}

/// Text is written in them: WCAG asks for 4.5 to 1.
void TestStateIcon::colours_standOutFromTheBackground()
{
    QFETCH(QColor, background);
    QPalette palette;
    palette.setColor(QPalette::Base, background);
    for (const ChannelState state : { ChannelState::Live, ChannelState::RateLimited,
                                      ChannelState::Failing, ChannelState::Paused }) {
        const double a = luminance(stateColor(state, palette));
        const double b = luminance(background);
        const double contrast = (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
        QVERIFY2(contrast >= 4.5, qPrintable(QString::number(contrast)));
    }
}

QTEST_MAIN(TestStateIcon)
#include "tst_stateicon.moc"
