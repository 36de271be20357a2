#include "core/stream/diff.h"
#include "core/stream/jsontext.h"
#include "tests/stream/testjson.h"

#include <QTest>

using namespace restream;
using Mode = RemovalRule::Mode;

class TestDiff : public QObject
{
    Q_OBJECT

private slots:
    void rules_areThoseOfTheDefinition();
    void firstPoll_addsAll();
    void samePoll_changesNothing();
    void prettyPrintedPoll_changesNothing();
    void equalItem_staysAsItWasHeld();
    void changedItem_carriesBothTexts();
    void changeOfIgnoredMemberAlone_isNoUpdate();
    void changeBesideIgnoredMember_carriesTheWholeItem();
    void missingItem_isRemovedFromASnapshotAtOnce();
    void emptyListAfterAFullOne_followsTheRemovalRule();
    void missingItem_isRemovedAfterAsManyPolls();
    void itemThatComesBack_isCountedAnew();
    void unchangedPolls_countForRemoval();
    void missingItem_staysInAWindow();
    void fullWindow_dropsTheLongestUnseenFirst();
    void lowerLimit_dropsMissingItemsAlone();
    void newItems_areAddedInThePollsOrder();
    void order_isSentOnlyWhereOrderedAndDifferent();
    void orderOfAWindow_hasWhatScrolledOutLast();
    void orderOfASnapshot_keepsMissingItemsInTheirPlaces();
    void numbersAndStrings_shareIds();
    void randomPolls_leadToWhatUpstreamHas_data();
    void randomPolls_leadToWhatUpstreamHas();
    void manyItems_areComparedQuickly();
};

namespace {

PolledItems polled(const QByteArray &body)
{
    ChannelDefinition definition;
    definition.idField = QStringList { QStringLiteral("id") };
    return readItems(body, definition).value();
}

/// A poll of items that are nothing but ids.
PolledItems polledIds(const QByteArray &letters)
{
    QByteArrayList items;
    for (const char letter : letters)
        items << QByteArray("{\"id\":\"") + letter + "\"}";
    return polled('[' + items.join(',') + ']');
}

/// What a stream does with polls.
struct Held
{
    DiffRules rules;
    ItemSet items;
    qint64 polls = 0;

    Changeset take(const PolledItems &poll) { return take(diff(items, poll, rules, ++polls)); }
    Changeset takeUnchanged() { return take(diffUnchanged(items, rules, ++polls)); }

    Changeset take(const Difference &difference)
    {
        items.apply(difference.changes);
        for (const auto &[id, poll] : difference.missingSince)
            items.setMissingSince(id, poll);
        return difference.changes;
    }

    [[nodiscard]] QByteArray ids() const
    {
        QByteArray result;
        for (const HeldItem &held : items.items())
            result += held.item.id;
        return result;
    }
};

QByteArray joined(const std::vector<QByteArray> &ids)
{
    QByteArray result;
    for (const QByteArray &id : ids)
        result += id;
    return result;
}

DiffRules rulesOf(Mode mode, int after = 1, bool ordered = false, qint64 maxItems = 10000)
{
    DiffRules rules;
    rules.removal.mode = mode;
    rules.removal.after = after;
    rules.ordered = ordered;
    rules.maxItems = maxItems;
    return rules;
}

}

void TestDiff::rules_areThoseOfTheDefinition()
{
    ChannelDefinition definition;
    definition.ignore = QStringList { QStringLiteral("/t") };
    definition.removal = { Mode::Window, 3 };
    definition.ordered = true;
    definition.maxItems = 7;
    const DiffRules rules = diffRules(definition);
    QCOMPARE(rules.ignore, definition.ignore);
    QVERIFY(rules.removal.mode == Mode::Window && rules.removal.after == 3 && rules.ordered);
    QCOMPARE(rules.maxItems, 7);
}

void TestDiff::firstPoll_addsAll()
{
    const Difference difference = diff({}, polled(R"([ {"id": 1, "v": 1.0} , {"id":"b"} ])"), {}, 1);
    const std::vector<Item> expected { { "1", R"({"id":1,"v":1.0})" }, { "b", R"({"id":"b"})" } };
    QCOMPARE(difference.changes.added, expected);
    QVERIFY(difference.changes.updated.empty() && difference.changes.removed.empty() && !difference.changes.order);
    QVERIFY(difference.missingSince.empty());
    QVERIFY(diff({}, polled("[]"), {}, 1).changes.isEmpty());
}

