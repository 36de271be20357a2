#include "core/stream/patch.h"

#include "core/pointerbelow.h"
#include "core/stream/memberwalk.h"

namespace restream {
namespace {

using namespace jsonscan;

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
            const QByteArray token = jsonString(pointerBelow(QByteArray(), content(name)));
            append(m_path, inner(token).sliced(1));
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
    for (const Members::Member &member : old) {
        if (!present.find(member.name))
            done = done && at(member.key, [this] { return operation("remove"); });
    }
    for (const Members::Member &member : present) {
        const Members::Member *previous = old.find(member.name);
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

}

std::optional<QByteArray> jsonPatch(QByteArrayView before, QByteArrayView after)
{
    std::optional<QByteArray> patch = PatchWriter().write(before, after);
    return patch && patch->size() <= after.size() ? patch : std::nullopt;
}

QByteArray itemDiff(QByteArrayView before, QByteArrayView after)
{
    std::optional<QByteArray> patch = PatchWriter().write(before, after);
    return patch ? *std::move(patch) : R"([{"op":"replace","path":"","value":)" + after + R"(}])";
}

}
