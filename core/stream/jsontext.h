#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace restream {

/// Where and why a text is not JSON.
struct JsonError
{
    qsizetype offset = 0; ///< bytes from the start
    QString message; ///< one clause: "a value was expected", "bytes that are not UTF-8"
};

constexpr int maxJsonDepth = 1024;

/// Checks `text` against RFC 8259, strictly: one value, UTF-8, no byte order mark, at most maxJsonDepth deep. Nothing: it is JSON.
std::optional<JsonError> validateJson(QByteArrayView text);

/// A value inside a text that validateJson() accepted; the text must outlive it. Everything here relies on that check.
class JsonSlice final
{
public:
    enum class Kind { Null, Bool, Number, String, Array, Object };
    struct Member;

    JsonSlice() = default; ///< isNull()
    /// The value that `text` holds, white space around it dropped.
    explicit JsonSlice(QByteArrayView text);

    /// There is no value at all; the JSON null is Kind::Null.
    [[nodiscard]] bool isNull() const { return m_text.isEmpty(); }
    [[nodiscard]] Kind kind() const;
    [[nodiscard]] bool isObject() const { return !isNull() && kind() == Kind::Object; }
    [[nodiscard]] bool isArray() const { return !isNull() && kind() == Kind::Array; }
    [[nodiscard]] bool isString() const { return !isNull() && kind() == Kind::String; }
    [[nodiscard]] QByteArrayView text() const { return m_text; } ///< as written
    /// A string's content, escapes resolved, UTF-8; a lone surrogate escape becomes its three bytes (WTF-8).
    [[nodiscard]] QByteArray string() const;

    /// Of an array, in order.
    [[nodiscard]] std::vector<JsonSlice> elements() const;
    /// Of an object, as written, duplicates included.
    [[nodiscard]] std::vector<Member> members() const;
    /// The value of the last member called `name`; isNull() where there is none or this is no object.
    [[nodiscard]] JsonSlice member(QByteArrayView name) const;
    /// What an RFC 6901 pointer ("" is the value itself) leads to; isNull() where it leads nowhere.
    [[nodiscard]] JsonSlice at(QByteArrayView pointer) const;

private:
    QByteArrayView m_text;
};

struct JsonSlice::Member
{
    JsonSlice key; ///< a string; key.text() as written with its quotes
    JsonSlice value;
};

/// The tokens of valid JSON, byte for byte, without the white space between them.
QByteArray compactJson(QByteArrayView text);
/// Appends `text` (UTF-8, or WTF-8: a surrogate becomes its \uXXXX escape) as a JSON string with its quotes.
void appendJsonString(QByteArray &out, QByteArrayView text);
/// The same as a string of its own.
QByteArray jsonString(QByteArrayView text);
inline QByteArray jsonString(const QByteArray &text)
{
    return jsonString(QByteArrayView(text));
}
QByteArray jsonString(const QString &text);
/// Offset of the first byte that is not in UTF-8 (RFC 3629); the size where all are.
qsizetype firstNotUtf8(QByteArrayView text);
/// Equality of two valid JSON texts (docs/protocol.md §1): numbers as exact decimals, strings by code point, members in any order, duplicate members as
/// written. Members that one of `ignore` (RFC 6901 pointers) leads to are left out of the comparison.
bool jsonEqual(QByteArrayView a, QByteArrayView b, const std::vector<QByteArray> &ignore = {});

}
