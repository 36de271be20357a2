#include "core/stream/jsontext.h"
#include "tests/serve/testserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace restream;

namespace {

// RFC 6902 and RFC 7396 as a client would apply them, independent of what makes them.

QString unescaped(QString token)
{
    return token.replace(QStringLiteral("~1"), QStringLiteral("/"))
        .replace(QStringLiteral("~0"), QStringLiteral("~"));
}

QJsonValue applied(const QJsonValue &target, const QStringList &path, const QString &op,
                   const QJsonValue &value)
{
    if (path.isEmpty())
        return value;
    const QString token = unescaped(path.constFirst());
    const bool last = path.size() == 1;
    if (target.isArray()) {
        QJsonArray array = target.toArray();
        const qsizetype index = token == QStringLiteral("-") ? array.size() : token.toLongLong();
        if (!last)
            array.replace(index, applied(array.at(index), path.mid(1), op, value));
        else if (op == QStringLiteral("add"))
            array.insert(index, value);
        else if (op == QStringLiteral("remove"))
            array.removeAt(index);
        else
            array.replace(index, value);
        return array;
    }
    QJsonObject object = target.toObject();
    if (!last)
        object.insert(token, applied(object.value(token), path.mid(1), op, value));
    else if (op == QStringLiteral("remove"))
        object.remove(token);
    else
        object.insert(token, value);
    return object;
}

QJsonValue patched(QJsonValue value, const QJsonArray &operations)
{
    for (const auto &each : operations) {
        const QJsonObject operation = each.toObject();
        value =
            applied(value, operation.value(QStringLiteral("path")).toString().split(u'/').mid(1),
                    operation.value(QStringLiteral("op")).toString(),
                    operation.value(QStringLiteral("value")));
    }
    return value;
}

QJsonValue merged(const QJsonValue &target, const QJsonValue &patch)
{
    if (!patch.isObject())
        return patch;
    QJsonObject result = target.toObject();
    const QJsonObject members = patch.toObject();
    for (auto member = members.begin(); member != members.end(); ++member) {
        if (member.value().isNull())
            result.remove(member.key());
        else
            result.insert(member.key(), merged(result.value(member.key()), member.value()));
    }
    return result;
}

/// A client that applies what it gets.
class Folder final
{
public:
    Folder(const TestServer &server, const QByteArray &updates)
        : m_socket(server, QStringLiteral("/v1/stream"))
    {
        if (!m_socket.opens())
            qFatal("no connection");
        m_socket.send(R"({"action":"subscribe","channel":"plain","updates":")" + updates + R"("})");
    }

    /// Takes messages until it is at `seq`; false: they don't come, or one is missing.
    bool reach(qint64 seq)
    {
        while (m_seq < seq) {
            const QByteArray message = m_socket.next();
            const QByteArray type = memberOf(message, "type");
            if (message.isNull())
                return false;
            if (type == "\"snapshot\"")
                takeSnapshot(message);
            else if (type == "\"changes\"" && !takeChanges(message))
                return false;
        }
        return m_seq == seq;
    }

    QMap<QByteArray, QJsonValue> items;
    QMap<QByteArray, QByteArray> texts; ///< of items that came whole

private:
    static QJsonValue valueOf(const JsonSlice &slice)
    {
        return QJsonDocument::fromJson('[' + slice.text().toByteArray() + ']').array().at(0);
    }

    void hold(const JsonSlice &entry)
    {
        const QByteArray id = entry.member("id").string();
        items[id] = valueOf(entry.member("item"));
        texts[id] = entry.member("item").text().toByteArray();
    }

    void takeSnapshot(const QByteArray &message)
    {
        const JsonSlice object(message);
        items.clear();
        texts.clear();
        for (const JsonSlice &entry : object.member("items").elements())
            hold(entry);
        m_seq = object.member("seq").text().toByteArray().toLongLong();
    }

