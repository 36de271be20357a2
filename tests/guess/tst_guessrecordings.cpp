#include "core/stream/itemreader.h"
#include "core/stream/jsontext.h"
#include "tests/guess/guesshelp.h"
#include "tests/support/corpora.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <algorithm>

using namespace restream;

namespace {

/// What a person says of a recording in its meta.json.
struct Said
{
    QString items; ///< as a JSON Pointer
    QStringList ids; ///< pointers or names, any of which is right; of a composite one, its parts
    bool isComposite = false;
};

QString pointerOf(QString words)
{
    words = words.section(u' ', 0, 0);
    return words == u"$" || words.startsWith(u'(') ? QString() : u'/' % words.replace(u'.', u'/');
}

Said readMeta(const QJsonObject &meta)
{
    static const QRegularExpression parts(QStringLiteral("no single id: ([^)]*)"));
    Said said;
    said.items = pointerOf(meta.value(u"items_path").toString());
    const QString id = meta.value(u"id_field").toString();
    if (const auto match = parts.match(id); match.hasMatch()) {
        said.isComposite = true;
        said.ids = match.captured(1).split(u'+');
        return said;
    }
    static const QRegularExpression place(QStringLiteral("^\\[(\\d+)\\]"));
    if (const auto match = place.match(id); match.hasMatch())
        said.ids << u'/' % match.captured(1);
    else
        said.ids << (id.section(u' ', 0, 0).contains(u'.') ? pointerOf(id)
                                                           : id.section(u' ', 0, 0));
    return said;
}

QString asPointer(const QString &field)
{
    return field.startsWith(u'/') ? field : QString(u'/' % field);
}

QList<std::pair<QByteArray, QByteArray>> recordedHeaders(const QString &folder)
{
    QList<std::pair<QByteArray, QByteArray>> headers;
    QFile file(folder % u"/response.json");
    if (!file.open(QIODevice::ReadOnly))
        return headers;
    const QJsonObject object =
        QJsonDocument::fromJson(file.readAll()).object().value(u"headers").toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonValue value = it->toArray().isEmpty() ? *it : it->toArray().first();
        headers.append({ it.key().toLatin1(), value.toString().toLatin1() });
    }
    return headers;
}

/// Whether one id says the same as another: it is the same text, or ends with it, as a URL does.
bool saysTheSame(const JsonSlice &item, const QString &ours, const QString &theirs)
{
    const auto text = [&item](const QString &field) {
        const JsonSlice value = item.at(asPointer(field).toUtf8());
        return value.isString() ? value.string() : value.text().toByteArray();
    };
    const QByteArray a = text(ours);
    const QByteArray b = text(theirs);
    return !a.isEmpty() && !b.isEmpty() && (a.endsWith(b) || b.endsWith(a));
}

/// Why a person's choice was not taken, as far as it shows.
QString whyNot(ChannelDefinition definition, const Said &said, const QList<QByteArray> &bodies)
{
    definition.idField = said.ids;
    qint64 lost = 0;
    for (const QByteArray &body : bodies) {
        const Result<PolledItems> items = readItems(body, definition);
        lost += items ? items->duplicates + items->withoutId : 0;
    }
    return lost > 0 ? QStringLiteral(" (which is not unique: it loses %1 items)").arg(lost)
                    : QString();
}

QString idProblem(const ChannelDefinition &definition, const Said &said,
                  const QList<QByteArray> &bodies)
{
    const QStringList &ids = definition.idField;
    const QString ours = ids.isEmpty() ? QStringLiteral("none") : ids.join(u'+');
    const QString wrong =
        QStringLiteral("id_field is %1 rather than %2").arg(ours, said.ids.join(u'+'));
    if (definition.shape == ChannelDefinition::Shape::Map && ids.isEmpty())
        return {}; // the members' names are ids by themselves
    if (said.isComposite) {
        const bool within = std::all_of(ids.cbegin(), ids.cend(), [&said](const QString &field) {
            return said.ids.contains(field);
        });
        return ids.size() > 1 && within ? QString() : wrong;
    }
    if (ids.size() != 1)
        return wrong % whyNot(definition, said, bodies);
    if (asPointer(ids.first()) == asPointer(said.ids.first()))
        return {};
    ChannelDefinition channel = definition;
    for (const QByteArray &body : bodies) {
        const Result<PolledItems> items = readItems(body, channel);
        if (!items)
            return items.error().message;
        for (const PolledItem &item : items->items) {
            if (!saysTheSame(JsonSlice(item.raw), ids.first(), said.ids.first()))
                return wrong % whyNot(definition, said, bodies);
        }
    }
    return {};
}

struct Recording
{
    QString name;
    QJsonObject meta;
    QList<QByteArray> bodies;
    QList<std::pair<QByteArray, QByteArray>> headers;
};

