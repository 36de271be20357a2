#include "core/guess/bodyscan.h"

#include "core/guess/itemmembers.h"
#include "core/guess/placekinds.h"
#include "core/pointerbelow.h"
#include "core/stream/jsonpointer.h"

#include <algorithm>
#include <cmath>

namespace restream {
namespace {

using Shape = ChannelDefinition::Shape;

constexpr int deepest = 6;
constexpr size_t mostMembers = 200;
constexpr qsizetype mostCandidates = 12;
constexpr size_t mostSamples = 3;
constexpr qsizetype sampleLength = 200;
/// The whole body as one item; a small list in it is a part of that item.
constexpr double scoreOfWhole = 5.2;

QString cut(const QByteArray &text)
{
    const QString whole = QString::fromUtf8(text);
    return whole.size() <= sampleLength ? whole : QString(whole.left(sampleLength) % u'…');
}

double scoreOf(ListKind kind)
{
    switch (kind) {
    case ListKind::Objects:
    case ListKind::Empty:
        return 4;
    case ListKind::Rows:
        return 2.5;
    case ListKind::NumberRows:
        return 0;
    case ListKind::Scalars:
    case ListKind::Mixed:
        break;
    }
    return -2;
}

QString whyOf(ListKind kind)
{
    switch (kind) {
    case ListKind::Objects:
        return QStringLiteral("a list of objects");
    case ListKind::Rows:
    case ListKind::NumberRows:
        return QStringLiteral("a list of rows, whose columns have no names");
    case ListKind::Empty:
        return QStringLiteral("a list, empty now");
    case ListKind::Scalars:
    case ListKind::Mixed:
        break;
    }
    return QStringLiteral("a list of plain values, each its own id");
}

/// Looks through one body.
class Scanner final
{
public:
    explicit Scanner(const JsonSlice &body) : m_body(body) { }

    BodyScan scan();

private:
    void visit(const JsonSlice &value, const QByteArray &pointer, int depth);
    void visitList(const JsonSlice &value, const QByteArray &pointer, int depth);
    void visitObject(const JsonSlice &value, const QByteArray &pointer, int depth);
    void add(const JsonSlice &value, const QByteArray &pointer, Shape shape, size_t count,
             double score, const QString &why);
    [[nodiscard]] double placeScore(const JsonSlice &value, const QByteArray &pointer,
                                    size_t count) const;