void TestDiff::samePoll_changesNothing()
{
    Held held;
    held.take(polledIds("abc"));
    const Difference again = diff(held.items, polledIds("abc"), held.rules, 2);
    QVERIFY(again.changes.isEmpty());
    QVERIFY(again.missingSince.empty());
}

void TestDiff::prettyPrintedPoll_changesNothing()
{
    Held held;
    held.take(polled(R"([{"id":1,"list":[1,2,{"x":" a  b "}]}])"));
    QVERIFY(held.take(polled("[\n  {\n    \"id\": 1,\n    \"list\": [\n 1, 2, { \"x\" : \" a  b \" } ]\r\n\t}\n]")).isEmpty());
}

void TestDiff::equalItem_staysAsItWasHeld()
{
    Held held;
    held.take(polled(R"([{"id":1,"v":1.0,"s":"a/b"}])"));
    QVERIFY(held.take(polled(R"([{"s":"a\/b","v":10e-1,"id":1}])")).isEmpty());
    QCOMPARE(held.items.find("1")->item.text, R"({"id":1,"v":1.0,"s":"a/b"})");
}

void TestDiff::changedItem_carriesBothTexts()
{
    Held held;
    held.take(polled(R"([{"id":1,"v":1.0},{"id":2}])"));
    const Changeset changes = held.take(polled(R"([{"id":2},{"id":1, "v":1.10}])"));
    const std::vector<Update> expected { { "1", R"({"id":1,"v":1.0})", R"({"id":1,"v":1.10})" } };
    QCOMPARE(changes.updated, expected);
    QVERIFY(changes.added.empty() && changes.removed.empty() && !changes.order);
}

void TestDiff::changeOfIgnoredMemberAlone_isNoUpdate()
{
    Held held;
    held.rules.ignore = QStringList { QStringLiteral("/t"), QStringLiteral("/p/seen") };
    held.take(polled(R"([{"id":1,"t":1,"p":{"seen":1,"v":1}}])"));
    QVERIFY(held.take(polled(R"([{"id":1,"t":2,"p":{"seen":2,"v":1}}])")).isEmpty());
    QVERIFY(held.take(polled(R"([{"p":{"v":1},"id":1}])")).isEmpty());
    QCOMPARE(held.items.find("1")->item.text, R"({"id":1,"t":1,"p":{"seen":1,"v":1}})");
}

void TestDiff::changeBesideIgnoredMember_carriesTheWholeItem()
{
    Held held;
    held.rules.ignore = QStringList { QStringLiteral("/t") };
    held.take(polled(R"([{"id":1,"t":1,"v":1}])"));
    const Changeset changes = held.take(polled(R"([{"id":1,"t":2,"v":2}])"));
    QCOMPARE(changes.updated.at(0).after, R"({"id":1,"t":2,"v":2})");
    QCOMPARE(changes.updated.at(0).before, R"({"id":1,"t":1,"v":1})");
}

void TestDiff::missingItem_isRemovedFromASnapshotAtOnce()
{
    Held held;
    held.take(polledIds("abcd"));
    const Changeset changes = held.take(polledIds("dbx"));
    QCOMPARE(joined(changes.removed), "ac");
    QCOMPARE(changes.added.at(0).id, "x");
    QCOMPARE(held.ids(), "bdx");
}

void TestDiff::emptyListAfterAFullOne_followsTheRemovalRule()
{
    Held snapshot;
    snapshot.take(polledIds("ab"));
    QCOMPARE(joined(snapshot.take(polledIds("")).removed), "ab");
    QVERIFY(snapshot.items.isEmpty());

    Held patient { rulesOf(Mode::Snapshot, 2), {}, 0 };
    patient.take(polledIds("ab"));
    QVERIFY(patient.take(polledIds("")).isEmpty());
    QCOMPARE(joined(patient.take(polledIds("")).removed), "ab");

    Held window { rulesOf(Mode::Window), {}, 0 };
    window.take(polledIds("ab"));
    QVERIFY(window.take(polledIds("")).isEmpty());
    QVERIFY(window.take(polledIds("")).isEmpty());
    QCOMPARE(window.ids(), "ab");
}

