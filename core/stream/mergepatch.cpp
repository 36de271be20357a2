#include "core/stream/memberwalk.h"
#include "core/stream/patch.h"

namespace restream {
namespace {

using namespace jsonscan;

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
    bool change(QByteArrayView written, QByteArrayView before, QByteArrayView after);
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
    for (const Members::Member &member : old) {
        if (!present.find(member.name)) {
            name(member.key);
            append(m_out, "null");
        }
    }
    for (const Members::Member &member : present) {
        const Members::Member *previous = old.find(member.name);
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

}

std::optional<QByteArray> mergePatch(QByteArrayView before, QByteArrayView after)
{
    if (!areBoth('{', before, after)) {
        const bool impossible =
            containsNull(after) || hasDuplicates(before) || hasDuplicates(after);
        return impossible ? std::nullopt : std::optional(after.toByteArray());
    }
    std::optional<QByteArray> patch = MergeWriter().write(before, after);
    return patch && patch->size() <= after.size() ? patch : std::nullopt;
}

}