    bool takeChanges(const QByteArray &message)
    {
        const JsonSlice object(message);
        if (object.member("seq").text().toByteArray().toLongLong() != m_seq + 1)
            return false;
        ++m_seq;
        for (const JsonSlice &id : each(object, "removed")) {
            items.remove(id.string());
            texts.remove(id.string());
        }
        for (const JsonSlice &entry : each(object, "updated"))
            update(entry);
        for (const JsonSlice &entry : each(object, "added"))
            hold(entry);
        return true;
    }

    void update(const JsonSlice &entry)
    {
        const QByteArray id = entry.member("id").string();
        if (const JsonSlice patch = entry.member("patch"); !patch.isNull())
            items[id] = patched(items.value(id), valueOf(patch).toArray());
        else if (const JsonSlice merge = entry.member("merge"); !merge.isNull())
            items[id] = merged(items.value(id), valueOf(merge));
        else
            hold(entry);
    }

    static std::vector<JsonSlice> each(const JsonSlice &object, QByteArrayView member)
    {
        const JsonSlice list = object.member(member);
        return list.isNull() ? std::vector<JsonSlice>() : list.elements();
    }

    WsClient m_socket;
    qint64 m_seq = 0;
};

QByteArray randomValue(QRandomGenerator &random, int depth)
{
    static const QByteArrayList scalars {
        "null",    "true",           "1.10", "-0",     "9007199254740993",
        "-1.5e-3", "\"\\u00e9\\/\"", "\"\"", "\"~/a\""
    };
    const auto kind = random.bounded(depth > 2 ? 1 : 3);
    if (kind == 0)
        return scalars.at(random.bounded(int(scalars.size())));
    QByteArray out(1, kind == 1 ? '[' : '{');
    const int count = random.bounded(5);
    for (int i = 0; i < count; ++i) {
        if (i > 0)
            out += ',';
        if (kind == 2)
            out += "\"k" + QByteArray::number(i * 3 + random.bounded(3)) + "~/\":";
        out += randomValue(random, depth + 1);
    }
    return out + (kind == 1 ? ']' : '}');
}

QByteArray randomItem(QRandomGenerator &random)
{
    QByteArray out = "{\"pad\":\"" + QByteArray(random.bounded(200), 'p') + '"';
    for (int i = 0; i < 6; ++i) {
        if (random.bounded(4) > 0)
            out += ",\"m" + QByteArray::number(i) + "\":" + randomValue(random, 0);
    }
    return out + '}';
}

}

class TestFolding : public QObject
{
    Q_OBJECT

private slots:
    void clientThatFolds_holdsTheServersItems_data();
    void clientThatFolds_holdsTheServersItems();
};

void TestFolding::clientThatFolds_holdsTheServersItems_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 5; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestFolding::clientThatFolds_holdsTheServersItems()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    TestServer server;
    FakeStream &stream = server.hub.stream("plain");
    std::vector<Item> items;
    stream.poll(items);
    std::array<Folder, 3> folders { Folder(server, "item"), Folder(server, "patch"),
                                    Folder(server, "merge") };
    for (int round = 0; round < 60; ++round) {
        std::erase_if(items, [&random](const Item &) { return random.bounded(10) == 0; });
        for (Item &item : items) {
            if (random.bounded(3) == 0)
                item = Item(item.id(), randomItem(random));
        }
        for (int i = random.bounded(4); i > 0; --i) {
            const QByteArray id = "i\"" + QByteArray::number(round * 10 + i);
            items.push_back({ id, randomItem(random) });
        }
        stream.poll(items);
        for (Folder &folder : folders) {
            QVERIFY(folder.reach(stream.seq()));
            QCOMPARE(folder.items.size(), stream.items().size());
            for (const Item &held : stream.items()) {
                QCOMPARE(folder.items.value(held.id().toByteArray()),
                         QJsonValue(QJsonDocument::fromJson(held.text().toByteArray()).object()));
            }
        }
        for (const Item &held : stream.items())
            QCOMPARE(folders[0].texts.value(held.id().toByteArray()), held.text().toByteArray());
    }
}

QTEST_GUILESS_MAIN(TestFolding)
#include "tst_folding.moc"
