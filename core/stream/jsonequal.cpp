#include "core/stream/jsonpointer.h"
#include "core/stream/jsonscan.h"
#include "core/stream/jsonwalk.h"

#include <algorithm>

namespace restream {
namespace {

using namespace jsonscan;

bool isStructural(char c)
{
    return c == ',' || c == ':' || (c | 0x20) == '{' || (c | 0x20) == '}';
}

/// One of the two values that are compared, and how far it was.
struct Side
{
    Side(QByteArrayView text, const JsonSkips &skips)
        : end(text.data() + text.size()),
          walk(text, skips),
          at(walk.root())
    {
    }

    bool toNext() { return walk.toNext(at); }
    QByteArrayView readValue() { return walk.readValue(at); }
    void enter() { at = JsonWalk::inside(at); }
    void leave() { at.at += at.at != end; }

    const char *const end;
    const JsonWalk walk;
    JsonWalk::Place at;
};

/// Walks two valid values side by side. Each step leaves both sides behind what it compared, or gives false.
class Comparison final
{
public:
    Comparison(QByteArrayView a, const JsonSkips &aSkips, QByteArrayView b, const JsonSkips &bSkips)
        : m_a(a, aSkips),
          m_b(b, bSkips),
          m_skipsSame(aSkips.empty()),
          m_needsSkips(aSkips.empty() && a.size() + b.size() > bigWithoutSkips)
    {
    }

    bool values(const JsonPlaces *ignore);
    /// What values() gave is void: it would have taken long without skips.
    [[nodiscard]] bool gaveUp() const { return m_gaveUp; }

private:
    struct Named
    {
        QByteArray name;
        JsonWalk::Place value;

        bool operator<(const Named &other) const { return name < other.name; }
    };

    /// Members out of order make each level of nesting be passed over once more.
    static constexpr qsizetype bigWithoutSkips = 16 * 1024;

    bool objects(const JsonPlaces *ignore);
    bool skipSameMember();
    bool reorderedMembers(QByteArrayView aName, QByteArrayView bName, const JsonPlaces *ignore);
    bool arrays(const JsonPlaces *ignore);
    static QByteArrayView nextName(Side &side, const JsonPlaces *ignore);
    static std::vector<Named> rest(QByteArrayView name, Side &side, const JsonPlaces *ignore);

    Side m_a;
    Side m_b;
    const bool m_skipsSame; ///< nobody counts the arrays and objects that are passed by
    const bool m_needsSkips;
    bool m_gaveUp = false;
};

const JsonPlaces *below(const JsonPlaces *places, QByteArrayView name)
{
    return places ? places->below(content(name)) : nullptr;
}

bool Comparison::values(const JsonPlaces *ignore)
{
    const bool ignored = ignore && ignore->isPlace();
    if (!ignored && *m_a.at.at == '{' && *m_b.at.at == '{')
        return objects(ignore);
    if (!ignored && *m_a.at.at == '[' && *m_b.at.at == '[')
        return arrays(ignore);
    const QByteArrayView a = m_a.readValue();
    const QByteArrayView b = m_b.readValue();
    return ignored || sameScalar(a, b);
}

/// The name of the next member that is not ignored, with the side on its value; null, the side behind the object: there is none.
QByteArrayView Comparison::nextName(Side &side, const JsonPlaces *ignore)
{
    while (side.toNext()) {
        const QByteArrayView name = side.walk.readName(side.at);
        const JsonPlaces *places = below(ignore, name);
        if (!places || !places->isPlace())
            return name;
        side.readValue();
    }
    side.leave();
    return {};
}

/// Passes over the member at which both sides are, where it is written the same way.
bool Comparison::skipSameMember()
{
    const char *behind = m_b.at.at;
    readName(behind, m_b.end);
    behind = valueEnd(behind, m_b.end);
    const QByteArrayView member(m_b.at.at, behind);
    if (!beginsWithMember({ m_a.at.at, m_a.end }, member))
        return false;
    m_a.at.at += member.size();
    m_b.at.at = behind;
    return true;
}

bool Comparison::objects(const JsonPlaces *ignore)
{
    m_a.enter();
    m_b.enter();
    while (m_skipsSame && m_a.toNext() && m_b.toNext() && skipSameMember()) { }
    for (;;) {
        const QByteArrayView aName = nextName(m_a, ignore);
        const QByteArrayView bName = nextName(m_b, ignore);
        if (aName.isEmpty() || bName.isEmpty())
            return aName.isEmpty() && bName.isEmpty();
        if (!sameString(aName, bName))
            return reorderedMembers(aName, bName, ignore);
        if (!values(below(ignore, aName)))
            return false;
    }
}

std::vector<Comparison::Named> Comparison::rest(QByteArrayView name, Side &side,
                                                const JsonPlaces *ignore)
{
    std::vector<Named> members;
    for (; !name.isEmpty(); name = nextName(side, ignore)) {
        members.push_back({ content(name), side.at });
        side.readValue();
    }
    // Stable: of duplicate members the first is compared with the first.
    std::stable_sort(members.begin(), members.end());
    return members;
}

bool Comparison::reorderedMembers(QByteArrayView aName, QByteArrayView bName,
                                  const JsonPlaces *ignore)
{
    m_gaveUp = m_needsSkips;
    if (m_gaveUp)
        return false;
    const std::vector<Named> a = rest(aName, m_a, ignore);
    const std::vector<Named> b = rest(bName, m_b, ignore);
    const auto sameName = [](const Named &x, const Named &y) { return x.name == y.name; };
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end(), sameName))
        return false;
    const JsonWalk::Place aBehind = m_a.at;
    const JsonWalk::Place bBehind = m_b.at;
    const bool equal =
        std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Named &x, const Named &y) {
            m_a.at = x.value;
            m_b.at = y.value;
            return values(ignore ? ignore->below(x.name) : nullptr);
        });
    m_a.at = aBehind;
    m_b.at = bBehind;
    return equal;
}

