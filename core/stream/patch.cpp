#include "core/stream/patch.h"

#include "core/stream/jsonpointer.h"
#include "core/stream/jsonscan.h"

#include <QHash>

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

bool areBoth(char opening, QByteArrayView a, QByteArrayView b)
{
    return a.front() == opening && b.front() == opening;
}

/// Goes through two objects side by side. `differ(name, before, after)` is told each pair of values whose texts differ; false ends it.
/// False: it was ended, or the members are not the same in the same order.
template<typename Differ>
bool inStep(QByteArrayView before, QByteArrayView after, Differ differ)
{
    const char *a = before.data() + 1;
    const char *const aEnd = before.data() + before.size();
    const char *b = after.data() + 1;
    const char *const bEnd = after.data() + after.size();
    for (;;) {
        const bool inA = toNext(a, aEnd);
        const bool inB = toNext(b, bEnd);
        if (!inA || !inB)
            return !inA && !inB;
        const QByteArrayView name = readName(b, bEnd);
        if (readName(a, aEnd) != name)
            return false;
        const QByteArrayView old = readValue(a, aEnd);
        const QByteArrayView present = readValue(b, bEnd);
        if (old != present && !differ(name, old, present))
            return false;
    }
}

/// Writes RFC 6902 operations: add, remove and replace alone.
class PatchWriter final
{
public:
    QByteArray write(QByteArrayView before, QByteArrayView after)
    {
        m_operations.reserve(128);
        m_operations += '[';
        change(before, after);
        m_operations += ']';
        return std::move(m_operations);
    }

private:
    void change(QByteArrayView before, QByteArrayView after);
    void changeMembers(QByteArrayView before, QByteArrayView after);
    void changeElements(const std::vector<JsonSlice> &before, const std::vector<JsonSlice> &after);
    void operation(QByteArrayView name, QByteArrayView value = {});

    /// Does `what` with `token` at the end of the path.
    template<typename F>
    void at(QByteArrayView token, F what)
    {
        const qsizetype length = m_path.size();
        appendToken(m_path, token);
        ++m_depth;
        what();
        --m_depth;
        m_path.truncate(length);
    }

    QByteArray m_operations;
    QByteArray m_path;
    int m_depth = 0;
};

void PatchWriter::operation(QByteArrayView name, QByteArrayView value)
{
    if (m_operations.size() > 1)
        m_operations += ',';
    m_operations += R"({"op":")";
    m_operations += name;
    m_operations += R"(","path":)";
    appendJsonString(m_operations, m_path);
    if (!value.isEmpty()) {
        m_operations += R"(,"value":)";
        m_operations += value;
    }
    m_operations += '}';
}

void PatchWriter::change(QByteArrayView before, QByteArrayView after)
{
    if (before == after)
        return;
    const bool objects = areBoth('{', before, after);
    if (m_depth == maxPatchDepth || !(objects || areBoth('[', before, after))) {
        if (!jsonEqual(before, after))
            operation("replace", after);
        return;
    }
    const qsizetype mark = m_operations.size();
    if (objects)
        changeMembers(before, after);
    else
        changeElements(JsonSlice(before).elements(), JsonSlice(after).elements());
    const qsizetype details = m_operations.size() - mark;
    const qsizetype replacement =
        qsizetype(sizeof R"(,{"op":"replace","path":"","value":})") + m_path.size() + after.size();
    // The item as a whole is never replaced: what changed in it is what a person reads.
    if (m_depth > 0 && details > replacement) {
        m_operations.truncate(mark);
        operation("replace", after);
    }
}

void PatchWriter::changeMembers(QByteArrayView before, QByteArrayView after)
{
    const qsizetype mark = m_operations.size();
    const auto differ = [this](QByteArrayView name, QByteArrayView old, QByteArrayView present) {
        at(content(name), [&] { change(old, present); });
        return true;
    };
    if (inStep(before, after, differ))
        return;
    m_operations.truncate(mark);
    Members old(before);
    Members present(after);
    for (const Member &member : old) {
        if (!present.find(member.name))
            at(member.name, [this] { operation("remove"); });
    }
    for (const Member &member : present) {
        const Member *previous = old.find(member.name);
        if (previous && previous->value == member.value)
            continue;
        at(member.name, [&] {
            if (previous)
                change(previous->value, member.value);
            else
                operation("add", member.value);
        });
    }
}

