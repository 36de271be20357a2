#include "core/stream/patch.h"

#include "core/pointertoken.h"
#include "core/stream/jsontext.h"
#include "core/stream/membernames.h"

#include <QHash>
#include <QVarLengthArray>

namespace restream {
namespace {

using namespace jsonscan;

/// Real items are not nested as deep; a bound on the work that one from a hostile server can make.
constexpr int maxPatchDepth = 64;

struct Member
{
    QByteArray name; ///< may point into the text
    QByteArrayView key; ///< as written
    QByteArrayView value;
};

/// The members of an object without duplicates, found by name.
class Members final
{
public:
    explicit Members(QByteArrayView object)
    {
        const char *at = object.data() + 1;
        const char *const end = object.data() + object.size();
        while (toNext(at, end)) {
            const QByteArrayView key = readName(at, end);
            m_members.push_back({ content(key), key, readValue(at, end) });
        }
    }

    [[nodiscard]] auto begin() const { return m_members.begin(); }
    [[nodiscard]] auto end() const { return m_members.end(); }

    /// Null where there is none. Fast where the names come in their order.
    const Member *find(const QByteArray &name)
    {
        if (m_next < m_members.size() && m_members[m_next].name == name)
            return &m_members[m_next++];
        if (m_places.isEmpty()) {
            for (size_t i = 0; i < m_members.size(); ++i)
                m_places.insert(m_members[i].name, i);
        }
        const auto found = m_places.constFind(name);
        if (found == m_places.constEnd())
            return nullptr;
        m_next = *found + 1;
        return &m_members[*found];
    }

private:
    std::vector<Member> m_members;
    QHash<QByteArray, size_t> m_places;
    size_t m_next = 0;
};

bool isContainer(QByteArrayView value)
{
    return value.front() == '{' || value.front() == '[';
}

bool areBoth(char opening, QByteArrayView a, QByteArrayView b)
{
    return a.front() == opening && b.front() == opening;
}

bool same(QByteArrayView before, QByteArrayView after)
{
    const bool containers = areBoth('{', before, after) || areBoth('[', before, after);
    return containers ? jsonEqual(before, after) : sameScalar(before, after);
}

bool hasDuplicates(QByteArrayView value)
{
    return isContainer(value) && hasDuplicateMembers(value);
}

enum class Walk : quint8 {
    InStep,
    OutOfStep, ///< the members are not the same in the same order
    Impossible ///< there are duplicate members, or `differ` said so
};

/// Goes through two objects side by side. `differ(name, before, after)` is told each pair of values whose texts differ.
template<typename Differ>
Walk inStep(QByteArrayView before, QByteArrayView after, Differ differ)
{
    MemberNames names;
    const char *a = before.data() + 1;
    const char *const aEnd = before.data() + before.size();
    const char *b = after.data() + 1;
    const char *const bEnd = after.data() + after.size();
    for (;;) {
        const bool inA = toNext(a, aEnd);
        const bool inB = toNext(b, bEnd);
        if (!inA || !inB)
            return inA || inB          ? Walk::OutOfStep
                : names.takeDistinct() ? Walk::InStep
                                       : Walk::Impossible;
        const char *const member = b;
        const QByteArrayView name = readName(b, bEnd);
        names.add(name);
        const char *const value = b;
        if (b = member; skipSame(a, aEnd, b, bEnd, true)) {
            if (hasDuplicates({ value, b }))
                return Walk::Impossible;
            continue;
        }
        b = value;
        if (readName(a, aEnd) != name)
            return Walk::OutOfStep;
        const QByteArrayView old = readValue(a, aEnd);
        if (!differ(name, old, readValue(b, bEnd)))
            return Walk::Impossible;
    }
}

/// Text that grows without asking for memory while it is short.
using Text = QVarLengthArray<char, 512>;

void append(Text &out, QByteArrayView text)
{
    out.append(text.data(), text.size());
}

/// Writes RFC 6902 operations: add, remove and replace alone. The functions give false where there are duplicate members.
class PatchWriter final
{
public:
    std::optional<QByteArray> write(QByteArrayView before, QByteArrayView after)
    {
        m_operations.append('[');
        if (!change(before, after))
            return {};
        m_operations.append(']');
        return QByteArray(m_operations.constData(), m_operations.size());
    }

private:
    bool change(QByteArrayView before, QByteArrayView after);
    bool changeMembers(QByteArrayView before, QByteArrayView after);
    bool changeElements(const std::vector<JsonSlice> &before, const std::vector<JsonSlice> &after);
    bool operation(QByteArrayView name, QByteArrayView value = {});

