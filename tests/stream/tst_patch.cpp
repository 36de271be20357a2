#include "core/stream/jsontext.h"
#include "core/stream/patch.h"
#include "tests/stream/testjson.h"

#include <QTest>

using namespace restream;

class TestPatch : public QObject
{
    Q_OBJECT

private slots:
    void patch_isSmallAndReadable_data();
    void patch_isSmallAndReadable();
    void patchLongerThanTheItem_isNone();
    void duplicateMembers_areReplacedWhole();
    void duplicatesInWhatStays_areFoundToo();
    void valuesInPatches_areTheUpstreamsOwnTokens();
    void merge_followsRfc7396_data();
    void merge_followsRfc7396();
    void mergeThatCantBeSaid_isNone_data();
    void mergeThatCantBeSaid_isNone();
    void deepChange_isReplacedOrNone();
    void randomChanges_foldToTheNewItem();
};

static QString text(const QByteArray &utf8)
{
    return QString::fromUtf8(utf8);
}

void TestPatch::patch_isSmallAndReadable_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QByteArray>("patch");
    const auto row = [](const char *name, const char *before, const char *after,
                        const char *patch) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after) << QByteArray(patch);
    };
    row("nothing", R"({"a":1})", R"({"a":1.0})", "[]");
    row("order of members", R"({"a":1,"b":2})", R"({"b":2,"a":1})", "[]");
    row("replaced", R"({"a":1,"b":2})", R"({"a":1,"b":3})",
        R"([{"op":"replace","path":"/b","value":3}])");
    row("added", R"({"a":1})", R"({"b":null,"a":1})", R"([{"op":"add","path":"/b","value":null}])");
    row("removed", R"({"a":1,"b":2})", R"({"a":1})", R"([{"op":"remove","path":"/b"}])");
    row("removals first", R"({"a":1,"b":2})", R"({"c":3,"a":2})",
        R"([{"op":"remove","path":"/b"},{"op":"add","path":"/c","value":3},{"op":"replace","path":"/a","value":2}])");
    row("equal members left out", R"({"a":1.0,"b":"x/y","c":1})", R"({"a":1,"b":"x\/y","c":2})",
        R"([{"op":"replace","path":"/c","value":2}])");
    row("escaped names", R"({"a/b":1,"m~n":1,"":1,"q\"":1})", R"({"a/b":2,"m~n":2,"":2,"q\"":2})",
        R"([{"op":"replace","path":"/a~1b","value":2},{"op":"replace","path":"/m~0n","value":2},)"
        R"({"op":"replace","path":"/","value":2},{"op":"replace","path":"/q\"","value":2}])");
    row("tilde then 1", R"({"~1":1})", R"({"~1":2})",
        R"([{"op":"replace","path":"/~01","value":2}])");
    row("name with an escape", R"({"\u0061\ud800":1})", R"({"a\ud800":2})",
        R"([{"op":"replace","path":"/a\ud800","value":2}])");
    row("nested", R"({"p":{"x":{"y":1,"z":"a long text that stays"}}})",
        R"({"p":{"x":{"y":2,"z":"a long text that stays"}}})",
        R"([{"op":"replace","path":"/p/x/y","value":2}])");
    row("replaced where that is shorter", R"({"p":{"x":1,"y":2,"z":3}})", R"({"p":{"x":2,"y":3}})",
        R"([{"op":"replace","path":"/p","value":{"x":2,"y":3}}])");
    row("other kind", R"({"a":[1]})", R"({"a":{"0":1}})",
        R"([{"op":"replace","path":"/a","value":{"0":1}}])");
    row("to null", R"({"a":1})", R"({"a":null})", R"([{"op":"replace","path":"/a","value":null}])");
    row("element replaced", "[1,2,3]", "[1,5,3]", R"([{"op":"replace","path":"/1","value":5}])");
    row("element appended", "[1,2]", "[1,2,3]", R"([{"op":"add","path":"/2","value":3}])");
    row("element in front", "[1,2]", "[0,1,2]", R"([{"op":"add","path":"/0","value":0}])");
    row("elements in the middle", "[1,2]", "[1,8,9,2]",
        R"([{"op":"add","path":"/1","value":8},{"op":"add","path":"/2","value":9}])");
    row("first element removed", "[1,2,3]", "[2,3]", R"([{"op":"remove","path":"/0"}])");
    row("middle elements removed", "[1,2,3,4]", "[1,4]",
        R"([{"op":"remove","path":"/2"},{"op":"remove","path":"/1"}])");
    row("all elements removed", "[1,2]", "[]",
        R"([{"op":"remove","path":"/1"},{"op":"remove","path":"/0"}])");
    row("element changed and one added", "[1,2,3]", "[1,7,8,3]",
        R"([{"op":"replace","path":"/1","value":7},{"op":"add","path":"/2","value":8}])");
    row("in an element", R"([{"id":1,"v":"an old value"},{"id":2}])",
        R"([{"id":1,"v":"another one"},{"id":2}])",
        R"([{"op":"replace","path":"/0/v","value":"another one"}])");
    row("repeated elements", "[1,1,1]", "[1,1]", R"([{"op":"remove","path":"/2"}])");
    row("scalar item", "1", "2", R"([{"op":"replace","path":"","value":2}])");
    row("object for a scalar", "1", R"({"a":1})",
        R"([{"op":"replace","path":"","value":{"a":1}}])");
    row("member called __proto__", R"({"__proto__":1})", R"({"__proto__":2})",
        R"([{"op":"replace","path":"/__proto__","value":2}])");
}

