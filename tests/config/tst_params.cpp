#include "core/config/params.h"

#include <QTest>

using namespace restream;

namespace {

ChannelDefinition quakes()
{
    ChannelDefinition channel;
    channel.name = QStringLiteral("usgs-quakes");
    ParamDefinition level;
    level.enumValues = QStringList { QStringLiteral("all"), QStringLiteral("2.5") };
    ParamDefinition window;
    window.defaultValue = QStringLiteral("day");
    window.required = false;
    window.pattern = QStringLiteral("[a-z]+|x");
    ParamDefinition note;
    note.required = false;
    channel.params = { { QStringLiteral("level"), level },
                       { QStringLiteral("window"), window },
                       { QStringLiteral("note"), note } };
    return channel;
}

Params params(std::initializer_list<std::pair<const char *, QString>> list)
{
    Params result;
    for (const auto &[name, value] : list)
        result.insert(QString::fromLatin1(name), value);
    return result;
}

}

Q_DECLARE_METATYPE(Params)

class TestParams final : public QObject
{
    Q_OBJECT

private slots:
    void goodParams_areFilledUp_data();
    void goodParams_areFilledUp();
    void paramInThePath_mustBeASegment();
    void badParams_areNamed_data();
    void badParams_areNamed();
    void headerParams_holdNoLineBreak();
    void streamName_isCanonical_data();
    void streamName_isCanonical();
    void unknownChannel_namesItShortened();
};

void TestParams::goodParams_areFilledUp_data()
{
    QTest::addColumn<Params>("given");
    QTest::addColumn<QByteArray>("name");
    const QString all = QStringLiteral("all");
    QTest::newRow("default filled in")
        << params({ { "level", all } }) << QByteArray("usgs-quakes?level=all&window=day");
    QTest::newRow("default given")
        << params({ { "level", all }, { "window", QStringLiteral("day") } })
        << QByteArray("usgs-quakes?level=all&window=day");
    QTest::newRow("second alternative")
        << params({ { "level", all }, { "window", QStringLiteral("x") } })
        << QByteArray("usgs-quakes?level=all&window=x");
    QTest::newRow("optional given")
        << params({ { "level", QStringLiteral("2.5") }, { "note", QStringLiteral("a b") } })
        << QByteArray("usgs-quakes?level=2.5&note=a%20b&window=day");
    QTest::newRow("optional empty") << params({ { "level", all }, { "note", QString() } })
                                    << QByteArray("usgs-quakes?level=all&note=&window=day");
    QTest::newRow("just 1 KiB") << params({ { "level", all }, { "note", QString(1024, u'a') } })
                                << QByteArray("usgs-quakes?level=all&note=" + QByteArray(1024, 'a')
                                              + "&window=day");
}

void TestParams::goodParams_areFilledUp()
{
    QFETCH(Params, given);
    QFETCH(QByteArray, name);
    const Result<Params> resolved = resolveParams(quakes(), given);
    QVERIFY2(resolved.ok(), resolved.ok() ? "" : qPrintable(resolved.error().message));
    QCOMPARE(streamName(QStringLiteral("usgs-quakes"), *resolved), name);
}

void TestParams::paramInThePath_mustBeASegment()
{
    ChannelDefinition channel;
    channel.name = QStringLiteral("par");
    channel.request.url = QStringLiteral("https://api.example.com/a/{seg}/{pre}.json?x={any}");
    ParamDefinition param;
    param.defaultValue = QStringLiteral("ok");
    for (const char *name : { "seg", "pre", "any" })
        channel.params.insert(QString::fromLatin1(name), param);
    for (const char *bad : { "", ".", ".." }) {
        const Result<Params> seg =
            resolveParams(channel, { { QStringLiteral("seg"), QString::fromLatin1(bad) } });
        QVERIFY(!seg);
        QCOMPARE(seg.error().code, QStringLiteral("bad_param"));
        QVERIFY(seg.error().message.contains(QStringLiteral("\"seg\"")));
        QVERIFY(resolveParams(channel, { { QStringLiteral("pre"), QString::fromLatin1(bad) } }));
        QVERIFY(resolveParams(channel, { { QStringLiteral("any"), QString::fromLatin1(bad) } }));
    }
    QVERIFY(resolveParams(channel, { { QStringLiteral("seg"), QStringLiteral("a..b") } }));
}

