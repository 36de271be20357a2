#include "tests/stream/heldstream.h"

#include <QTest>

using namespace restream;

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
};

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
    const Difference difference = diff(polled(R"([ {"id": 1, "v": 1.0} , {"id":"b"} ])"), {}, 1);
    const std::vector<Item> expected { { "1", R"({"id":1,"v":1.0})" }, { "b", R"({"id":"b"})" } };
    QCOMPARE(difference.changes.added, expected);
    QVERIFY(difference.changes.updated.empty() && difference.changes.removed.empty()
            && !difference.changes.order);
    QVERIFY(difference.missingSince.empty());
    QVERIFY(diff(polled("[]"), {}, 1).changes.isEmpty());
}

void TestDiff::samePoll_changesNothing()
{
    Held held;
    held.take(polledIds("abc"));
    const Difference again = held.differenceTo(polledIds("abc"), 2);
    QVERIFY(again.changes.isEmpty());
    QVERIFY(again.missingSince.empty());
}

void TestDiff::prettyPrintedPoll_changesNothing()
{
    Held held;
    held.take(polled(R"([{"id":1,"list":[1,2,{"x":" a  b "}]}])"));
    QVERIFY(held.take(polled("[\n  {\n    \"id\": 1,\n    \"list\": [\n 1, 2, { \"x\" : \" a  b \" "
                             "} ]\r\n\t}\n]"))
                .isEmpty());
}

void TestDiff::equalItem_staysAsItWasHeld()
{
    Held held;
    held.take(polled(R"([{"id":1,"v":1.0,"s":"a/b"}])"));
    QVERIFY(held.take(polled(R"([{"s":"a\/b","v":10e-1,"id":1}])")).isEmpty());
    QCOMPARE(held.items.find("1")->text(), R"({"id":1,"v":1.0,"s":"a/b"})");
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
    QCOMPARE(held.items.find("1")->text(), R"({"id":1,"t":1,"p":{"seen":1,"v":1}})");
}

void TestDiff::changeBesideIgnoredMember_carriesTheWholeItem()
{
    Held held;
    held.rules.ignore = QStringList { QStringLiteral("/t") };
    held.take(polled(R"([{"id":1,"t":1,"v":1}])"));
    const Changeset changes = held.take(polled(R"([{"id":1,"t":2,"v":2}])"));
    QCOMPARE(changes.updated.at(0).after.text(), R"({"id":1,"t":2,"v":2})");
    QCOMPARE(changes.updated.at(0).before.text(), R"({"id":1,"t":1,"v":1})");
}

void TestDiff::missingItem_isRemovedFromASnapshotAtOnce()
{
    Held held;
    held.take(polledIds("abcd"));
    const Changeset changes = held.take(polledIds("dbx"));
    QCOMPARE(joined(changes.removed), "ac");
    QCOMPARE(changes.added.at(0).id(), "x");
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
    QCOMPARE(held.missingSince("b"), 2);
    QVERIFY(held.take(polledIds("a")).isEmpty());
    QCOMPARE(held.missingSince("b"), 2);
    QCOMPARE(joined(held.take(polledIds("a")).removed), "b");
}

void TestDiff::itemThatComesBack_isCountedAnew()
{
    Held held { rulesOf(Mode::Snapshot, 2), {}, 0 };
    held.take(polledIds("ab"));
    QVERIFY(held.take(polledIds("a")).isEmpty());
    const Difference back = held.differenceTo(polledIds("ab"), 3);
    QVERIFY(back.changes.isEmpty());
    const std::vector<std::pair<QByteArray, qint64>> expected { { "b", 0 } };
    QCOMPARE(back.missingSince, expected);
    held.take(back);
    held.polls = 3;
    QVERIFY(held.take(polledIds("a")).isEmpty());
    QCOMPARE(joined(held.take(polledIds("a")).removed), "b");
    QCOMPARE(held.take(polledIds("ab")).added.at(0).id(), "b");
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
    const Difference next = held.differenceTo(polledIds("bc"), 2);
    const std::vector<std::pair<QByteArray, qint64>> expected { { "a", 2 } };
    QCOMPARE(next.missingSince, expected);
    held.take(next);
    held.polls = 2;
    QCOMPARE(held.ids(), "abc");
    QVERIFY(held.take(polledIds("bc")).isEmpty());
    QCOMPARE(held.missingSince("a"), 2);
    held.take(polledIds("a"));
    QCOMPARE(held.missingSince("a"), 0);
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
    const Difference two = held.differenceTo(polledIds("fg"), ++held.polls);
    QCOMPARE(joined(two.changes.removed),
             "ac"); // a first; of those unseen since now the one held longest
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
    QCOMPARE(changes.updated.at(0).id(), "1");
}

QTEST_GUILESS_MAIN(TestDiff)
#include "tst_diff.moc"
