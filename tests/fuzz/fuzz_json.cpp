// Any bytes: what is checked, split, compared and patched must hold together, and agree with JSON for Modern C++ where the two do not differ
// on purpose. An input is one text, or two with a byte 0x00 between.

#include "core/stream/jsontext.h"
#include "core/stream/jsonwalk.h"
#include "core/stream/membernames.h"
#include "core/stream/patch.h"
#include "tests/fuzz/require.h"

#include <nlohmann/json.hpp>

#include <optional>

using namespace restream;
using nlohmann::json;

namespace {

/// What another strict parser says of a text.
class Judge final : public nlohmann::json_sax<json>
{
public:
    explicit Judge(QByteArrayView text) { valid = json::sax_parse(text.begin(), text.end(), this); }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t &) override { return true; }
    bool string(string_t &) override { return true; }
    bool binary(binary_t &) override { return true; }
    bool key(string_t &) override { return true; }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string &, const json::exception &error) override
    {
        constexpr int numberOverflow = 406;
        tooLarge = error.id == numberOverflow;
        return false;
    }

    bool valid = false;
    bool tooLarge = false; ///< of a number that no double holds; it read no further
    int deepest = 0;

private:
    bool open()
    {
        deepest = std::max(deepest, ++m_depth);
        return true;
    }
    bool close()
    {
        --m_depth;
        return true;
    }

    int m_depth = 0;
};

/// Where the two differ on purpose: we relay lone surrogates and numbers of any size, take no byte order mark and no NUL for an end, and have
/// a bound on nesting.
void checkVerdict(QByteArrayView text)
{
    const bool accepted = !validateJson(text);
    if (text.startsWith("\xef\xbb\xbf") || text.contains('\0')) {
        require(!accepted);
        return;
    }
    QByteArray withoutSurrogates = text.toByteArray();
    for (qsizetype i = 0; i + 2 < withoutSurrogates.size(); ++i) {
        if (withoutSurrogates[i] == '\\' && withoutSurrogates[i + 1] == 'u'
            && (withoutSurrogates[i + 2] | 0x20) == 'd')
            withoutSurrogates[i + 2] = '1';
    }
    const Judge judge { QByteArrayView(withoutSurrogates) };
    if (!judge.tooLarge)
        require(accepted == (judge.valid && judge.deepest <= maxJsonDepth));
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
    require(jsonscan::isCompact(compact));
    require(jsonscan::isCompact(text) == (compact.size() == text.size()));
    require(jsonEqual(compact, text) && jsonEqual(text, compact, { QByteArrayLiteral("/a") }));
    JsonSkips skips;
    require(!validateJson(text, skips));
    const JsonWalk walk(text, skips);
    visit(JsonSlice(text), walk, walk.root());
}

std::optional<json> parsed(QByteArrayView text)
{
    json value = json::parse(text.begin(), text.end(), nullptr, false);
    return value.is_discarded() ? std::nullopt : std::optional(std::move(value));
}

/// `before` with the patch is `after`.
void checkFolding(const QByteArray &before, const QByteArray &after)
{
    const auto patch = jsonPatch(before, after);
    const auto merge = mergePatch(before, after);
    const QByteArray whole = itemDiff(before, after);
    require(!validateJson(whole));
    for (const auto &form : { patch, merge })
        require(!form || (!validateJson(*form) && form->size() <= after.size()));
    const bool duplicates =
        jsonscan::hasDuplicateMembers(before) || jsonscan::hasDuplicateMembers(after);
    require(!duplicates || (!patch && !merge));

    const auto old = parsed(before);
    const auto present = parsed(after);
    if (!old || !present) // a lone surrogate, or a number that no double holds
        return;
    require(old->patch(*parsed(whole)) == *present);
    require(!patch || old->patch(*parsed(*patch)) == *present);
    if (merge) {
        json merged = *old;
        merged.merge_patch(*parsed(*merge));
        require(merged == *present);
    }
    if (jsonEqual(before, after))
        require(*old == *present);
}

void checkTwo(const QByteArray &first, const QByteArray &second)
{
    const QByteArray before = compactJson(first);
    const QByteArray after = compactJson(second);
    require(jsonEqual(before, after) == jsonEqual(after, before));
    require(jsonEqual(before, after) == jsonEqual(first, second));
    require(sameTokens(before, second) == (before == after));
    const char *const behind =
        matchTokens(before, second.constData(), second.constData() + second.size());
    require(!behind || before.at(before.size() - 1) == behind[-1]);
    checkFolding(before, after);
}

}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // A copy of the exact size, so that a read beyond it is seen.
    const std::vector<char> bytes(data, data + size);
    const QByteArrayView input(bytes.data(), qsizetype(size));
    checkVerdict(input);
    if (validateJson(input)) {
        const qsizetype border = input.indexOf('\0');
        if (border < 0)
            return 0;
        const QByteArray first = input.first(border).toByteArray();
        const QByteArray second = input.sliced(border + 1).toByteArray();
        if (!validateJson(first) && !validateJson(second))
            checkTwo(first, second);
        else if (!validateJson(first)) // what is matched may be anything
            matchTokens(compactJson(first), second.constData(), second.constData() + second.size());
        return 0;
    }
    checkOne(input.toByteArray());
    checkTwo(input.toByteArray(), input.toByteArray());
    return 0;
}