    /// Does `what` with a member's name, as written, at the end of the path.
    template<typename F>
    bool at(QByteArrayView name, F what)
    {
        const qsizetype length = m_path.size();
        m_path.append('/');
        const QByteArrayView plain = inner(name);
        if (contains(plain, '\\') || contains(plain, '~') || contains(plain, '/')) {
            QByteArray token;
            appendPointerToken(token, content(name));
            append(m_path, inner(jsonString(token)).sliced(1));
        } else {
            append(m_path, plain);
        }
        return below(length, what);
    }

    template<typename F>
    bool atElement(size_t index, F what)
    {
        const qsizetype length = m_path.size();
        m_path.append('/');
        append(m_path, QByteArray::number(qulonglong(index)));
        return below(length, what);
    }

    template<typename F>
    bool below(qsizetype length, F what)
    {
        ++m_depth;
        const bool done = what();
        --m_depth;
        m_path.resize(length);
        return done;
    }

    Text m_operations;
    Text m_path; ///< as it stands between the quotes of a JSON string
    int m_depth = 0;
};

bool PatchWriter::operation(QByteArrayView name, QByteArrayView value)
{
    if (m_operations.size() > 1)
        m_operations.append(',');
    append(m_operations, R"({"op":")");
    append(m_operations, name);
    append(m_operations, R"(","path":")");
    m_operations.append(m_path.constData(), m_path.size());
    m_operations.append('"');
    if (!value.isEmpty()) {
        append(m_operations, R"(,"value":)");
        append(m_operations, value);
    }
    m_operations.append('}');
    return true;
}

bool PatchWriter::change(QByteArrayView before, QByteArrayView after)
{
    const bool objects = areBoth('{', before, after);
    const bool opaque = m_depth == maxPatchDepth || !(objects || areBoth('[', before, after));
    if ((opaque || !objects) && (hasDuplicates(before) || hasDuplicates(after)))
        return false;
    if (opaque)
        return same(before, after) || operation("replace", after);
    const qsizetype mark = m_operations.size();
    const bool done = objects
        ? changeMembers(before, after)
        : changeElements(JsonSlice(before).elements(), JsonSlice(after).elements());
    const qsizetype details = m_operations.size() - mark;
    const qsizetype replacement =
        qsizetype(sizeof R"(,{"op":"replace","path":"","value":})") + m_path.size() + after.size();
    // The item as a whole is never replaced: what changed in it is what a person reads.
    if (done && m_depth > 0 && details > replacement) {
        m_operations.resize(mark);
        operation("replace", after);
    }
    return done;
}

bool PatchWriter::changeMembers(QByteArrayView before, QByteArrayView after)
{
    const qsizetype mark = m_operations.size();
    const Walk walk = inStep(
        before, after, [this](QByteArrayView name, QByteArrayView old, QByteArrayView present) {
            return at(name, [&] { return change(old, present); });
        });
    if (walk != Walk::OutOfStep)
        return walk == Walk::InStep;
    m_operations.resize(mark);
    if (hasDuplicates(before) || hasDuplicates(after))
        return false;
    Members old(before);
    Members present(after);
    bool done = true;
    for (const Member &member : old) {
        if (!present.find(member.name))
            done = done && at(member.key, [this] { return operation("remove"); });
    }
    for (const Member &member : present) {
        const Member *previous = old.find(member.name);
        if (previous && previous->value == member.value)
            continue;
        done = done && at(member.key, [&] {
                   return previous ? change(previous->value, member.value)
                                   : operation("add", member.value);
               });
    }
    return done;
}

bool PatchWriter::changeElements(const std::vector<JsonSlice> &before,
                                 const std::vector<JsonSlice> &after)
{
    const auto equal = [](const JsonSlice &a, const JsonSlice &b) {
        return jsonEqual(a.text(), b.text());
    };
    size_t start = 0;
    size_t oldEnd = before.size();
    size_t newEnd = after.size();
    if (oldEnd != newEnd) {
        while (start < oldEnd && start < newEnd && equal(before[start], after[start]))
            ++start;
        while (oldEnd > start && newEnd > start && equal(before[oldEnd - 1], after[newEnd - 1])) {
            --oldEnd;
            --newEnd;
        }
    }
    const size_t common = std::min(oldEnd, newEnd);
    bool done = true;
    for (size_t i = start; i < common; ++i) {
        if (before[i].text() != after[i].text())
            done = done && atElement(i, [&] { return change(before[i].text(), after[i].text()); });
    }
    for (size_t i = oldEnd; i > common; --i)
        done = done && atElement(i - 1, [this] { return operation("remove"); });
    for (size_t i = common; i < newEnd; ++i)
        done = done && atElement(i, [&] { return operation("add", after[i].text()); });
    return done;
}

/// Writes the RFC 7396 patch between two objects. The functions give false where there is none.
class MergeWriter final
{
public:
    std::optional<QByteArray> write(QByteArrayView before, QByteArrayView after)
    {
        if (!objects(before, after))
            return {};
        return QByteArray(m_out.constData(), m_out.size());
    }

private:
    bool objects(QByteArrayView before, QByteArrayView after);
    bool members(QByteArrayView before, QByteArrayView after);
    bool change(QByteArrayView name, QByteArrayView before, QByteArrayView after);
    void name(QByteArrayView written)
    {
        if (m_out.back() != '{')
            m_out.append(',');
        append(m_out, written);
        m_out.append(':');
    }