void PatchWriter::changeElements(const std::vector<JsonSlice> &before,
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
    for (size_t i = start; i < common; ++i) {
        if (before[i].text() != after[i].text())
            at(QByteArray::number(qulonglong(i)),
               [&] { change(before[i].text(), after[i].text()); });
    }
    for (size_t i = oldEnd; i > common; --i)
        at(QByteArray::number(qulonglong(i - 1)), [this] { operation("remove"); });
    for (size_t i = common; i < newEnd; ++i)
        at(QByteArray::number(qulonglong(i)), [&] { operation("add", after[i].text()); });
}

/// Writes the RFC 7396 patch between two objects.
class MergeWriter final
{
public:
    /// Nothing: there is none.
    std::optional<QByteArray> write(QByteArrayView before, QByteArrayView after)
    {
        if (!objects(before, after))
            return {};
        return std::move(m_out);
    }

private:
    bool objects(QByteArrayView before, QByteArrayView after);
    bool members(QByteArrayView before, QByteArrayView after);
    bool change(QByteArrayView name, QByteArrayView before, QByteArrayView after);
    void name(QByteArrayView written)
    {
        if (!m_out.endsWith('{'))
            m_out += ',';
        m_out += written;
        m_out += ':';
    }

    QByteArray m_out;
    int m_depth = 0;
    bool m_impossible = false;
};

bool MergeWriter::objects(QByteArrayView before, QByteArrayView after)
{
    if (m_depth == maxPatchDepth)
        return false;
    ++m_depth;
    m_out += '{';
    const qsizetype begin = m_out.size();
    const bool alike = inStep(
        before, after, [this](QByteArrayView written, QByteArrayView old, QByteArrayView present) {
            m_impossible = !change(written, old, present);
            return !m_impossible;
        });
    if (!alike && !m_impossible) {
        m_out.truncate(begin);
        m_impossible = !members(before, after);
    }
    --m_depth;
    m_out += '}';
    return !m_impossible;
}

bool MergeWriter::members(QByteArrayView before, QByteArrayView after)
{
    Members old(before);
    Members present(after);
    for (const Member &member : old) {
        if (!present.find(member.name)) {
            name(member.key);
            m_out += "null";
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
            m_out.truncate(mark);
        return true;
    }
    if (!before.isNull() && jsonEqual(before, after))
        return true;
    if (containsNull(after))
        return false;
    name(written);
    m_out += after;
    return true;
}

bool hasDuplicates(QByteArrayView before, QByteArrayView after)
{
    return hasDuplicateMembers(before) || hasDuplicateMembers(after);
}

std::optional<QByteArray> unlessLonger(QByteArray patch, QByteArrayView item)
{
    return patch.size() > item.size() ? std::nullopt : std::optional(std::move(patch));
}

}

std::optional<QByteArray> jsonPatch(QByteArrayView before, QByteArrayView after)
{
    if (hasDuplicates(before, after))
        return {};
    return unlessLonger(PatchWriter().write(before, after), after);
}

std::optional<QByteArray> mergePatch(QByteArrayView before, QByteArrayView after)
{
    if (hasDuplicates(before, after))
        return {};
    if (!areBoth('{', before, after))
        return containsNull(after) ? std::nullopt : std::optional(after.toByteArray());
    std::optional<QByteArray> patch = MergeWriter().write(before, after);
    return patch ? unlessLonger(*std::move(patch), after) : std::nullopt;
}

QByteArray itemDiff(QByteArrayView before, QByteArrayView after)
{
    if (hasDuplicates(before, after))
        return R"([{"op":"replace","path":"","value":)" + after + R"(}])";
    return PatchWriter().write(before, after);
}

}