void TestPatch::patch_isSmallAndReadable()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QByteArray, patch);
    QCOMPARE(text(itemDiff(before, after)), text(patch));
    QVERIFY(!validateJson(patch));
    QVERIFY(TestJson::parse(before).patched(TestJson::parse(patch)) == TestJson::parse(after));
    const std::optional<QByteArray> bounded = jsonPatch(before, after);
    QCOMPARE(bounded.has_value(), patch.size() <= after.size());
    QCOMPARE(bounded.value_or(patch), patch);
}

void TestPatch::patchLongerThanTheItem_isNone()
{
    const QByteArray before = R"({"id":1,"a":1})";
    QVERIFY(!jsonPatch(before, R"({"id":1,"a":2})"));
    const QByteArray operation = R"([{"op":"replace","path":"/a","value":2}])";
    const QByteArray rest = R"({"id":1,"a":2,"r":""})";
    const QByteArray fill(operation.size() - rest.size(), 'x');
    const QByteArray exact = R"({"id":1,"a":2,"r":")" + fill + R"("})";
    QByteArray old = exact;
    old.replace("\"a\":2", "\"a\":1");
    QCOMPARE(jsonPatch(old, exact), std::optional(operation));
    QByteArray shorter = exact;
    shorter.replace("xx", "x");
    old.replace("xx", "x");
    QVERIFY(!jsonPatch(old, shorter));
    QCOMPARE(itemDiff(old, shorter), operation);
    QVERIFY(!mergePatch(R"({"aa":1,"b":1,"c":1})", R"({"b":1})"));
}

void TestPatch::duplicateMembers_areReplacedWhole()
{
    const QByteArray fine =
        R"({"a":1,"b":[{"c":1}],"long":"a text that makes any patch shorter than the item"})";
    const QByteArrayList duplicates {
        R"({"a":1,"a":2,"long":"a text that makes any patch shorter than the item"})",
        R"({"a":1,"b":[{"c":1,"\u0063":2}],"long":"a text that makes any patch shorter than the item"})",
        R"({"b":[{"c":1}],"a":{"c":1,"c":1},"long":"a text that makes any patch shorter than the item"})"
    };
    for (const QByteArray &item : duplicates) {
        for (const auto &[before, after] :
             { std::pair(fine, item), std::pair(item, fine), std::pair(item, item) }) {
            QVERIFY(!jsonPatch(before, after));
            QVERIFY(!mergePatch(before, after));
            QCOMPARE(itemDiff(before, after),
                     QByteArray(R"([{"op":"replace","path":"","value":)" + after + "}]"));
        }
    }
}

