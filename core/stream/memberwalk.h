#pragma once

#include "core/stream/jsontext.h"
#include "core/stream/membernames.h"

#include <QHash>

/// What jsonPatch() and mergePatch() have in common; all values are valid and compact.
namespace restream::jsonscan {

/// Real items are not nested as deep; a bound on the work that one from a hostile server can make.
inline constexpr int maxPatchDepth = 64;

inline bool areBoth(char opening, QByteArrayView a, QByteArrayView b)
{
    return a.front() == opening && b.front() == opening;
}

/// Equality as JSON.
bool same(QByteArrayView before, QByteArrayView after);

/// hasDuplicateMembers(), which a scalar has not.
bool hasDuplicates(QByteArrayView value);

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
        const QByteArrayView present = readValue(b, bEnd);
        names.add(name);
        if (beginsWithMember({ a, aEnd }, { member, b })) {
            a += b - member;
            if (hasDuplicates(present))
                return Walk::Impossible;
            continue;
        }
        if (readName(a, aEnd) != name)
            return Walk::OutOfStep;
        if (!differ(name, readValue(a, aEnd), present))
            return Walk::Impossible;
    }
}

/// Text that grows without asking for memory while it is short.
using Text = QVarLengthArray<char, 512>;

inline void append(Text &out, QByteArrayView text)
{
    out.append(text.data(), text.size());
}

/// The members of an object without duplicates, found by name. The text must outlive it.
class Members final
{
public:
    struct Member
    {
        QByteArray name; ///< escapes resolved; may point into the text
        QByteArrayView key; ///< as written
        QByteArrayView value;
    };

    explicit Members(QByteArrayView object);

    [[nodiscard]] auto begin() const { return m_members.begin(); }
    [[nodiscard]] auto end() const { return m_members.end(); }
    /// Null where there is none. Fast where the names come in their order.
    const Member *find(const QByteArray &name);

private:
    std::vector<Member> m_members;
    QHash<QByteArray, size_t> m_places;
    size_t m_next = 0;
};

}