QList<Recording> jsonRecordings()
{
    QList<Recording> all;
    const QDir corpora(corporaFolder());
    for (const QString &name :
         corpora.entryList({ u"seq-*"_qs, u"one-*"_qs }, QDir::Dirs, QDir::Name)) {
        const QString folder = corpora.filePath(name);
        QFile file(folder % u"/meta.json");
        Recording recording { name, {}, recordedBodies(name), recordedHeaders(folder) };
        if (recording.bodies.isEmpty() || !file.open(QIODevice::ReadOnly))
            continue;
        recording.meta = QJsonDocument::fromJson(file.readAll()).object();
        all.append(recording);
    }
    return all;
}

Guess guessOf(const Recording &recording, qsizetype polls)
{
    GuessInput input;
    const QString url = recording.meta.value(u"url").toString().section(u' ', 0, 0);
    input.fallbackName = recording.name;
    input.replayFiles = u"recordings/*.json"_qs;
    if (!url.isEmpty()) {
        const Result<PastedRequest> request = parsePasted(url);
        if (request)
            input.request = *request;
    }
    for (const QByteArray &body : recording.bodies.mid(0, polls))
        input.polls.push_back({ 200, recording.headers, body, 0 });
    return guess(input);
}

}

class TestGuessRecordings : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();

    void proposals_areWhatAPersonWouldWrite_data();
    void proposals_areWhatAPersonWouldWrite();
    void everyProposal_isADefinition();

private:
    QList<Recording> m_recordings;
};

void TestGuessRecordings::initTestCase()
{
    if (corporaFolder().isEmpty())
        QSKIP("there are no recordings here");
    m_recordings = jsonRecordings();
    QVERIFY(!m_recordings.isEmpty());
}

void TestGuessRecordings::proposals_areWhatAPersonWouldWrite_data()
{
    QTest::addColumn<qsizetype>("polls");
    QTest::newRow("from whole sequences") << qsizetype(1000);
    QTest::newRow("from the first twelve polls") << qsizetype(12);
    QTest::newRow("from one poll with items") << qsizetype(0);
}

void TestGuessRecordings::proposals_areWhatAPersonWouldWrite()
{
    QFETCH(const qsizetype, polls);
    QStringList misses;
    for (Recording recording : std::as_const(m_recordings)) {
        const Said said = readMeta(recording.meta);
        if (polls == 0) // an empty list can't say what its items are like
            recording.bodies = { *std::max_element(
                recording.bodies.cbegin(), recording.bodies.cend(),
                [](const QByteArray &a, const QByteArray &b) { return a.size() < b.size(); }) };
        const Guess guess = guessOf(recording, polls == 0 ? 1 : polls);
        const ChannelDefinition definition = definitionOf(guess);
        const QString problem = definition.items != said.items
            ? QStringLiteral("items is \"%1\" rather than \"%2\"").arg(definition.items, said.items)
            : idProblem(definition, said, recording.bodies.mid(0, 50));
        if (!problem.isEmpty())
            misses << recording.name % u": "_qs % problem;
        if (qEnvironmentVariableIsSet("RESTREAM_SHOW_GUESSES")) {
            qInfo().noquote() << recording.name << Qt::endl << guess.definition.constData();
            for (const GuessReason &reason : guess.reasons)
                qInfo().noquote() << "  " << reason.member << ":" << reason.text;
            for (const QString &warning : guess.warnings)
                qInfo().noquote() << "  ! " << warning;
            for (const GuessReason &reason : guess.suggestions)
                qInfo().noquote() << "  ? " << reason.member << ":" << reason.text;
            for (const IdCandidate &id : guess.ids)
                qInfo().noquote() << "   id" << id.fields << id.score << id.why;
            for (const ItemsCandidate &items : guess.items)
                qInfo().noquote() << "   at" << items.pointer << items.score << items.count;
        }
    }
    qInfo().noquote() << m_recordings.size() - misses.size() << "of" << m_recordings.size()
                      << "right";
    for (const QString &miss : std::as_const(misses))
        qInfo().noquote() << "missed:" << miss;
    QVERIFY2(misses.size() * 10 <= m_recordings.size(), qPrintable(misses.join(u'\n')));
}

void TestGuessRecordings::everyProposal_isADefinition()
{
    for (const Recording &recording : std::as_const(m_recordings)) {
        const Guess guess = guessOf(recording, 3);
        QVERIFY2(guess.problems.isEmpty(),
                 qPrintable(recording.name % u": "_qs % guess.problems.join(u'\n')));
        for (const GuessReason &reason : guess.reasons)
            QVERIFY2(!reason.text.isEmpty() && !reason.text.contains(u"%1"),
                     qPrintable(reason.member));
    }
}

QTEST_GUILESS_MAIN(TestGuessRecordings)
#include "tst_guessrecordings.moc"