void TestPatch::duplicatesInWhatStays_areFoundToo()
{
    const QByteArray long1 = R"("long":"a text that makes any patch shorter than the item")";
    const QByteArray before = R"({"a":1,"b":{"c":[{"d":1,"d":1}]},)" + long1 + '}';
    QByteArray after = before;
    after.replace("\"a\":1", "\"a\":2");
    QVERIFY(!jsonPatch(before, after));
    QVERIFY(!mergePatch(before, after));
    QByteArrayList members;
    for (int i = 0; i < 100; ++i)
        members << "\"m" + QByteArray::number(i) + "\":1";
    const QByteArray many = '{' + members.join(',') + '}';
    QByteArray changed = many;
    changed.replace("\"m7\":1", "\"m7\":2");
    QVERIFY(jsonPatch(many, changed) && mergePatch(many, changed));
    changed.replace("\"m99\"", "\"m7\"");
    QVERIFY(!jsonPatch(many, changed) && !mergePatch(many, changed));
    QVERIFY(!jsonPatch(changed, many) && !mergePatch(changed, many));
}

void TestPatch::valuesInPatches_areTheUpstreamsOwnTokens()
{
    const QByteArray before =
        R"({"n":0,"s":"","o":{},"rest":"long enough for a patch to be worth it, which takes a while"})";
    const QByteArray after =
        R"({"n":1.50e+3,"s":"\u00e9\/","o":{"z":9007199254740993,"a":1e400},"rest":"long enough for a patch to be worth it, which takes a while"})";
    const QByteArray patch = itemDiff(before, after);
    QVERIFY(patch.contains(R"("value":1.50e+3})"));
    QVERIFY(patch.contains(R"("value":"\u00e9\/"})"));
    QVERIFY(patch.contains(R"(9007199254740993)") && patch.contains("1e400"));
    QCOMPARE(mergePatch(before, after).value(),
             R"({"n":1.50e+3,"s":"\u00e9\/","o":{"z":9007199254740993,"a":1e400}})");
}

void TestPatch::merge_followsRfc7396_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QByteArray>("merge");
    const auto row = [](const char *name, const char *before, const char *after,
                        const char *merge) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after) << QByteArray(merge);
    };
    row("nothing", R"({"a":1})", R"({"a":1.0})", "{}");
    row("replaced", R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})");
    row("added", R"({"a":"b"})", R"({"a":"b","b":"c"})", R"({"b":"c"})");
    row("removed", R"({"a":"b","b":"cccccccc"})", R"({"b":"cccccccc"})", R"({"a":null})");
    row("array for a string", R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})");
    row("nested", R"({"a":{"b":"c","d":"eeeee"}})", R"({"a":{"b":"dd","d":"eeeee"}})",
        R"({"a":{"b":"dd"}})");
    row("nested removal", R"({"a":{"b":"c","d":1},"e":"fffffff"})",
        R"({"a":{"d":1},"e":"fffffff"})", R"({"a":{"b":null}})");
    row("array whole", R"({"a":[1,2,3],"b":1})", R"({"a":[1,3],"b":1})", R"({"a":[1,3]})");
    row("object for a scalar", R"({"a":1,"b":1})", R"({"a":{"x":{}},"b":1})", R"({"a":{"x":{}}})");
    row("array item", "[1,2]", "[3]", "[3]");
    row("object for an array item", "[1,2]", R"({"a":1})", R"({"a":1})");
    row("scalar for an object item", R"({"a":1})", "5", "5");
    row("equal scalars", "1.0", "1", "1");
    row("null that stays", R"({"a":null,"b":1})", R"({"a":null,"b":2})", R"({"b":2})");
    row("null that goes", R"({"a":null,"bbb":12345678})", R"({"bbb":12345678})", R"({"a":null})");
    row("null in an array that stays", R"({"a":[null],"b":1})", R"({"a":[null],"b":2})",
        R"({"b":2})");
    row("name as upstream wrote it", R"({"\u00e9":1,"a":1})", R"({"\u00e9":2,"a":1})",
        R"({"\u00e9":2})");
    row("text that says null", R"({"a":"x"})", R"({"a":"null"})", R"({"a":"null"})");
    row("nested equal but for order", R"({"o":{"x":1,"y":2},"b":1})",
        R"({"o":{"y":2.0,"x":1},"b":2})", R"({"b":2})");
}

void TestPatch::merge_followsRfc7396()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QByteArray, merge);
    QCOMPARE(text(mergePatch(before, after).value_or("none")), text(merge));
    QVERIFY(TestJson::parse(before).merged(TestJson::parse(merge)) == TestJson::parse(after));
}

