#include "core/guess/definitionguess.h"

#include "core/guess/orderedjson.h"

#include <algorithm>

namespace restream {
namespace {

using Shape = ChannelDefinition::Shape;

const QStringList &memberOrder()
{
    static const QStringList order =
        QStringLiteral("name description doc_url group icon terms attribution fetcher replay "
                       "command persistent request auth keys "
                       "keys_from params format csv items shape id_field ignore removal ordered "
                       "max_items history "
                       "poll_interval poll always max_streams ttl quota throttled pagination")
            .split(u' ');
    return order;
}

QByteArray shapeName(Shape shape)
{
    return shape == Shape::Map ? "\"map\"" : shape == Shape::Array ? "\"array\"" : "\"single\"";
}

QByteArray removalText(const RemovalRule &removal)
{
    if (removal.mode == RemovalRule::Mode::Window)
        return "\"window\"";
    if (removal.after == 1)
        return "\"snapshot\"";
    return "{\"mode\":\"snapshot\",\"after\":" + QByteArray::number(removal.after) + '}';
}

QByteArray quotaText(const QList<QuotaRule> &rules)
{
    QByteArrayList parts;
    for (const QuotaRule &rule : rules)
        parts << "{\"calls\":" + QByteArray::number(rule.calls)
                + ",\"per\":" + QByteArray::number(rule.perSeconds) + '}';
    return parts.size() == 1 ? parts.first() : QByteArray('[' + parts.join(',') + ']');
}

void addWhatIsSeen(const DefinitionParts &parts, QHash<QString, QByteArray> &members)
{
    const bool isOne = parts.shape == Shape::Single;
    members.insert(QStringLiteral("items"), jsonString(parts.items));
    members.insert(QStringLiteral("shape"), shapeName(parts.shape));
    if (!parts.idField.isEmpty())
        members.insert(QStringLiteral("id_field"),
                       parts.idField.size() == 1 ? jsonString(parts.idField.first())
                                                 : jsonStrings(parts.idField));
    if (!parts.ignore.isEmpty())
        members.insert(QStringLiteral("ignore"), jsonStrings(parts.ignore));
    if (!isOne)
        members.insert(QStringLiteral("removal"), removalText(parts.removal));
    if (parts.shape == Shape::Array)
        members.insert(QStringLiteral("ordered"), parts.ordered ? "true" : "false");
    if (parts.maxItems > 0)
        members.insert(QStringLiteral("max_items"), QByteArray::number(parts.maxItems));
    members.insert(QStringLiteral("poll_interval"), jsonNumber(parts.intervalSeconds));
    if (!parts.quota.isEmpty())
        members.insert(QStringLiteral("quota"), quotaText(parts.quota));
}

}

QByteArray writeDefinition(const DefinitionParts &parts)
{
    QHash<QString, QByteArray> members;
    members.insert(QStringLiteral("name"), jsonString(parts.name));
    members.insert(QStringLiteral("description"), jsonString(parts.description));
    const std::pair<const char *, const QByteArray *> ready[] = { { "request", &parts.request },
                                                                  { "auth", &parts.auth },
                                                                  { "keys", &parts.keys } };
    for (const auto &[name, json] : ready) {
        if (!json->isEmpty())
            members.insert(QString::fromLatin1(name), *json);
    }
    if (!parts.replayFiles.isEmpty()) {
        members.insert(QStringLiteral("fetcher"), "\"replay\"");
        members.insert(QStringLiteral("replay"),
                       "{\"files\":" + jsonString(parts.replayFiles) + '}');
    }
    if (!parts.format.isEmpty())
        members.insert(QStringLiteral("format"), jsonString(parts.format));
    if (parts.isKnown)
        addWhatIsSeen(parts, members);
    QStringList order = memberOrder();
    for (const JsonSlice::Member &member : JsonSlice(parts.given).members()) {
        const QString name = QString::fromUtf8(member.key.string());
        members.insert(name, compactJson(member.value.text()));
        if (!order.contains(name))
            order << name;
    }
    OrderedJson definition;
    for (const QString &name : std::as_const(order)) {
        if (members.contains(name))
            definition.add(name, members.value(name));
    }
    return prettyJson(definition.text()) + '\n';
}

void sortReasons(QList<GuessReason> &reasons)
{
    const auto place = [](const GuessReason &reason) {
        return memberOrder().indexOf(reason.member.section(u'/', 1, 1));
    };
    std::stable_sort(
        reasons.begin(), reasons.end(),
        [&place](const GuessReason &a, const GuessReason &b) { return place(a) < place(b); });
}

}
