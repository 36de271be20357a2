#pragma once

#include "core/stream/jsonpointer.h"
#include "core/stream/jsonscan.h"

namespace restream {

/// The end of an array or object (bytes from the start of the text), and which one is the first to begin behind it.
struct JsonSkip
{
    quint32 end = 0;
    quint32 next = 0;
};

/// Of all arrays and objects of a text, in the order in which they begin.
using JsonSkips = std::vector<JsonSkip>;

/// Walks over valid JSON. With skips, no array or object that is passed by is looked into; both must outlive it.
class JsonWalk final
{
public:
    struct Place
    {
        const char *at = nullptr;
        /// The number of the first array or object that begins at `at` or behind it.
        size_t container = 0;

        [[nodiscard]] bool isNull() const { return !at; }
    };

    explicit JsonWalk(QByteArrayView text, const JsonSkips &skips = noSkips);

    [[nodiscard]] Place root() const { return { jsonscan::skipSpace(m_begin, m_end), 0 }; }
    /// From an array or object to before its first element or member.
    [[nodiscard]] static Place inside(Place place) { return { place.at + 1, place.container + 1 }; }
    /// As in jsonscan.
    bool toNext(Place &place) const { return jsonscan::toNext(place.at, m_end); }
    QByteArrayView readName(Place &place) const { return jsonscan::readName(place.at, m_end); }
    QByteArrayView readValue(Place &place) const;
    [[nodiscard]] QByteArrayView valueAt(Place place) const { return readValue(place); }

    /// What `path` leads to from the value at `from`, of members of one name to the last. isNull() where it leads nowhere.
    [[nodiscard]] Place find(Place from, const JsonPath &path) const;

private:
    [[nodiscard]] Place member(Place object, const QByteArray &name) const;
    [[nodiscard]] Place element(Place array, qsizetype index) const;

    static const JsonSkips noSkips;

    const char *m_begin;
    const char *m_end;
    const JsonSkips &m_skips;
};

/// Values that are valid JSON for certain; asked for at each value that is `depth` deep in a text (0: the text itself).
class KnownValues
{
public:
    explicit KnownValues(size_t depth) : m_depth(depth) { }
    virtual ~KnownValues() = default;
    KnownValues(const KnownValues &) = delete;
    KnownValues &operator=(const KnownValues &) = delete;

    [[nodiscard]] size_t depth() const { return m_depth; }
    /// Behind the value that begins at `at`, if it is a known one and the text may nest as deep; else null. `name`: of the member, as written.
    virtual const char *endOf(const char *at, const char *end, QByteArrayView name) = 0;
    /// The array or object `value` was not known, and is valid.
    virtual void wasRead(JsonWalk::Place value) = 0;

private:
    size_t m_depth;
};

/// validateJson() that notes on its way where arrays and objects end, and does not look into `known` ones: what is in them is not noted.
/// Of a text beyond 4 GiB it notes nothing and asks for nothing.
std::optional<JsonError> validateJson(QByteArrayView text, JsonSkips &skips,
                                      KnownValues *known = nullptr);

}
