#pragma once

#include "core/stream/jsontext.h"

#include <map>
#include <memory>

namespace restream {

/// The tokens of an RFC 6901 pointer, unescaped; WTF-8.
using JsonPath = std::vector<QByteArray>;

/// Nothing: it is no pointer (it is neither empty nor begins with "/", or a ~ is followed by neither 0 nor 1).
std::optional<JsonPath> parsePointer(QByteArrayView pointer);
/// The place an array's element has in a pointer: 0 or more; -1: `token` is no index.
qsizetype arrayIndex(QByteArrayView token);
/// What `path` leads to from `from`; isNull() where it leads nowhere.
JsonSlice resolve(JsonSlice from, const JsonPath &path);

/// Places in a value, by their pointers.
class JsonPlaces final
{
public:
    JsonPlaces() = default;
    /// What is no pointer leads nowhere.
    explicit JsonPlaces(const std::vector<QByteArray> &pointers);

    [[nodiscard]] bool isEmpty() const { return !m_isPlace && m_below.empty(); }
    /// A pointer leads to the value at which this is.
    [[nodiscard]] bool isPlace() const { return m_isPlace; }
    /// The places in the member or element `token`; null: there are none.
    [[nodiscard]] const JsonPlaces *below(const QByteArray &token) const;

private:
    bool m_isPlace = false;
    std::map<QByteArray, std::unique_ptr<JsonPlaces>> m_below;
};

/// jsonEqual() without the places in `ignored`.
bool equalExcept(QByteArrayView a, QByteArrayView b, const JsonPlaces &ignored);

/// Whether `raw` is `compact` but for white space between tokens; both are valid. Nothing is copied.
bool sameTokens(QByteArrayView compact, QByteArrayView raw);

/// Behind the tokens of `compact`, which is valid, where they begin the bytes from `at` on, which may be anything. Else null.
const char *matchTokens(QByteArrayView compact, const char *at, const char *end);

}
