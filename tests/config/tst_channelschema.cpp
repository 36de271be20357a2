#include "core/config/definitionreader.h"
#include "core/config/definitiontext.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <functional>

using namespace restream;

namespace {

/// The example of docs/channel.md, whole.
QByteArray bigExample()
{
    QFile example(QStringLiteral(RESTREAM_TEST_DATA "/config/nyt-top.json"));
    return example.open(QIODevice::ReadOnly) ? example.readAll() : QByteArray();
}

/// Every schema under `node` that describes a member, with its way.
void visitMembers(const QJsonObject &node, const QString &way,
                  const std::function<void(const QString &, const QJsonObject &)> &visit)
{
    const QJsonObject properties = node.value(u"properties").toObject();
    for (auto it = properties.begin(); it != properties.end(); ++it) {
        visit(way + u'/' + it.key(), it.value().toObject());
        visitMembers(it.value().toObject(), way + u'/' + it.key(), visit);
    }
    for (const QString &nested :
         { QStringLiteral("additionalProperties"), QStringLiteral("items") }) {
        if (node.value(nested).isObject() && !node.value(nested).toObject().contains(u"$ref")) {
            visit(way + u'/' + nested, node.value(nested).toObject());
            visitMembers(node.value(nested).toObject(), way + u'/' + nested, visit);
        }
    }
    const QJsonArray choices = node.value(u"anyOf").toArray();
    for (const auto &choice : choices)
        visitMembers(choice.toObject(), way, visit);
}

}

class TestChannelSchema final : public QObject
{
    Q_OBJECT

private slots:
    void bigExample_isRefusedOnlyForWhatIsNotSupportedYet();
    void bigExample_isReadWhole();
    void schema_describesEveryMember();
};

void TestChannelSchema::bigExample_isRefusedOnlyForWhatIsNotSupportedYet()
{
    const DefinitionRead read =
        readDefinition(bigExample(), QStringLiteral("/channels/nyt-top.json"));
    QStringList members;
    for (const DefinitionProblem &problem : read.problems) {
        members << problem.member;
        QVERIFY2(problem.message.contains(u" is not supported yet"), qPrintable(problem.text()));
    }
    QCOMPARE(members,
             QStringList({ QStringLiteral("/request/body"), QStringLiteral("/ttl"),
                           QStringLiteral("/throttled"), QStringLiteral("/pagination"),
                           QStringLiteral("/command") }));
}

void TestChannelSchema::bigExample_isReadWhole()
{
    const ChannelDefinition definition =
        readDefinition(bigExample(), QStringLiteral("/channels/nyt-top.json"), true).definition;
    QCOMPARE(definition.name, QStringLiteral("nyt-top"));
    QCOMPARE(definition.group, QStringLiteral("news"));
    QCOMPARE(definition.icon, QStringLiteral("newspaper"));
    QCOMPARE(definition.attribution, QStringLiteral("Data by NYT"));
    QCOMPARE(definition.request.url,
             QStringLiteral("https://api.nytimes.com/svc/topstories/v2/{section}.json"));
    QCOMPARE(definition.request.query.first().second, QStringLiteral("{count}"));
    QCOMPARE(definition.request.maxBody, 67108864);
    QCOMPARE(definition.auth.type, AuthDefinition::Type::ApiKey);
    QCOMPARE(definition.auth.place, AuthDefinition::Place::Query);
    QCOMPARE(definition.keyNames(), QStringList { QStringLiteral("api-key") });
    QCOMPARE(definition.keyOwner(), QStringLiteral("nyt-newswire"));
    QCOMPARE(definition.keyHelp.value(QStringLiteral("api-key")).description,
             QStringLiteral("NYT developer key"));
    QCOMPARE(definition.params.value(QStringLiteral("section")).defaultValue,
             QStringLiteral("home"));
    QVERIFY(!definition.params.value(QStringLiteral("count")).required);
    QCOMPARE(definition.params.value(QStringLiteral("count")).enumValues.size(), 2);
    QCOMPARE(definition.items, QStringLiteral("/results"));
    QCOMPARE(definition.shape, ChannelDefinition::Shape::Array);
    QCOMPARE(definition.format, ChannelDefinition::Format::Json);
    QCOMPARE(definition.csv.delimiter, QStringLiteral(","));
    QVERIFY(!definition.csv.numbers);
    QCOMPARE(definition.idField, QStringList { QStringLiteral("short_url") });
    QCOMPARE(definition.ignore, QStringList { QStringLiteral("/last_reported") });
    QCOMPARE(definition.quota, QList<QuotaRule>({ { 500, 86400 }, { 5, 60 } }));
    QCOMPARE(definition.replay.files, QStringLiteral("quakes/*.json"));
    QCOMPARE(definition.always.size(), 0); // it is polled only while someone is subscribed
    QVERIFY(definition.builtIn);
    QCOMPARE(definition.file, QStringLiteral("/channels/nyt-top.json"));
    QCOMPARE(definition.folder, QStringLiteral("/channels"));
    QCOMPARE(definition.source, QJsonDocument::fromJson(bigExample()).object());
}

void TestChannelSchema::schema_describesEveryMember()
{
    QFile schema(QStringLiteral(":/schema/channel.schema.json"));
    QVERIFY(schema.open(QIODevice::ReadOnly));
    const QByteArray text = schema.readAll();
    QCOMPARE(DefinitionText(text).faults().size(), 0);
    int members = 0;
    QStringList incomplete;
    visitMembers(
        QJsonDocument::fromJson(text).object(), {},
        [&](const QString &way, const QJsonObject &member) {
            ++members;
            const bool anything = way == u"/request/body";
            if (member.value(u"description").toString().isEmpty()
                || (!anything && !member.value(u"errorMessage").toString().startsWith(u"must be")))
                incomplete << way;
        });
    QCOMPARE(incomplete, QStringList());
    QVERIFY(members > 90);
}

QTEST_GUILESS_MAIN(TestChannelSchema)
#include "tst_channelschema.moc"