void TestPatch::mergeThatCantBeSaid_isNone_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char *name, const char *before, const char *after) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after);
    };
    row("to null", R"({"a":1,"rest":"0123456789"})", R"({"a":null,"rest":"0123456789"})");
    row("new null", R"({"rest":"0123456789"})", R"({"a":null,"rest":"0123456789"})");
    row("null in a new object", R"({"rest":"0123456789"})",
        R"({"a":{"b":null},"rest":"0123456789"})");
    row("null in a new array", R"({"rest":"0123456789"})", R"({"a":[1,null],"rest":"0123456789"})");
    row("null in a replaced array", R"({"a":[1],"rest":"0123456789"})",
        R"({"a":[{"x":null}],"rest":"0123456789"})");
    row("null deep in a merged object", R"({"a":{"b":{"c":1}},"rest":"0123456789"})",
        R"({"a":{"b":{"c":null}},"rest":"0123456789"})");
    row("object with null for a scalar", "1", R"({"a":null})");
    row("null item", R"({"a":1})", "null");
    row("longer than the item", R"({"aaaaaaaa":1,"b":1})", R"({"b":2})");
}

void TestPatch::mergeThatCantBeSaid_isNone()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QVERIFY(!mergePatch(before, after));
}

void TestPatch::deepChange_isReplacedOrNone()
{
    const auto nested = [](const QByteArray &leaf) -> QByteArray {
        return QByteArray(R"({"a":)").repeated(maxJsonDepth) + leaf
            + QByteArray("}").repeated(maxJsonDepth);
    };
    const QByteArray patch = itemDiff(nested("1"), nested("2"));
    QVERIFY(!validateJson(patch));
    QVERIFY(TestJson::parse(nested("1")).patched(TestJson::parse(patch))
            == TestJson::parse(nested("2")));
    QVERIFY(!mergePatch(nested("1"), nested("2")));
    QCOMPARE(itemDiff(nested("1"), nested("1.0")), "[]");
    const QByteArray arrays = QByteArray(maxJsonDepth, '[') + QByteArray(maxJsonDepth, ']');
    QByteArray longer = arrays;
    longer.insert(maxJsonDepth, "1,2");
    QVERIFY(TestJson::parse(arrays).patched(TestJson::parse(itemDiff(arrays, longer)))
            == TestJson::parse(longer));
}

void TestPatch::randomChanges_foldToTheNewItem()
{
    QRandomGenerator random(6902);
    int patches = 0;
    int merges = 0;
    for (int i = 0; i < 12000; ++i) {
        const TestJson old = TestJson::random(random, 5);
        TestJson wanted = old.mutated(random);
        for (int more = random.bounded(3); more > 0; --more)
            wanted = wanted.mutated(random);
        const QByteArray before = compactJson(old.write(random));
        const QByteArray after = compactJson(wanted.write(random));
        const QByteArray context = before + "\n" + after;
        const bool duplicates = old.hasDuplicates() || wanted.hasDuplicates();

        const QByteArray operations = itemDiff(before, after);
        QVERIFY2(!validateJson(operations), context.constData());
        const std::optional<TestJson> patched = old.patched(TestJson::parse(operations));
        QVERIFY2(patched && *patched == wanted,
                 QByteArray(context + "\n" + operations).constData());
        QCOMPARE(compactJson(operations), operations);
        if (!duplicates)
            QCOMPARE(operations == "[]", old == wanted);

        const std::optional<QByteArray> patch = jsonPatch(before, after);
        QCOMPARE(patch.has_value(), !duplicates && operations.size() <= after.size());
        if (patch)
            QCOMPARE(*patch, operations);
        patches += patch.has_value();

        const std::optional<QByteArray> merge = mergePatch(before, after);
        if (merge) {
            QVERIFY2(!validateJson(*merge), context.constData());
            QVERIFY2(old.merged(TestJson::parse(*merge)) == wanted,
                     QByteArray(context + "\n" + *merge).constData());
            QVERIFY(merge->size() <= after.size() && !duplicates);
            QCOMPARE(compactJson(*merge), *merge);
        }
        merges += merge.has_value();
    }
    QVERIFY(patches > 2000);
    QVERIFY(merges > 2000);
}

QTEST_GUILESS_MAIN(TestPatch)
#include "tst_patch.moc"
