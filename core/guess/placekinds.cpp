#include "core/guess/placekinds.h"

#include "core/guess/valueshape.h"

#include <QSet>

#include <algorithm>
#include <map>

namespace restream {
namespace {

constexpr size_t looksAt = 60;

bool isScalar(const JsonSlice &value)
{
    return value.kind() == JsonSlice::Kind::String || value.kind() == JsonSlice::Kind::Number;
}

/// Strings and whole numbers, each once: they are their own ids.
bool areIds(const std::vector<JsonSlice> &elements)
{
    QSet<QByteArray> seen;
    return std::all_of(elements.begin(), elements.end(), [&seen](const JsonSlice &element) {
        const qsizetype before = seen.size();
        seen.insert(element.text().toByteArray());
        const ValueShape shape = shapeOf(element, {});
        return seen.size() > before && shape != ValueShape::None && shape != ValueShape::Decimal;
    });
}

ListKind kindOfRows(const std::vector<JsonSlice> &rows)
{
    std::map<size_t, size_t> lengths;
    bool anyText = false;
    for (size_t i = 0; i < std::min(rows.size(), looksAt); ++i) {
        const std::vector<JsonSlice> cells = rows[i].elements();
        ++lengths[cells.size()];
        anyText = anyText || std::any_of(cells.begin(), cells.end(), [](const JsonSlice &cell) {
                      return cell.isString();
                  });
        const bool areScalars = std::none_of(cells.begin(), cells.end(),
                                             [](const JsonSlice &cell) { return cell.isObject(); });
        if (!areScalars || cells.size() < 2)
            return ListKind::Mixed;
    }
    const auto widest = std::max_element(lengths.begin(), lengths.end(),
                                         [](auto &a, auto &b) { return a.second < b.second; });
    if (widest->second * 10 < std::min(rows.size(), looksAt) * 9)
        return ListKind::Mixed;
    return anyText ? ListKind::Rows : ListKind::NumberRows;
}

/// The share of member names that two objects have in common.
double likeness(const QSet<QByteArray> &a, const QSet<QByteArray> &b)
{
    const qsizetype common = QSet<QByteArray>(a).intersect(b).size();
    const qsizetype all = a.size() + b.size() - common;
    return all > 0 ? double(common) / double(all) : 1;
}

QSet<QByteArray> namesOf(const JsonSlice &object)
{
    QSet<QByteArray> names;
    for (const JsonSlice::Member &member : object.members())
        names.insert(member.key.string());
    return names;
}

bool lookAlike(const std::vector<JsonSlice::Member> &members)
{
    constexpr double enough = 0.6;
    const QSet<QByteArray> first = namesOf(members.front().value);
    double sum = 0;
    const size_t count = std::min(members.size(), looksAt);
    for (size_t i = 1; i < count; ++i)
        sum += likeness(first, namesOf(members[i].value));
    return !first.isEmpty() && sum >= enough * double(count - 1);
}

/// "USD" and "2024-05-01" are names of one form; "temperature" and "id" are not.
bool haveOneForm(const std::vector<JsonSlice::Member> &members)
{
    const auto form = [](const JsonSlice::Member &member) {
        QByteArray text = member.key.string();
        for (char &c : text) {
            if (c >= '0' && c <= '9')
                c = '9';
            else if (c >= 'a' && c <= 'z')
                c = 'a';
            else if (c >= 'A' && c <= 'Z')
                c = 'A';
        }
        return text;
    };
    const QByteArray first = form(members.front());
    const auto same =
        std::count_if(members.begin(), members.end(),
                      [&](const JsonSlice::Member &member) { return form(member) == first; });
    return size_t(same) * 10 >= members.size() * 9;
}

}

ListKind kindOfList(const std::vector<JsonSlice> &elements)
{
    if (elements.empty())
        return ListKind::Empty;
    const auto share = [&elements](auto &&is) {
        return double(std::count_if(elements.begin(), elements.end(), is))
            / double(elements.size());
    };
    constexpr double nearlyAll = 0.9;
    if (share([](const JsonSlice &e) { return e.isObject(); }) >= nearlyAll)
        return ListKind::Objects;
    if (share([](const JsonSlice &e) { return e.isArray(); }) == 1)
        return kindOfRows(elements);
    if (share(isScalar) == 1 && areIds(elements))
        return ListKind::Scalars;
    return ListKind::Mixed;
}

bool isMap(const std::vector<JsonSlice::Member> &members)
{
    constexpr size_t fewestScalars = 8;
    if (members.size() < 2)
        return false;
    const auto objects =
        std::count_if(members.begin(), members.end(),
                      [](const JsonSlice::Member &m) { return m.value.isObject(); });
    if (size_t(objects) == members.size())
        return lookAlike(members);
    const bool areNumbers =
        std::all_of(members.begin(), members.end(), [](const JsonSlice::Member &m) {
            return m.value.kind() == JsonSlice::Kind::Number;
        });
    return areNumbers && members.size() >= fewestScalars && haveOneForm(members);
}

bool holdsColumns(const std::vector<JsonSlice::Member> &members)
{
    std::map<size_t, int> lengths;
    for (const JsonSlice::Member &member : members) {
        if (!member.value.isArray())
            continue;
        const std::vector<JsonSlice> elements = member.value.elements();
        const bool isColumn = elements.size() > 2
            && std::none_of(elements.begin(), elements.end(), [](const JsonSlice &element) {
                                  return element.isObject() || element.isArray();
                              });
        lengths[elements.size()] += isColumn ? 1 : 0;
    }
    return std::any_of(lengths.begin(), lengths.end(),
                       [](const auto &entry) { return entry.second > 1; });
}

double itemsNameScore(const QByteArray &name)
{
    static const QSet<QByteArray> good {
        "items",     "item",      "results",    "result",   "data",      "features", "value",
        "values",    "hits",      "entries",    "entry",    "records",   "rows",     "list",
        "events",    "articles",  "nodes",      "edges",    "docs",      "elements", "objects",
        "members",   "@graph",    "collection", "content",  "contents",  "response", "responses",
        "_embedded", "resources", "posts",      "messages", "placemark", "stations", "observations",
        "alerts",    "incidents", "vehicles",   "states"
    };
    static const QSet<QByteArray> bad {
        "links",        "_links",   "link",        "errors",       "error",        "warnings",
        "columns",      "meta",     "metadata",    "pagination",   "paging",       "facets",
        "aggregations", "included", "references",  "linked",       "context",      "@context",
        "hasformat",    "formats",  "schema",      "parameters",   "query",        "headers",
        "legend",       "units",    "coordinates", "bbox",         "filters",      "sort",
        "options",      "debug",    "notices",     "attributions", "licenses",     "extensions",
        "fieldaliases", "fields",   "crs",         "lookups",      "relationships"
    };
    const QByteArray lower = name.toLower();
    return good.contains(lower) ? 2 : bad.contains(lower) ? -6 : 0;
}

}