void TestDiff::missingItem_isRemovedAfterAsManyPolls()
{
    Held held { rulesOf(Mode::Snapshot, 3), {}, 0 };
    held.take(polledIds("ab"));
    QVERIFY(held.take(polledIds("a")).isEmpty());
    QCOMPARE(held.items.find("b")->missingSince, 2);
    QVERIFY(held.take(polledIds("a")).isEmpty());
    QCOMPARE(held.items.find("b")->missingSince, 2);
    QCOMPARE(joined(held.take(polledIds("a")).removed), "b");
}

void TestDiff::itemThatComesBack_isCountedAnew()
{
    Held held { rulesOf(Mode::Snapshot, 2), {}, 0 };
    held.take(polledIds("ab"));
    QVERIFY(held.take(polledIds("a")).isEmpty());
    const Difference back = diff(held.items, polledIds("ab"), held.rules, 3);
    QVERIFY(back.changes.isEmpty());
    const std::vector<std::pair<QByteArray, qint64>> expected { { "b", 0 } };
    QCOMPARE(back.missingSince, expected);
    held.take(back);
    held.polls = 3;
    QVERIFY(held.take(polledIds("a")).isEmpty());
    QCOMPARE(joined(held.take(polledIds("a")).removed), "b");
    QCOMPARE(joined({ held.take(polledIds("ab")).added.at(0).id }), "b");
}

void TestDiff::unchangedPolls_countForRemoval()
{
    Held held { rulesOf(Mode::Snapshot, 3), {}, 0 };
    held.take(polledIds("abc"));
    held.take(polledIds("ac"));
    const Difference second = diffUnchanged(held.items, held.rules, ++held.polls);
    QVERIFY(second.changes.isEmpty());
    QVERIFY(second.missingSince.empty());
    QCOMPARE(joined(held.takeUnchanged().removed), "b");
    QVERIFY(held.takeUnchanged().isEmpty());
    QCOMPARE(held.ids(), "ac");

    Held window { rulesOf(Mode::Window), {}, 0 };
    window.take(polledIds("ab"));
    window.take(polledIds("a"));
    for (int i = 0; i < 5; ++i)
        QVERIFY(window.takeUnchanged().isEmpty());
    QCOMPARE(window.ids(), "ab");
}

void TestDiff::missingItem_staysInAWindow()
{
    Held held { rulesOf(Mode::Window), {}, 0 };
    held.take(polledIds("ab"));
    const Difference next = diff(held.items, polledIds("bc"), held.rules, 2);
    const std::vector<std::pair<QByteArray, qint64>> expected { { "a", 2 } };
    QCOMPARE(next.missingSince, expected);
    held.take(next);
    held.polls = 2;
    QCOMPARE(held.ids(), "abc");
    QVERIFY(held.take(polledIds("bc")).isEmpty());
    QCOMPARE(held.items.find("a")->missingSince, 2);
    held.take(polledIds("a"));
    QCOMPARE(held.items.find("a")->missingSince, 0);
}

void TestDiff::fullWindow_dropsTheLongestUnseenFirst()
{
    Held held { rulesOf(Mode::Window, 1, false, 4), {}, 0 };
    held.take(polledIds("abcd"));
    held.take(polledIds("acd")); // b unseen since 2
    held.take(polledIds("cd")); // a unseen since 3
    const Changeset one = held.take(polledIds("cde"));
    QCOMPARE(joined(one.removed), "b");
    QCOMPARE(held.ids(), "acde");
    const Difference two = diff(held.items, polledIds("fg"), held.rules, ++held.polls);
    QCOMPARE(joined(two.changes.removed), "ac"); // a first; of those unseen since now the one held longest
    const std::vector<std::pair<QByteArray, qint64>> staying { { "d", 5 }, { "e", 5 } };
    QCOMPARE(two.missingSince, staying);
}

void TestDiff::lowerLimit_dropsMissingItemsAlone()
{
    Held held { rulesOf(Mode::Snapshot, 9), {}, 0 };
    held.take(polledIds("abcd"));
    held.rules.maxItems = 2;
    QCOMPARE(joined(held.take(polledIds("bd")).removed), "ac");
    QCOMPARE(held.ids(), "bd");
}

