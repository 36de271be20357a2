#include "core/stream/changesetcodec.h"

#include <QTest>

using namespace restream;

class TestChangesetCodec : public QObject
{
    Q_OBJECT

private slots:
    void everyMember_comesBack();
    void emptyOrder_isNotNoOrder();
    void damagedBlob_isRefused();
    void similarTexts_takeLittleSpace();
};

namespace {

Changeset sample()
{
    Changeset changes;
    changes.seq = 42;
    changes.timeMs = 1'700'000'000'123;
    changes.added = { { "1", R"({"a":1.10})" },
                      { "", "null" },
                      { QByteArray("\0\xff", 2), "\"\"" } };
    changes.updated = { { "2", R"({"a":1})", R"({"a":2})" } };
    changes.removed = { "3", QByteArray("\xed\xa0\x80") };
    changes.order = { { "2", "1", "" } };
    return changes;
}

}

void TestChangesetCodec::everyMember_comesBack()
{
    const Changeset changes = sample();
    const auto decoded = decodeChangeset(changes.seq, changes.timeMs, encodeChangeset(changes));
    QVERIFY(decoded);
    QVERIFY(*decoded == changes);
}

void TestChangesetCodec::emptyOrder_isNotNoOrder()
{
    Changeset changes;
    QVERIFY(!decodeChangeset(0, 0, encodeChangeset(changes))->order);
    changes.order.emplace();
    const auto decoded = decodeChangeset(0, 0, encodeChangeset(changes));
    QVERIFY(decoded && decoded->order && decoded->order->empty());
}

void TestChangesetCodec::damagedBlob_isRefused()
{
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    const auto restore = qScopeGuard([] { qInstallMessageHandler(nullptr); });
    const QByteArray blob = encodeChangeset(sample());
    QVERIFY(!decodeChangeset(1, 1, {}));
    for (qsizetype length = 0; length < blob.size(); ++length)
        QVERIFY(!decodeChangeset(1, 1, blob.left(length)));
    for (qsizetype place = 0; place < blob.size(); ++place) {
        QByteArray damaged = blob;
        damaged[place] = char(damaged[place] ^ 0x55);
        const auto decoded = decodeChangeset(1, 1, damaged);
        // The length in front is only a hint, and a few bits of zlib's head matter to nobody.
        QVERIFY(!decoded || decoded->added == sample().added);
    }
    QVERIFY(!decodeChangeset(1, 1, qCompress(QByteArrayLiteral("\x02"))));
    QVERIFY(!decodeChangeset(1, 1, qCompress(QByteArrayLiteral("\x01\xff\xff\xff\xff"))));
}

void TestChangesetCodec::similarTexts_takeLittleSpace()
{
    Changeset changes;
    const QByteArray text =
        R"({"id":"x","place":"5 km S of Somewhere","mag":1.25,"time":1700000000})";
    for (int i = 0; i < 1000; ++i)
        changes.updated.push_back({ QByteArray::number(i), text, text });
    QVERIFY(encodeChangeset(changes).size() < 20'000);
}

QTEST_GUILESS_MAIN(TestChangesetCodec)
#include "tst_changesetcodec.moc"