    Text m_out;
    int m_depth = 0;
};

bool MergeWriter::objects(QByteArrayView before, QByteArrayView after)
{
    if (m_depth == maxPatchDepth)
        return false;
    ++m_depth;
    m_out.append('{');
    const qsizetype begin = m_out.size();
    Walk walk = inStep(before, after,
                       [this](QByteArrayView written, QByteArrayView old, QByteArrayView present) {
                           return change(written, old, present);
                       });
    if (walk == Walk::OutOfStep) {
        m_out.resize(begin);
        walk = members(before, after) ? Walk::InStep : Walk::Impossible;
    }
    --m_depth;
    m_out.append('}');
    return walk == Walk::InStep;
}

bool MergeWriter::members(QByteArrayView before, QByteArrayView after)
{
    if (hasDuplicates(before) || hasDuplicates(after))
        return false;
    Members old(before);
    Members present(after);
    for (const Member &member : old) {
        if (!present.find(member.name)) {
            name(member.key);
            append(m_out, "null");
        }
    }
    for (const Member &member : present) {
        const Member *previous = old.find(member.name);
        if (!change(member.key, previous ? previous->value : QByteArrayView(), member.value))
            return false;
    }
    return true;
}

/// Writes a member that is `after` now; `before` is null where there was none. False: it can't be said.
bool MergeWriter::change(QByteArrayView written, QByteArrayView before, QByteArrayView after)
{
    if (before == after)
        return true;
    const qsizetype mark = m_out.size();
    if (!before.isNull() && areBoth('{', before, after)) {
        name(written);
        const qsizetype nested = m_out.size();
        if (!objects(before, after))
            return false;
        if (m_out.size() == nested + 2) // {}: equal after all
            m_out.resize(mark);
        return true;
    }
    if ((!before.isNull() && hasDuplicates(before)) || hasDuplicates(after))
        return false;
    if (!before.isNull() && same(before, after))
        return true;
    if (containsNull(after))
        return false;
    name(written);
    append(m_out, after);
    return true;
}

std::optional<QByteArray> unlessLonger(QByteArray patch, QByteArrayView item)
{
    return patch.size() > item.size() ? std::nullopt : std::optional(std::move(patch));
}

}

std::optional<QByteArray> jsonPatch(QByteArrayView before, QByteArrayView after)
{
    std::optional<QByteArray> patch = PatchWriter().write(before, after);
    return patch ? unlessLonger(*std::move(patch), after) : std::nullopt;
}

std::optional<QByteArray> mergePatch(QByteArrayView before, QByteArrayView after)
{
    if (!areBoth('{', before, after)) {
        const bool impossible =
            containsNull(after) || hasDuplicates(before) || hasDuplicates(after);
        return impossible ? std::nullopt : std::optional(after.toByteArray());
    }
    std::optional<QByteArray> patch = MergeWriter().write(before, after);
    return patch ? unlessLonger(*std::move(patch), after) : std::nullopt;
}

QByteArray itemDiff(QByteArrayView before, QByteArrayView after)
{
    std::optional<QByteArray> patch = PatchWriter().write(before, after);
    return patch ? *std::move(patch) : R"([{"op":"replace","path":"","value":)" + after + R"(}])";
}

}