void TestParams::badParams_areNamed_data()
{
    QTest::addColumn<Params>("given");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("message");
    const QString all = QStringLiteral("all");
    Params many;
    for (int i = 0; i < 17; ++i)
        many.insert(QStringLiteral("p%1").arg(i), all);
    const auto row = [](const char *what, const Params &given, const char *code,
                        const char *message) {
        QTest::newRow(what) << given << QString::fromLatin1(code) << QString::fromLatin1(message);
    };
    row("missing", {}, "missing_param", "param \"level\" is missing; it must be one of all, 2.5");
    row("unknown", params({ { "level", all }, { "levle", all } }), "unknown_param",
        "usgs-quakes has no param \"levle\"; it takes level, note, window");
    row("prototype", params({ { "level", all }, { "__proto__", all } }), "unknown_param",
        "usgs-quakes has no param \"__proto__\"; it takes level, note, window");
    row("not in enum", params({ { "level", QStringLiteral("ALL") } }), "bad_param",
        "param \"level\" must be one of all, 2.5");
    row("part of the pattern", params({ { "level", all }, { "window", QStringLiteral("day1") } }),
        "bad_param", "param \"window\" must be a text that matches [a-z]+|x as a whole");
    row("line break after the pattern",
        params({ { "level", all }, { "window", QStringLiteral("day\n") } }), "bad_param",
        "param \"window\" must be a text that matches [a-z]+|x as a whole");
    row("second line", params({ { "level", all }, { "window", QStringLiteral("1\nday") } }),
        "bad_param", "param \"window\" must be a text that matches [a-z]+|x as a whole");
    row("over 1 KiB", params({ { "level", all }, { "note", QString(1025, u'a') } }), "too_large",
        "param \"note\" has 1025 bytes; at most 1024 are allowed");
    row("over 1 KiB of UTF-8", params({ { "level", all }, { "note", QString(600, QChar(0xe9)) } }),
        "too_large", "param \"note\" has 1200 bytes; at most 1024 are allowed");
    row("lone surrogate", params({ { "level", all }, { "note", QString(QChar(0xd800)) } }),
        "bad_param", "param \"note\" must be valid Unicode");
    row("17 of them", many, "too_large", "17 params were given; at most 16 are allowed");
}

void TestParams::badParams_areNamed()
{
    QFETCH(Params, given);
    QFETCH(QString, code);
    QFETCH(QString, message);
    const Result<Params> resolved = resolveParams(quakes(), given);
    QVERIFY(!resolved.ok());
    QCOMPARE(resolved.error().code, code);
    QCOMPARE(resolved.error().message, message);
}

void TestParams::headerParams_holdNoLineBreak()
{
    ChannelDefinition channel = quakes();
    const auto note = [](const QString &text) {
        return params({ { "level", QStringLiteral("all") }, { "note", text } });
    };
    QVERIFY(resolveParams(channel, note(QStringLiteral("a\r\nb"))).ok());
    channel.request.headers.append({ QStringLiteral("X-Note"), QStringLiteral("<{note}>") });
    QVERIFY(resolveParams(channel, note(QStringLiteral("a b"))).ok());
    for (const QString &bad :
         { QStringLiteral("a\rb"), QStringLiteral("a\nb"), QString(QChar(u'\0')) })
        QCOMPARE(resolveParams(channel, note(bad)).error().code, QStringLiteral("bad_param"));
}

void TestParams::streamName_isCanonical_data()
{
    QTest::addColumn<Params>("given");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("none") << Params() << QByteArray("c");
    QTest::newRow("sorted by bytes") << params({ { "b", QStringLiteral("2") },
                                                 { "a", QStringLiteral("1") },
                                                 { "B", QStringLiteral("3") } })
                                     << QByteArray("c?B=3&a=1&b=2");
    QTest::newRow("unreserved kept")
        << params({ { "a", QStringLiteral("AZaz09-._~") } }) << QByteArray("c?a=AZaz09-._~");
    QTest::newRow("the rest encoded")
        << params({ { "a", QStringLiteral("/?#[]@!$&'()*+,;=:% \"") } })
        << QByteArray("c?a=%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%25%20%22");
    QTest::newRow("UTF-8") << params({ { "a", QStringLiteral("é€😀") } })
                           << QByteArray("c?a=%C3%A9%E2%82%AC%F0%9F%98%80");
    QTest::newRow("control") << params({ { "a", QStringLiteral("\r\n") + QChar(u'\0') } })
                             << QByteArray("c?a=%0D%0A%00");
    QTest::newRow("the document's")
        << params({ { "window", QStringLiteral("hour") }, { "level", QStringLiteral("all") } })
        << QByteArray("c?level=all&window=hour");
}

void TestParams::streamName_isCanonical()
{
    QFETCH(Params, given);
    QFETCH(QByteArray, name);
    QCOMPARE(streamName(QStringLiteral("c"), given), name);
}

void TestParams::unknownChannel_namesItShortened()
{
    const Error error = unknownChannel(QString(100, u'n'));
    QCOMPARE(error.code, QStringLiteral("unknown_channel"));
    QVERIFY(error.message.contains(u'"' + QString(64, u'n') + u'"'));
}

QTEST_GUILESS_MAIN(TestParams)
#include "tst_params.moc"
