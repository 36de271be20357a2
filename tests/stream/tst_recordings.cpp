#include "core/stream/diff.h"
#include "core/stream/jsontext.h"
#include "core/stream/patch.h"
#include "tests/stream/testjson.h"
#include "tests/support/corpora.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace restream;

/// The way from body to held items and patches over recorded responses of real APIs.
class TestRecordings : public QObject
{
    Q_OBJECT

private slots:
    void polls_leadToTheBodysItems_data();
    void polls_leadToTheBodysItems();
};

static QString pointer(const QString &path)
{
    if (path.startsWith(u'$'))
        return {};
    return u'/' + path.section(u' ', 0, 0).replace(u'.', u'/');
}

static ChannelDefinition channelOf(const QString &recording)
{
    QFile file(corporaFolder() + u'/' + recording + QStringLiteral("/meta.json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QJsonObject meta = QJsonDocument::fromJson(file.readAll()).object();
    const QString path = meta.value(QStringLiteral("items_path")).toString();
    const QString id = meta.value(QStringLiteral("id_field")).toString().section(u' ', 0, 0);
    ChannelDefinition definition;
    definition.name = recording;
    definition.items = pointer(path);
    definition.idField = QStringList { id.contains(u'.') ? pointer(id) : id };
    if (path.contains(QStringLiteral("object map")))
        definition.shape = ChannelDefinition::Shape::Map;
    return definition;
}

void TestRecordings::polls_leadToTheBodysItems_data()
{
    const QStringList recordings = jsonSequences();
    if (recordings.isEmpty())
        QSKIP("no recordings here");
    QTest::addColumn<QString>("recording");
    for (const QString &recording : recordings)
        QTest::newRow(qPrintable(recording)) << recording;
}

/// The items of a body, their ids as QJsonDocument reads them: id → text without white space, in order.
static QList<std::pair<QByteArray, QByteArray>> itemsOf(const QByteArray &body,
                                                        const ChannelDefinition &definition)
{
    const JsonSlice place = JsonSlice(body).at(definition.items.toUtf8());
    std::vector<JsonSlice> items = place.elements();
    for (const JsonSlice::Member &member : place.members())
        items.push_back(member.value);
    const QString field = definition.idField.first();
    const QStringList path =
        field.startsWith(u'/') ? field.mid(1).split(u'/') : QStringList { field };
    QList<std::pair<QByteArray, QByteArray>> result;
    QHash<QByteArray, qsizetype> places;
    for (const JsonSlice &item : items) {
        QJsonValue id = QJsonDocument::fromJson(item.text().toByteArray()).object();
        for (const QString &name : path)
            id = id.toObject().value(name);
        const QByteArray key = id.toVariant().toString().toUtf8();
        if (!places.contains(key)) {
            places.insert(key, result.size());
            result.append({ key, QByteArray() });
        }
        result[places.value(key)].second = compactJson(item.text());
    }
    return result;
}

void TestRecordings::polls_leadToTheBodysItems()
{
    QFETCH(QString, recording);
    const ChannelDefinition definition = channelOf(recording);
    const DiffRules rules = diffRules(definition);
    ItemSet held;
    QHash<QByteArray, QByteArray> expected; // as of the poll in which each last changed
    qint64 poll = 0;
    int updates = 0;
    for (const QByteArray &body : recordedBodies(recording)) {
        const Result<PolledItems> polled = readItems(body, definition, held);
        QVERIFY2(polled, qPrintable(polled ? QString() : polled.error().message));
        const Difference difference = diff(*polled, rules, ++poll);
        held.apply(difference.changes);

        const auto items = itemsOf(body, definition);
        QCOMPARE(held.size(), items.size());
        for (const auto &[id, text] : items) {
            const Item *item = held.find(id);
            QVERIFY2(item, id.constData());
            QByteArray &known = expected[id];
            if (known != text
                && (known.isEmpty() || !(TestJson::parse(known) == TestJson::parse(text))))
                known = text;
            QCOMPARE(item->text(), known);
        }
        for (const QByteArray &id : difference.changes.removed)
            expected.remove(id);
        QCOMPARE(expected.size(), items.size());

        // In each poll the first ones, as all would take long.
        const auto &updated = difference.changes.updated;
        for (const Update &update :
             std::vector(updated.begin(),
                         updated.begin() + std::min<std::ptrdiff_t>(std::ssize(updated), 10))) {
            const TestJson before = TestJson::parse(update.before.text().toByteArray());
            const TestJson after = TestJson::parse(update.after.text().toByteArray());
            const std::optional<QByteArray> patch =
                jsonPatch(update.before.text(), update.after.text());
            const std::optional<QByteArray> merge =
                mergePatch(update.before.text(), update.after.text());
            QVERIFY(
                before.patched(TestJson::parse(itemDiff(update.before.text(), update.after.text())))
                == after);
            QVERIFY(!patch || before.patched(TestJson::parse(*patch)) == after);
            QVERIFY(!merge || before.merged(TestJson::parse(*merge)) == after);
            ++updates;
        }
        QVERIFY(diff(readItems(body, definition, held).value(), rules, poll + 1).changes.isEmpty());
    }
    QVERIFY(poll > 1);
    QVERIFY(updates > 0);
}

QTEST_GUILESS_MAIN(TestRecordings)
#include "tst_recordings.moc"