    const JsonSlice &m_body;
    BodyScan m_scan;
};

double Scanner::placeScore(const JsonSlice &value, const QByteArray &pointer, size_t count) const
{
    constexpr double mostForCount = 6;
    constexpr double part = 0.3;
    const double share = double(value.text().size()) / double(m_body.text().size());
    const JsonPath path = parsePointer(pointer).value_or(JsonPath());
    double names = 0;
    for (size_t i = 0; i < path.size(); ++i) {
        const double name = itemsNameScore(path[i]);
        names += i + 1 == path.size() ? name : std::min(0.0, name);
    }
    const bool isSmallPart = count > 0 && count <= 2 && share < part && names <= 0;
    return std::min(std::log2(1 + double(count)), mostForCount) + 6 * share + names
        - 0.5 * double(path.size()) - (isSmallPart ? 3 : 0);
}

void Scanner::add(const JsonSlice &value, const QByteArray &pointer, Shape shape, size_t count,
                  double score, const QString &why)
{
    ItemsCandidate candidate;
    candidate.pointer = QString::fromUtf8(pointer);
    candidate.shape = shape;
    candidate.count = qsizetype(count);
    candidate.score = score + (shape == Shape::Single ? 0 : placeScore(value, pointer, count));
    candidate.why = why;
    for (const JsonSlice &item : itemsAt(m_body, candidate, mostSamples))
        candidate.samples << cut(compactJson(item.text()));
    m_scan.candidates.append(candidate);
}

void Scanner::visitList(const JsonSlice &value, const QByteArray &pointer, int depth)
{
    constexpr size_t fewDifferent = 4;
    const std::vector<JsonSlice> elements = value.elements();
    const ListKind kind = kindOfList(elements);
    if (kind != ListKind::Mixed) {
        add(value, pointer, Shape::Array, elements.size(), scoreOf(kind), whyOf(kind));
    } else if (elements.size() <= fewDifferent) {
        // [{"page": 1}, [{…}, {…}]]
        for (size_t i = 0; i < elements.size(); ++i)
            visit(elements[i], pointer + '/' + QByteArray::number(i), depth + 1);
    }
}

void Scanner::visitObject(const JsonSlice &value, const QByteArray &pointer, int depth)
{
    constexpr size_t surelyMap = 3;
    const std::vector<JsonSlice::Member> members = value.members();
    const bool columns = holdsColumns(members);
    if (columns && m_scan.columns.isNull())
        m_scan.columns = pointer.isEmpty() ? u""_qs : QString::fromUtf8(pointer);
    if (isMap(members)) {
        const bool ofObjects = members.front().value.isObject();
        add(value, pointer, Shape::Map, members.size(), ofObjects ? 2.5 : -1,
            QStringLiteral("an object whose members look alike, each named by its id"));
        if (members.size() >= surelyMap)
            return;
    }
    for (size_t i = 0; i < std::min(members.size(), mostMembers); ++i) {
        const bool isColumn = columns && members[i].value.isArray()
            && kindOfList(members[i].value.elements()) != ListKind::Objects;
        if (!isColumn)
            visit(members[i].value, pointerBelow(pointer, members[i].key.string()), depth + 1);
    }
}

void Scanner::visit(const JsonSlice &value, const QByteArray &pointer, int depth)
{
    if (depth > deepest)
        return;
    if (value.isArray())
        visitList(value, pointer, depth);
    else if (value.isObject())
        visitObject(value, pointer, depth);
}

BodyScan Scanner::scan()
{
    visit(m_body, {}, 0);
    if (!m_body.isArray())
        add(m_body, {}, Shape::Single, 1, scoreOfWhole,
            QStringLiteral("the whole answer is one item"));
    return m_scan;
}

/// Adds what one body shows to what the others did.
void merge(const BodyScan &one, BodyScan &all)
{
    for (const ItemsCandidate &candidate : one.candidates) {
        const auto known = std::find_if(
            all.candidates.begin(), all.candidates.end(), [&](const ItemsCandidate &c) {
                return c.pointer == candidate.pointer && c.shape == candidate.shape;
            });
        if (known == all.candidates.end())
            all.candidates.append(candidate);
        else if (candidate.count > known->count
                 || (candidate.count == known->count && candidate.score > known->score))
            *known = candidate;
    }
    if (all.columns.isNull())
        all.columns = one.columns;
}

bool isTrouble(const JsonSlice &value)
{
    if (value.isNull())
        return false;
    switch (value.kind()) {
    case JsonSlice::Kind::Null:
    case JsonSlice::Kind::Number:
        return false;
    case JsonSlice::Kind::Bool:
        return value.text().startsWith('t');
    case JsonSlice::Kind::String:
        return !value.string().isEmpty();
    case JsonSlice::Kind::Array:
        return !value.elements().empty();
    case JsonSlice::Kind::Object:
        return !value.members().empty();
    }
    return false;
}

}

BodyScan scanBodies(const std::vector<JsonSlice> &bodies)
{
    BodyScan all;
    for (const JsonSlice &body : bodies)
        merge(Scanner(body).scan(), all);
    for (ItemsCandidate &candidate : all.candidates) {
        const auto absent = std::count_if(bodies.begin(), bodies.end(), [&](const JsonSlice &body) {
            return body.at(candidate.pointer.toUtf8()).isNull();
        });
        candidate.score -= 4 * double(absent) / double(bodies.size());
    }
    std::stable_sort(
        all.candidates.begin(), all.candidates.end(),
        [](const ItemsCandidate &a, const ItemsCandidate &b) { return a.score > b.score; });
    while (all.candidates.size() > mostCandidates)
        all.candidates.removeLast();
    return all;
}

std::vector<JsonSlice> itemsAt(const JsonSlice &body, const ItemsCandidate &place, size_t most)
{
    const JsonSlice value = body.at(place.pointer.toUtf8());
    std::vector<JsonSlice> items;
    if (value.isNull())
        return items;
    if (place.shape == Shape::Single)
        items.push_back(value);
    else if (place.shape == Shape::Array)
        items = value.elements();
    for (const JsonSlice::Member &member :
         place.shape == Shape::Map ? value.members() : std::vector<JsonSlice::Member>())
        items.push_back(member.value);
    items.resize(std::min(items.size(), most));
    return items;
}

bool reportsError(const JsonSlice &body)
{
    constexpr size_t fewMembers = 8;
    if (!body.isObject() || body.members().size() > fewMembers)
        return false;
    bool hasItems = false;
    bool says = false;
    bool hasStatus = false;
    for (const JsonSlice::Member &member : body.members()) {
        const QByteArray name = member.key.string().toLower();
        const QByteArray value = member.value.text().toByteArray().toLower();
        const bool namesTrouble = name == "error" || name == "errors" || name == "fault"
            || name == "error_message" || name == "error message";
        const bool saysNo = ((name == "success" || name == "ok") && value == "false")
            || (name == "status"
                && (value == "\"error\"" || value == "\"fail\"" || value == "\"failed\""));
        const bool isStatus =
            name == "status" || name == "code" || name == "statuscode" || name == "cod";
        const int status = QByteArray(value).replace('"', "").toInt();
        hasItems = hasItems || (member.value.isArray() && !namesTrouble && isTrouble(member.value));
        says = says || saysNo || (namesTrouble && isTrouble(member.value));
        hasStatus = hasStatus || (isStatus && status >= 400 && status < 600);
    }
    const bool hasMessage = !body.member("message").isNull() || !body.member("detail").isNull()
        || !body.member("title").isNull();
    return !hasItems && (says || (hasStatus && hasMessage));
}

}