void TestDiff::newItems_areAddedInThePollsOrder()
{
    Held held;
    held.take(polledIds("ab"));
    const Changeset changes = held.take(polledIds("xaybz"));
    QCOMPARE(changes.added.size(), size_t(3));
    QVERIFY(!changes.order);
    QCOMPARE(held.ids(), "abxyz");
}

void TestDiff::order_isSentOnlyWhereOrderedAndDifferent()
{
    Held held { rulesOf(Mode::Snapshot, 1, true), {}, 0 };
    QVERIFY(!held.take(polledIds("abc")).order);
    QVERIFY(!held.take(polledIds("abcd")).order);
    QVERIFY(!held.take(polledIds("acd")).order);
    const Changeset swapped = held.take(polledIds("adc"));
    QVERIFY(swapped.added.empty() && swapped.updated.empty() && swapped.removed.empty());
    QCOMPARE(joined(*swapped.order), "adc");
    const Changeset front = held.take(polledIds("xad"));
    QCOMPARE(joined(front.removed), "c");
    QCOMPARE(joined(*front.order), "xad");
    QCOMPARE(held.ids(), "xad");
    QVERIFY(held.take(polledIds("xad")).isEmpty());

    Held unordered;
    unordered.take(polledIds("abc"));
    QVERIFY(unordered.take(polledIds("cba")).isEmpty());
}

void TestDiff::orderOfAWindow_hasWhatScrolledOutLast()
{
    Held held { rulesOf(Mode::Window, 1, true), {}, 0 };
    held.take(polledIds("cba"));
    const Changeset changes = held.take(polledIds("edc"));
    QCOMPARE(joined(*changes.order), "edcba");
    QCOMPARE(held.ids(), "edcba");
    QVERIFY(held.take(polledIds("edc")).isEmpty());
    QVERIFY(held.take(polledIds("ed")).isEmpty());
    QCOMPARE(joined(*held.take(polledIds("d")).order), "decba");
}

void TestDiff::orderOfASnapshot_keepsMissingItemsInTheirPlaces()
{
    Held held { rulesOf(Mode::Snapshot, 3, true), {}, 0 };
    held.take(polledIds("abcd"));
    QVERIFY(held.take(polledIds("acd")).isEmpty());
    QVERIFY(held.take(polledIds("abcd")).isEmpty());
    QVERIFY(held.take(polledIds("bcd")).isEmpty());
    QCOMPARE(joined(*held.take(polledIds("dbc")).order), "adbc");
    QCOMPARE(joined(held.take(polledIds("dbc")).removed), "a");
    QCOMPARE(held.ids(), "dbc");
}

void TestDiff::numbersAndStrings_shareIds()
{
    Held held;
    held.take(polled(R"([{"id":1,"v":1}])"));
    const Changeset changes = held.take(polled(R"([{"id":"1","v":1}])"));
    QVERIFY(changes.added.empty() && changes.removed.empty());
    QCOMPARE(changes.updated.at(0).id, "1");
}

void TestDiff::randomPolls_leadToWhatUpstreamHas_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("after");
    QTest::addColumn<bool>("ordered");
    QTest::addColumn<int>("maxItems");
    QTest::newRow("snapshot") << int(Mode::Snapshot) << 1 << false << 1000;
    QTest::newRow("snapshot, ordered") << int(Mode::Snapshot) << 1 << true << 1000;
    QTest::newRow("snapshot, after 3") << int(Mode::Snapshot) << 3 << false << 1000;
    QTest::newRow("snapshot, after 3, ordered, limit") << int(Mode::Snapshot) << 3 << true << 22;
    QTest::newRow("window") << int(Mode::Window) << 1 << false << 40;
    QTest::newRow("window, ordered") << int(Mode::Window) << 1 << true << 30;
}