bool Comparison::arrays(const JsonPlaces *ignore)
{
    m_a.enter();
    m_b.enter();
    for (qsizetype i = 0;; ++i) {
        const bool inA = m_a.toNext();
        const bool inB = m_b.toNext();
        const JsonPlaces *places = ignore ? ignore->below(QByteArray::number(i)) : nullptr;
        if (inA && inB) {
            if (!values(places))
                return false;
        } else if ((inA || inB) && places && places->isPlace()) {
            inA ? m_a.readValue() : m_b.readValue();
        } else {
            m_a.leave();
            m_b.leave();
            return !inA && !inB;
        }
    }
}

}

bool equalExcept(QByteArrayView a, QByteArrayView b, const JsonPlaces &ignored)
{
    const QByteArrayView first = JsonSlice(a).text();
    const QByteArrayView second = JsonSlice(b).text();
    if (first.isEmpty() || second.isEmpty() || first == second)
        return first == second;
    const JsonPlaces *ignore = ignored.isEmpty() ? nullptr : &ignored;
    JsonSkips firstSkips;
    JsonSkips secondSkips;
    Comparison quick(first, firstSkips, second, secondSkips);
    const bool equal = quick.values(ignore);
    if (!quick.gaveUp())
        return equal;
    validateJson(first, firstSkips);
    validateJson(second, secondSkips);
    return Comparison(first, firstSkips, second, secondSkips).values(ignore);
}

bool jsonEqual(QByteArrayView a, QByteArrayView b, const std::vector<QByteArray> &ignore)
{
    return equalExcept(a, b, JsonPlaces(ignore));
}

const char *matchTokens(QByteArrayView compact, const char *at, const char *end)
{
    const char *a = compact.data();
    const char *const aEnd = a + compact.size();
    const qsizetype same = commonBytes(a, at, std::min<qsizetype>(compact.size(), end - at));
    if (same == compact.size())
        return at + same;
    if (same == end - at || !isSpace(at[same]))
        return nullptr;
    while (a != aEnd && at != end) {
        if (isSpace(*at)) {
            // Between two tokens, at least one of which is no scalar.
            if (!isStructural(*a) && (a == compact.data() || !isStructural(a[-1])))
                return nullptr;
            at = skipSpace(at, end);
        } else if (*at == '"') {
            const char *const next = stringEnd(at + 1, end);
            const qsizetype length = next - at;
            if (aEnd - a < length || std::memcmp(a, at, size_t(length)) != 0)
                return nullptr;
            a += length;
            at = next;
        } else if (*a++ != *at++) {
            return nullptr;
        }
    }
    return a == aEnd ? at : nullptr;
}

bool sameTokens(QByteArrayView compact, QByteArrayView raw)
{
    if (raw.size() <= compact.size())
        return raw == compact;
    const char *const end = raw.data() + raw.size();
    const char *const behind = matchTokens(compact, skipSpace(raw.data(), end), end);
    return behind && skipSpace(behind, end) == end;
}

}
