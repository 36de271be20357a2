// Bodies of items, made from the input so that they are mostly valid and mostly alike: whatever comes of a body read beside what is held must
// come of one that is read alone, errors included.

#include "core/stream/diff.h"
#include "core/stream/jsontext.h"
#include "core/stream/jsonwalk.h"
#include "tests/fuzz/require.h"

#include <QHashFunctions>
#include <QRandomGenerator>

#include <algorithm>
#include <array>

using namespace restream;

namespace {

/// Choices: the bytes of the input, and behind them those of a generator that they seed, so that short inputs make whole bodies too.
class Input final
{
public:
    Input(const uint8_t *data, size_t size)
        : m_at(data),
          m_end(data + size),
          m_random(quint32(qHashBits(data, size)))
    {
    }

    uint8_t byte() { return m_at == m_end ? uint8_t(m_random.generate()) : *m_at++; }
    size_t below(size_t count) { return byte() % count; } ///< count ≤ 256
    bool oneIn(size_t count) { return below(count) == 1; }
    /// A place in a text, which may be longer.
    qsizetype placeIn(const QByteArray &text) { return (byte() << 8 | byte()) % text.size(); }

private:
    const uint8_t *m_at;
    const uint8_t *m_end;
    QRandomGenerator m_random;
};

template<size_t Count>
const char *pick(Input &input, const std::array<const char *, Count> &choices)
{
    return choices[input.below(Count)];
}

constexpr std::array ids { "\"a\"",       "\"b\"", "\"c\"", "\"d\"", "\"e\"",       "\"f\"",
                           "\"g\"",       "1",     "2",     "12",    "1.0",         "\"1\"",
                           "\"\\u0061\"", "\"\"",  "null",  "[1]",   "\"\xc3\xa9\"" };
constexpr std::array values { "1",
                              "1.0",
                              "12",
                              "1e0",
                              "-0",
                              "0",
                              "true",
                              "null",
                              "\"a\"",
                              "\"\\u0061\"",
                              "\"a b\"",
                              "\"{\\\"[, :\"",
                              "[]",
                              "{}",
                              "[1,2]",
                              "[[1],{\"id\":\"a\"}]",
                              "{\"id\":\"a\"}",
                              "{\"k\":\"a\",\"x\":1}",
                              "{\"x\":1,\"k\":\"a\"}",
                              "{\"k\":2,\"k\":3}",
                              "\"\xc3\xa9\"",
                              "\"a",
                              "01" };
constexpr std::array spaces { "", " ", "\n    ", "\t", "\r\n" };

struct Member
{
    QByteArray name;
    QByteArray value;
};

using Members = std::vector<Member>;

Members anItem(Input &input)
{
    Members item { { "\"id\"", pick(input, ids) }, { "\"v\"", pick(input, values) } };
    if (input.oneIn(2))
        item.push_back({ "\"p\"", pick(input, values) });
    if (input.oneIn(20))
        item.push_back({ "\"v\"", pick(input, values) });
    if (input.oneIn(5))
        std::swap(item[0], item[1]);
    return item;
}

/// Compact tokens with white space between them.
QByteArray spaced(const QByteArray &text, Input &input)
{
    const QByteArray space = pick(input, spaces);
    const bool anywhere = input.oneIn(2);
    QByteArray result;
    bool inString = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text.at(i);
        result += c;
        if (c == '\\' && i + 1 < text.size())
            result += text.at(++i);
        else if (c == '"')
            inString = !inString;
        const bool between = QByteArrayView("{}[],:").contains(c);
        if (!inString && (between || input.oneIn(100)))
            result += anywhere ? QByteArray(pick(input, spaces)) : space;
    }
    return result;
}

QByteArray textOf(const Members &item)
{
    QByteArray text = "{";
    for (const Member &member : item)
        text += (text.size() > 1 ? "," : "") + member.name + ':' + member.value;
    return text + '}';
}

QByteArray listOf(const std::vector<Members> &items, bool asMap)
{
    QByteArray text;
    for (const Members &item : items) {
        text += text.isEmpty() ? "" : ",";
        if (asMap)
            text += (item[0].value.startsWith('"') ? item[0].value : "\"n\"") + ':';
        text += asMap && item.size() == 2 ? item[1].value : textOf(item);
    }
    return asMap ? '{' + text + '}' : '[' + text + ']';
}

void change(std::vector<Members> &items, Input &input)
{
    const size_t place = items.empty() ? 0 : input.below(items.size());
    const auto at = items.begin() + std::ptrdiff_t(place);
    switch (items.empty() ? 0 : input.below(7)) {
    case 0:
        items.insert(at, anItem(input));
        break;
    case 1:
        items.erase(at);
        break;
    case 2:
        at->back().value = pick(input, values);
        break;
    case 3:
        std::rotate(items.begin(), at, items.end());
        break;
    case 4:
        std::reverse(at->begin(), at->end());
        break;
    case 5:
        std::swap(items.front(), *at);
        break;
    default:
        items.push_back(*at);
        break;
    }
}

