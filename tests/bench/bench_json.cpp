// From the body of an answer to what it changed: how long it takes, beside others in the same rounds, and what the items held cost in memory.
// Prints one JSON object; times are nanoseconds a body.
//
// usage: bench_json ROUNDS MS: each round measures everything for MS milliseconds each, one after the other

#include "core/stream/bodyhash.h"
#include "core/stream/digest.h"
#include "core/stream/patch.h"
#include "tests/bench/jsonpeers.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <malloc.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>

using namespace restream;
using namespace restream::bench;

namespace {

constexpr int bodyItems = 2000;
constexpr int heldItems = 100'000;
constexpr int changeAll = 1;
constexpr int changeOneInHundred = 100;

/// A list of earthquakes as an API tells it. In another `version`, one in `oneIn` items has another value in one member.
QByteArray madeUpBody(int count, int version, int oneIn)
{
    QByteArray body = R"({"type":"FeatureCollection","features":[)";
    for (int i = 0; i < count; ++i) {
        const int magnitude = (i * 7) % 90 + (i % oneIn == 0 ? version : 0);
        body += i == 0 ? "" : ",";
        body +=
            QStringLiteral(
                R"({"properties":{"mag":%1,"place":"%2 km NNE of Somewhere, CA",)"
                R"("time":17%3,"felt":null,"sig":%2},)"
                R"("geometry":{"type":"Point","coordinates":[-122.%3,38.%2,1.%4]},"id":"nc%3"})")
                .arg(magnitude / 10.0)
                .arg(i % 997)
                .arg(73'000'000 + i)
                .arg(i % 13)
                .toUtf8();
    }
    return body + "]}";
}

ChannelDefinition definition()
{
    ChannelDefinition features;
    features.name = QStringLiteral("bench");
    features.items = QStringLiteral("/features");
    features.idField = QStringList { QStringLiteral("id") };
    features.maxItems = heldItems;
    return features;
}

Changeset changesetOf(const QByteArray &body, const ItemSet &held)
{
    Result<Digest> digest = digestBody(body, {}, held, definition(), 2);
    if (!digest)
        qFatal("the body could not be read: %s", qPrintable(digest.error().message));
    return std::move(digest.value().difference.changes);
}

ItemSet heldAfter(const QByteArray &body)
{
    ItemSet items;
    items.apply(changesetOf(body, items));
    return items;
}

void expect(qsizetype found, qsizetype expected, const char *who)
{
    if (found != expected)
        qFatal("%s found %d changes where there are %d", who, int(found), int(expected));
}

class Rounds final
{
public:
    explicit Rounds(int ms) : m_ms(ms)
    {
        m_qt->take(m_before);
        m_nlohmann->take(m_before);
    }

    [[nodiscard]] qsizetype bodyBytes() const { return m_before.size(); }

    QJsonObject measure()
    {
        return { { QStringLiteral("unchanged"), nsOf([&](const QByteArray &) { unchanged(); }) },
                 { QStringLiteral("changeset"),
                   nsOf([&](const QByteArray &body) { changed(body); }) },
                 { QStringLiteral("patches"), nsOf([&](const QByteArray &) { patches(); }) },
                 { QStringLiteral("qt"), nsOf([&](const QByteArray &body) { peer(*m_qt, body); }) },
                 { QStringLiteral("nlohmann"),
                   nsOf([&](const QByteArray &body) { peer(*m_nlohmann, body); }) } };
    }

private:
    /// Nanoseconds for one call of `work`, which is given the two versions of the body in turn.
    double nsOf(const std::function<void(const QByteArray &)> &work) const
    {
        work(m_after);
        work(m_before);
        QElapsedTimer timer;
        timer.start();
        qint64 calls = 0;
        do {
            work(m_after);
            work(m_before);
            calls += 2;
        } while (timer.elapsed() < m_ms);
        return double(timer.nsecsElapsed()) / double(calls);
    }

    /// As LiveStream::takeBody() does it, here and below: the hash of a body comes first.
    void unchanged() const
    {
        if (BodyHash(m_sameAgain) != m_last)
            qFatal("the same body is another");
        expect(qsizetype(diffUnchanged(m_held, diffRules(definition()), 2).missingSince.size()), 0,
               "unchanged");
    }

    void changed(const QByteArray &body)
    {
        m_last = BodyHash(body);
        const Changeset changes = changesetOf(body, m_held);
        expect(qsizetype(changes.updated.size()), bodyItems / changeOneInHundred, "restream");
        m_held.apply(changes);
    }

    void patches() const
    {
        if (BodyHash(m_other) == m_last)
            qFatal("another body is the same");
        const Changeset changes = changesetOf(m_other, m_held);
        expect(qsizetype(changes.updated.size()), bodyItems, "restream");
        for (const Update &update : changes.updated) {
            if (!jsonPatch(update.before.text(), update.after.text()))
                qFatal("an update has no patch");
        }
    }

    static void peer(JsonPeer &peer, const QByteArray &body)
    {
        expect(peer.take(body), bodyItems / changeOneInHundred, "a peer");
    }

    int m_ms;
    QByteArray m_before = madeUpBody(bodyItems, 0, changeOneInHundred);
    QByteArray m_sameAgain = madeUpBody(bodyItems, 0, changeOneInHundred);
    QByteArray m_after = madeUpBody(bodyItems, 1, changeOneInHundred);
    QByteArray m_other = madeUpBody(bodyItems, 1, changeAll);
    BodyHash m_last { m_before };
    ItemSet m_held = heldAfter(m_before);
    std::unique_ptr<JsonPeer> m_qt = qtPeer();
    std::unique_ptr<JsonPeer> m_nlohmann = nlohmannPeer();
};

/// The heap that the items of a stream take.
double bytesHeld(const QByteArray &body)
{
    const auto inUse = [] {
        const struct mallinfo2 info = mallinfo2();
        return double(info.uordblks) + double(info.hblkhd);
    };
    const double before = inUse();
    const ItemSet items = heldAfter(body);
    return inUse() - before;
}

}

int main(int argc, char *argv[])
{
    if (argc != 3) {
        std::fputs("usage: bench_json ROUNDS MS\n", stderr);
        return 2;
    }
    const int count = std::max(1, std::atoi(argv[1]));
    const QByteArray large = madeUpBody(heldItems, 0, changeAll);
    const double stateBytes = double(heldAfter(large).bytes());
    Rounds rounds(std::atoi(argv[2]));
    QJsonArray measured;
    QJsonArray held;
    for (int i = 0; i < count; ++i) {
        measured.append(rounds.measure());
        held.append(bytesHeld(large));
    }
    const QJsonObject versions {
        { QStringLiteral("Qt"), QString::fromLatin1(qVersion()) },
        { QStringLiteral("nlohmann-json"),
          QString::fromStdString(
              nlohmann::json::meta().at("version").at("string").get<std::string>()) },
    };
    const QJsonObject result { { QStringLiteral("body_bytes"), rounds.bodyBytes() },
                               { QStringLiteral("items"), bodyItems },
                               { QStringLiteral("rounds"), measured },
                               { QStringLiteral("state_bytes"), stateBytes },
                               { QStringLiteral("state_held"), held },
                               { QStringLiteral("versions"), versions } };
    std::puts(QJsonDocument(result).toJson(QJsonDocument::Compact).constData());
    return 0;
}
