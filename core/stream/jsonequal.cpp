#include "core/stream/jsonpointer.h"
#include "core/stream/jsonscan.h"

#include <algorithm>

namespace restream {
namespace {

using namespace jsonscan;

bool isStructural(char c)
{
    return c == ',' || c == ':' || (c | 0x20) == '{' || (c | 0x20) == '}';
}

/// Walks two valid values side by side. Each step leaves both cursors behind what it compared, or gives false.
class Comparison final
{
public:
    Comparison(QByteArrayView a, QByteArrayView b)
        : m_a(a.data()),
          m_aEnd(m_a + a.size()),
          m_b(b.data()),
          m_bEnd(m_b + b.size())
    {
    }

    bool values(const JsonPlaces *ignore);

private:
    struct Named
    {
        QByteArray name;
        QByteArrayView value;

        bool operator<(const Named &other) const { return name < other.name; }
    };

    bool objects(const JsonPlaces *ignore);
    bool reorderedMembers(QByteArrayView aName, QByteArrayView bName, const JsonPlaces *ignore);
    bool arrays(const JsonPlaces *ignore);
    static QByteArrayView nextName(const char *&at, const char *end, const JsonPlaces *ignore);
    static std::vector<Named> rest(QByteArrayView name, const char *&at, const char *end,
                                   const JsonPlaces *ignore);

    const char *m_a;
    const char *const m_aEnd;
    const char *m_b;
    const char *const m_bEnd;
};

const JsonPlaces *below(const JsonPlaces *places, QByteArrayView name)
{
    return places ? places->below(content(name)) : nullptr;
}

bool Comparison::values(const JsonPlaces *ignore)
{
    const bool ignored = ignore && ignore->isPlace();
    if (!ignored && *m_a == '{' && *m_b == '{')
        return objects(ignore);
    if (!ignored && *m_a == '[' && *m_b == '[')
        return arrays(ignore);
    const QByteArrayView a = readValue(m_a, m_aEnd);
    const QByteArrayView b = readValue(m_b, m_bEnd);
    if (ignored || a == b)
        return true;
    if (a.front() == '"' && b.front() == '"')
        return sameString(a, b);
    const auto isNumber = [](char c) { return c == '-' || (c >= '0' && c <= '9'); };
    return isNumber(a.front()) && isNumber(b.front()) && sameNumber(a, b);
}

/// The name of the next member that is not ignored, `at` on its value; null, `at` behind the object: there is none.
QByteArrayView Comparison::nextName(const char *&at, const char *end, const JsonPlaces *ignore)
{
    while (toNext(at, end)) {
        const QByteArrayView name = readName(at, end);
        const JsonPlaces *places = below(ignore, name);
        if (!places || !places->isPlace())
            return name;
        readValue(at, end);
    }
    at += at != end;
    return {};
}

bool Comparison::objects(const JsonPlaces *ignore)
{
    ++m_a;
    ++m_b;
    for (;;) {
        const QByteArrayView aName = nextName(m_a, m_aEnd, ignore);
        const QByteArrayView bName = nextName(m_b, m_bEnd, ignore);
        if (aName.isEmpty() || bName.isEmpty())
            return aName.isEmpty() && bName.isEmpty();
        if (!sameString(aName, bName))
            return reorderedMembers(aName, bName, ignore);
        if (!values(below(ignore, aName)))
            return false;
    }
}

std::vector<Comparison::Named> Comparison::rest(QByteArrayView name, const char *&at,
                                                const char *end, const JsonPlaces *ignore)
{
    std::vector<Named> members;
    for (; !name.isEmpty(); name = nextName(at, end, ignore)) {
        const QByteArray decoded = content(name);
        members.push_back({ decoded, readValue(at, end) });
    }
    // Stable: of duplicate members the first is compared with the first.
    std::stable_sort(members.begin(), members.end());
    return members;
}

bool Comparison::reorderedMembers(QByteArrayView aName, QByteArrayView bName,
                                  const JsonPlaces *ignore)
{
    const std::vector<Named> a = rest(aName, m_a, m_aEnd, ignore);
    const std::vector<Named> b = rest(bName, m_b, m_bEnd, ignore);
    const auto sameName = [](const Named &x, const Named &y) { return x.name == y.name; };
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end(), sameName))
        return false;
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Named &x, const Named &y) {
        return Comparison(x.value, y.value).values(ignore ? ignore->below(x.name) : nullptr);
    });
}

bool Comparison::arrays(const JsonPlaces *ignore)
{
    ++m_a;
    ++m_b;
    for (qsizetype i = 0;; ++i) {
        const bool inA = toNext(m_a, m_aEnd);
        const bool inB = toNext(m_b, m_bEnd);
        const JsonPlaces *places = ignore ? ignore->below(QByteArray::number(i)) : nullptr;
        if (inA && inB) {
            if (!values(places))
                return false;
        } else if ((inA || inB) && places && places->isPlace()) {
            inA ? readValue(m_a, m_aEnd) : readValue(m_b, m_bEnd);
        } else {
            m_a += m_a != m_aEnd;
            m_b += m_b != m_bEnd;
            return !inA && !inB;
        }
    }
}

}

bool equalExcept(QByteArrayView a, QByteArrayView b, const JsonPlaces &ignored)
{
    const JsonSlice first(a);
    const JsonSlice second(b);
    if (first.isNull() || second.isNull() || first.text() == second.text())
        return first.text() == second.text();
    return Comparison(first.text(), second.text()).values(ignored.isEmpty() ? nullptr : &ignored);
}

bool jsonEqual(QByteArrayView a, QByteArrayView b, const std::vector<QByteArray> &ignore)
{
    return equalExcept(a, b, JsonPlaces(ignore));
}

const char *matchTokens(QByteArrayView compact, const char *at, const char *end)
{
    const char *a = compact.data();
    const char *const aEnd = a + compact.size();
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
