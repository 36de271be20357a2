#pragma once

#include "core/stream/formatwriter.h"
#include "core/stream/jsonpointer.h"

#include <deque>
#include <string_view>
#include <unordered_map>

namespace restream {

/// The elements of an XML document, and the JSON that they are. Strings come and are kept as UTF-8.
class XmlTree final
{
public:
    /// Begins an element in the one that is open. `attributes`: name, value, …, null.
    void open(const char *name, const char **attributes);
    void text(std::string_view text)
    {
        m_open.back().text.append(text.data(), qsizetype(text.size()));
    }
    void close();

    [[nodiscard]] qsizetype depth() const { return qsizetype(m_open.size()); }
    [[nodiscard]] qsizetype size() const { return qsizetype(m_elements.size()); }

    /// The whole document, `{"root":…}`; everything is closed. `items` leads to the elements that are a list even where there is one or none;
    /// null: no such place.
    [[nodiscard]] QByteArray toJson(const JsonPath *items);

private:
    struct Slice
    {
        qsizetype begin = 0;
        qsizetype size = 0;
    };
    struct Element
    {
        qint32 name = 0;
        qint32 firstChild = -1;
        qint32 next = -1; ///< sibling; once written, the next of the same name
        Slice attributes; ///< of m_strings: `"@name":"value",`…
        Slice text; ///< of m_strings: a JSON string; empty: nothing but white space
    };
    struct Open
    {
        qint32 element = 0;
        qint32 lastChild = -1;
        QByteArray text;
    };
    struct Group ///< Children of one name.
    {
        qint32 name = 0;
        qint32 first = 0;
        qint32 last = 0;
    };
    /// The way that leads on to the items: the tokens from `at` on; null: it leads elsewhere.
    struct Way
    {
        const JsonPath *path = nullptr;
        size_t at = 0;

        [[nodiscard]] bool leadsInto(QByteArrayView name) const;
        [[nodiscard]] bool endsBehind() const { return at + 1 == path->size(); }
        [[nodiscard]] bool isIndexBehind() const;
    };

    qint32 nameId(std::string_view name);
    std::vector<Group> groups(const Element &parent);
    void write(qint32 id, const Way &way);
    void writeContent(const Element &element, const Way &way);
    void writeGroup(const Group &group, const Way &way);
    void writeEmptyList(const Way &way);
    void append(const Slice &slice)
    {
        m_json.append(QByteArrayView(m_strings.data() + slice.begin, slice.size));
    }

    std::vector<Element> m_elements;
    std::vector<Open> m_open;
    FormatWriter m_strings;
    std::deque<QByteArray> m_names; ///< a deque: m_ids refers into it
    std::unordered_map<std::string_view, qint32> m_ids;
    std::vector<qint32> m_groupOf; ///< of a name in the element that is being grouped; -1: none
    FormatWriter m_json;
};

}