void TestDiff::randomPolls_leadToWhatUpstreamHas()
{
    QFETCH(int, mode);
    QFETCH(int, after);
    QFETCH(bool, ordered);
    QFETCH(int, maxItems);
    QRandomGenerator random(99);
    Held held { rulesOf(Mode(mode), after, ordered, maxItems), {}, 0 };
    held.rules.ignore = QStringList { QStringLiteral("/t") };
    QHash<QByteArray, QByteArray> texts; // as of the poll in which each last changed
    QHash<QByteArray, qint64> lastSeen;
    std::vector<QByteArray> order; // of what is held
    for (int round = 1; round <= 400; ++round) {
        QByteArrayList raw;
        std::vector<QByteArray> present;
        for (int i = 0; i < 20; ++i) {
            const QByteArray id = QByteArray::number(random.bounded(50));
            if (std::find(present.begin(), present.end(), id) != present.end())
                continue;
            present.push_back(id);
            const QByteArray value = QByteArray::number(random.bounded(3));
            raw << (random.bounded(2) ? QByteArray(R"({"id": )" + id + R"(,"v":)" + value + R"(.0,"t":)" + QByteArray::number(round) + '}')
                                      : QByteArray(R"({"v":)" + value + R"(,"id":)" + id + '}'));
        }
        const QByteArray body = '[' + raw.join(" , ") + ']';
        const Changeset changes = held.take(polled(body));

        // What must be held now, counted in another way.
        std::vector<QByteArray> expected;
        for (const QByteArray &id : order) {
            const bool seen = std::find(present.begin(), present.end(), id) != present.end();
            if (seen || Mode(mode) == Mode::Window || round - lastSeen.value(id) < after)
                expected.push_back(id);
        }
        for (const QByteArray &id : present) {
            if (std::find(expected.begin(), expected.end(), id) == expected.end())
                expected.push_back(id);
            lastSeen[id] = round;
        }
        while (expected.size() > size_t(maxItems)) {
            expected.erase(std::min_element(expected.begin(), expected.end(), [&](const QByteArray &a, const QByteArray &b) {
                return lastSeen.value(a) < lastSeen.value(b);
            }));
        }
        std::vector<QByteArray> heldIds;
        for (const HeldItem &item : held.items.items())
            heldIds.push_back(item.item.id);
        if (ordered) {
            std::vector<QByteArray> heldPresent;
            std::copy_if(heldIds.begin(), heldIds.end(), std::back_inserter(heldPresent), [&](const QByteArray &id) {
                return std::find(present.begin(), present.end(), id) != present.end();
            });
            QCOMPARE(heldPresent, present);
            if (Mode(mode) == Mode::Window)
                QVERIFY(std::equal(present.begin(), present.end(), heldIds.begin()));
            QVERIFY(std::is_permutation(heldIds.begin(), heldIds.end(), expected.begin(), expected.end()));
        } else {
            QCOMPARE(heldIds, expected);
            QVERIFY(!changes.order);
        }
        order = heldIds;

        for (int i = 0; i < raw.size(); ++i) {
            const QByteArray &id = present[size_t(i)];
            const QByteArray now = compactJson(raw.at(i));
            const auto value = [](const QByteArray &text) { return TestJson::parse(text).member(QStringLiteral("v"))->text.left(1); };
            const bool isNew = std::any_of(changes.added.begin(), changes.added.end(), [&](const Item &item) { return item.id == id; });
            if (isNew || value(texts.value(id)) != value(now))
                texts[id] = now;
            QCOMPARE(held.items.find(id)->item.text, texts.value(id));
        }
    }
}

void TestDiff::manyItems_areComparedQuickly()
{
    QByteArrayList items;
    for (int i = 0; i < 100'000; ++i)
        items << R"({"id":)" + QByteArray::number(i) + R"(,"v":"some value of an item"})";
    ChannelDefinition definition;
    definition.idField = QStringList { QStringLiteral("id") };
    definition.maxItems = 200'000;
    Held held { diffRules(definition), {}, 0 };
    const QByteArray body = '[' + items.join(',') + ']';
    held.take(readItems(body, definition).value());
    for (int i = 0; i < 1000; ++i)
        items[i * 97].replace("value", "other");
    const PolledItems next = readItems(QByteArray('[' + items.join(',') + ']'), definition).value();
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(held.take(next).updated.size(), size_t(1000));
    QVERIFY2(timer.elapsed() < 1500, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestDiff)
#include "tst_diff.moc"
