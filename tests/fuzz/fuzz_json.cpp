// Any bytes: what is checked, split, compared and patched must hold together. An input is one text, or two with a byte 0x00 between.

#include "core/stream/diff.h"
#include "core/stream/jsontext.h"
#include "core/stream/jsonwalk.h"
#include "core/stream/patch.h"

#include <cstdlib>

using namespace restream;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// Every value reached through slices, and through a walk that skips.
void visit(const JsonSlice &value, const JsonWalk &walk, JsonWalk::Place place)
{
    require(walk.valueAt(place) == value.text());
    require(!validateJson(value.text()));
    JsonWalk::Place inner = JsonWalk::inside(place);
    for (const JsonSlice &element : value.elements()) {
        require(walk.toNext(inner));
        visit(element, walk, inner);
        walk.readValue(inner);
    }
    for (const JsonSlice::Member &member : value.members()) {
        require(walk.toNext(inner));
        require(walk.readName(inner) == member.key.text());
        require(JsonSlice(jsonString(member.key.string())).string() == member.key.string());
        require(!value.member(member.key.string()).isNull());
        visit(member.value, walk, inner);
        walk.readValue(inner);
    }
}

void checkOne(const QByteArray &text)
{
    const QByteArray compact = compactJson(text);
    require(!validateJson(compact));
    require(sameTokens(compact, text));
    require(jsonEqual(compact, text) && jsonEqual(text, compact, { QByteArrayLiteral("/a") }));
    JsonSkips skips;
    require(!validateJson(text, skips));
    const JsonWalk walk(text, skips);
    visit(JsonSlice(text), walk, walk.root());
}

void checkTwo(const QByteArray &first, const QByteArray &second)
{
    const QByteArray before = compactJson(first);
    const QByteArray after = compactJson(second);
    const bool equal = jsonEqual(before, after);
    require(equal == jsonEqual(after, before));
    require(sameTokens(before, second) == (before == after));
    require(!validateJson(itemDiff(before, after)));
    for (const auto &form : { jsonPatch(before, after), mergePatch(before, after) })
        require(!form || (!validateJson(*form) && form->size() <= after.size()));

    ChannelDefinition definition;
    definition.name = QStringLiteral("fuzz");
    definition.idField = QStringList { QStringLiteral("id") };
    const DiffRules rules = diffRules(definition);
    ItemSet held;
    qint64 poll = 0;
    for (const QByteArray &body : { first, second, first }) {
        const Result<PolledItems> polled = readItems(body, definition, held);
        if (!polled)
            continue;
        held.apply(diff(*polled, rules, ++poll).changes);
        require(size_t(held.size()) == polled->items.size());
        require(diff(readItems(body, definition, held).value(), rules, poll + 1).changes.isEmpty());
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // A copy of the exact size, so that a read beyond it is seen.
    const std::vector<char> bytes(data, data + size);
    const QByteArrayView input(bytes.data(), qsizetype(size));
    if (validateJson(input)) {
        const qsizetype border = input.indexOf('\0');
        if (border < 0)
            return 0;
        const QByteArray first = input.first(border).toByteArray();
        const QByteArray second = input.sliced(border + 1).toByteArray();
        if (!validateJson(first) && !validateJson(second))
            checkTwo(first, second);
        return 0;
    }
    checkOne(input.toByteArray());
    checkTwo(input.toByteArray(), input.toByteArray());
    return 0;
}
