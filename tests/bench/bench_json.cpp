// How fast bodies are checked, split and compared, beside QJsonDocument in the same run. Arguments: files with JSON bodies; without any, the
// recordings (where there are some) and made-up ones.

#include "core/stream/diff.h"
#include "core/stream/jsontext.h"
#include "core/stream/patch.h"
#include "tests/support/corpora.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>

#include <cstdio>

using namespace restream;

namespace {

/// The shortest of several runs, in seconds.
double secondsOf(const std::function<void()> &work)
{
    double best = 1e9;
    QElapsedTimer total;
    total.start();
    for (int i = 0; i < 5 || (total.elapsed() < 700 && i < 1000); ++i) {
        QElapsedTimer timer;
        timer.start();
        work();
        best = std::min(best, double(timer.nsecsElapsed()) * 1e-9);
    }
    return best;
}

ItemSet setOf(const PolledItems &polled, const DiffRules &rules)
{
    ItemSet items;
    items.apply(diff(polled, rules, 1).changes);
    return items;
}

void measureBody(const QString &name, const QByteArray &body, const ChannelDefinition &definition)
{
    const double megabytes = double(body.size()) * 1e-6;
    const auto rate = [&](const std::function<void()> &work) {
        return megabytes / secondsOf(work);
    };
    const double qt = rate([&] { QJsonDocument::fromJson(body); });
    const double checked = rate([&] {
        if (validateJson(body))
            std::abort();
    });
    const Result<PolledItems> polled = readItems(body, definition);
    if (!polled) {
        std::printf("%-34s %s\n", qPrintable(name), qPrintable(polled.error().message));
        return;
    }
    const DiffRules rules = diffRules(definition);
    const ItemSet held = setOf(*polled, rules);
    const double read = rate([&] { (void)readItems(body, definition); });
    const Result<PolledItems> beside = readItems(body, definition, held);
    const double compared = rate([&] { diff(*beside, rules, 2); });
    const double both = rate([&] {
        if (!diff(readItems(body, definition, held).value(), rules, 2).changes.isEmpty())
            std::abort();
    });
    std::printf("%-34s %6.2f MB %6lld items | MB/s: Qt %4.0f  validate %5.0f (%4.1fx)  read %5.0f "
                "(%4.1fx)  diff %5.0f"
                "  read+diff unchanged %5.0f (%4.1fx)\n",
                qPrintable(name), megabytes, held.size(), qt, checked, checked / qt, read,
                read / qt, compared, both, both / qt);
}

QByteArray madeUpFeatures(int count)
{
    QByteArray body = R"({"type":"FeatureCollection","features":[)";
    for (int i = 0; i < count; ++i) {
        body += i == 0 ? "" : ",";
        body +=
            QStringLiteral(
                R"({"type":"Feature","properties":{"mag":%1,"place":"%2 km NNE of Somewhere, California","time":17%3,)"
                R"("url":"https://example.org/events/nc%3","felt":null,"alert":"green","tsunami":0,"sig":%2},)"
                R"("geometry":{"type":"Point","coordinates":[-122.%3,38.%2,1.%4]},"id":"nc%3"})")
                .arg((i * 7) % 90 / 10.0)
                .arg(i % 997)
                .arg(73000000 + i)
                .arg(i % 13)
                .toUtf8();
    }
    return body + "]}";
}

void measureApply()
{
    std::vector<HeldItem> items;
    for (int i = 0; i < 100'000; ++i)
        items.push_back({ Item(QByteArray("item-" + QByteArray::number(i)),
                               QByteArray(R"({"value":)" + QByteArray::number(i) + '}')),
                          0 });
    ItemSet set(items);
    Changeset updates;
    Changeset additions;
    Changeset removals;
    for (int i = 0; i < 1000; ++i) {
        const QByteArray id = "item-" + QByteArray::number(i * 97);
        const QByteArray added = "new-" + QByteArray::number(i);
        updates.updated.push_back({ id, set.find(id)->text(), "{}" });
        additions.added.push_back({ added, "{}" });
        removals.removed.push_back(added);
    }
    const double update = secondsOf([&] { set.apply(updates); });
    double add = 1e9;
    double remove = 1e9;
    for (int i = 0; i < 50; ++i) {
        QElapsedTimer timer;
        timer.start();
        set.apply(additions);
        add = std::min(add, double(timer.nsecsElapsed()) * 1e-9);
        timer.start();
        set.apply(removals);
        remove = std::min(remove, double(timer.nsecsElapsed()) * 1e-9);
    }
    std::printf(
        "apply 1,000 changes to 100,000 items: update %.3f ms, add %.3f ms, remove %.3f ms\n",
        update * 1e3, add * 1e3, remove * 1e3);
}

void measurePatch()
{
    const QByteArray body = madeUpFeatures(1);
    const QByteArray before = JsonSlice(body).at("/features/0").text().toByteArray();
    QByteArray after = before;
    after.replace("green", "yellow");
    std::printf("item of %lld bytes, one member changed: patch %.2f us, merge %.2f us\n",
                before.size(), secondsOf([&] { jsonPatch(before, after); }) * 1e6,
                secondsOf([&] { mergePatch(before, after); }) * 1e6);
}

}

int main(int argc, char *argv[])
{
    ChannelDefinition features;
    features.name = QStringLiteral("bench");
    features.items = QStringLiteral("/features");
    features.idField = QStringList { QStringLiteral("id") };
    features.maxItems = 1'000'000;
    const QByteArray body = madeUpFeatures(20'000);
    measureBody(QStringLiteral("made up"), body, features);
    measureBody(QStringLiteral("made up, pretty"), QJsonDocument::fromJson(body).toJson(),
                features);
    const auto recording = [&](const char *name, const char *items, const char *id) {
        const QList<QByteArray> bodies = recordedBodies(QString::fromLatin1(name));
        ChannelDefinition definition = features;
        definition.items = QString::fromLatin1(items);
        definition.idField = QStringList { QString::fromLatin1(id) };
        if (!corporaFolder().isEmpty() && !bodies.isEmpty())
            measureBody(QString::fromLatin1(name), bodies.first(), definition);
    };
    recording("seq-cisa-kev-json-gz", "/vulnerabilities", "cveID");
    recording("seq-calfire-incidents", "/Incidents", "UniqueId");
    recording("seq-gbfs-ecobici-station-status", "/data/stations", "station_id");
    recording("one-usgs-all-day-geojson", "/features", "id");
    recording("one-noaa-tides-data", "/data", "t");
    recording("one-tfl-arrivals-940gzzluoxc", "", "id");
    measureApply();
    measurePatch();
    for (int i = 1; i < argc; ++i) {
        QFile file(QFile::decodeName(argv[i]));
        if (file.open(QIODevice::ReadOnly))
            measureBody(file.fileName(), file.readAll(), ChannelDefinition());
    }
    return 0;
}