QByteArray bodyOf(const std::vector<Members> &items, const ChannelDefinition &definition,
                  Input &input)
{
    const bool asMap =
        definition.shape == ChannelDefinition::Shape::Map ? !input.oneIn(20) : input.oneIn(20);
    QByteArray body = listOf(items, asMap);
    if (!definition.items.isEmpty()) {
        switch (input.below(5)) {
        case 0:
            body = R"({"other":)" + body + R"(,"items":)" + body + '}';
            break;
        case 1:
            body = R"({"items":[],"items":)" + body + R"(,"n":[{"id":"a"}]})";
            break;
        case 2:
            body =
                R"({"items":)" + (items.empty() ? QByteArray("null") : textOf(items.front())) + '}';
            break;
        default:
            body = R"({"items":)" + body + '}';
            break;
        }
    }
    if (input.oneIn(2))
        body = spaced(body, input);
    if (input.oneIn(10) && !body.isEmpty())
        body[input.placeIn(body)] = char(input.byte());
    if (input.oneIn(30))
        body.truncate(input.placeIn(body));
    return body;
}

ChannelDefinition aDefinition(Input &input)
{
    using Shape = ChannelDefinition::Shape;
    constexpr std::array shapes { Shape::Auto, Shape::Array, Shape::Map, Shape::Single };
    constexpr std::array fields { "id", "/id", "/p/k", "v", "" };
    ChannelDefinition definition;
    definition.name = QStringLiteral("fuzz");
    definition.items = input.oneIn(2) ? QString() : QStringLiteral("/items");
    definition.shape = shapes[input.below(shapes.size())];
    if (const auto field = QString::fromLatin1(pick(input, fields)); !field.isEmpty())
        definition.idField << field;
    if (input.oneIn(10))
        definition.idField << QStringLiteral("v");
    if (input.oneIn(5))
        definition.ignore << QStringLiteral("/v");
    definition.ordered = input.oneIn(2);
    definition.maxItems = qint64(1 + input.below(20));
    definition.removal.after = int(1 + input.below(3));
    if (input.oneIn(3))
        definition.removal.mode = RemovalRule::Mode::Window;
    return definition;
}

/// The same as if each item had been compared with the held one of its id.
PolledItems readAlone(PolledItems polled, const ItemSet &held)
{
    polled.held = held;
    for (PolledItem &item : polled.items)
        item.place = held.placeOf(item.id);
    return polled;
}

void checkSame(const PolledItems &beside, const PolledItems &alone)
{
    require(beside.withoutId == alone.withoutId && beside.duplicates == alone.duplicates
            && beside.beyondLimit == alone.beyondLimit);
    require(beside.items.size() == alone.items.size());
    for (size_t i = 0; i < alone.items.size(); ++i) {
        const PolledItem &item = beside.items[i];
        require(item.id == alone.items[i].id && item.raw == alone.items[i].raw
                && item.place == alone.items[i].place);
        require(!item.isHeld || sameTokens(beside.held.at(item.place).text(), item.raw));
    }
}

/// A poll. True: it was a good one.
bool poll(ItemSet &held, const QByteArray &body, const ChannelDefinition &definition, qint64 number)
{
    const Result<PolledItems> beside = readItems(body, definition, held);
    const Result<PolledItems> alone = readItems(body, definition);
    require(bool(beside) == bool(alone));
    if (!beside) {
        require(beside.error().code == alone.error().code
                && beside.error().message == alone.error().message);
        return false;
    }
    const PolledItems plain = readAlone(*alone, held);
    checkSame(*beside, plain);
    const DiffRules rules = diffRules(definition);
    const Difference difference = diff(*beside, rules, number);
    const Difference expected = diff(plain, rules, number);
    require(difference.changes == expected.changes);
    require(difference.missingSince == expected.missingSince);
    held.apply(difference.changes);
    for (const auto &[id, since] : difference.missingSince)
        held.setMissingSince(id, since);
    qint64 bytes = 0;
    for (const Item &item : held)
        bytes += item.bytes();
    require(bytes == held.bytes());
    return true;
}

}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const ChannelDefinition definition = aDefinition(input);
    std::vector<Members> items;
    for (size_t i = input.below(12); i > 0; --i)
        items.push_back(anItem(input));
    ItemSet held;
    qint64 polls = 0;
    for (int round = 0; round < 4; ++round) {
        polls += poll(held, bodyOf(items, definition, input), definition, polls + 1);
        for (size_t i = input.below(5); i > 0; --i)
            change(items, input);
    }
    return 0;
}
