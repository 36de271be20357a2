#include "core/stream/formatxmltree.h"

#include <algorithm>

namespace restream {
namespace {

bool isBlank(const QByteArray &text)
{
    return std::all_of(text.begin(), text.end(), jsonscan::isSpace);
}

}

void XmlTree::open(const char *name, const char **attributes)
{
    const auto id = qint32(m_elements.size());
    if (!m_open.empty()) {
        Open &parent = m_open.back();
        if (parent.lastChild < 0)
            m_elements[size_t(parent.element)].firstChild = id;
        else
            m_elements[size_t(parent.lastChild)].next = id;
        parent.lastChild = id;
    }
    Element element;
    element.name = nameId(name);
    element.attributes.begin = m_strings.size();
    for (; *attributes; attributes += 2) {
        m_strings.append("\"@");
        m_strings.append(QByteArrayView(attributes[0]));
        m_strings.append("\":");
        m_strings.appendString(attributes[1]);
        m_strings.append(',');
    }
    element.attributes.size = m_strings.size() - element.attributes.begin;
    m_elements.push_back(element);
    m_open.push_back({ id, -1, {} });
}

void XmlTree::close()
{
    const Open &closed = m_open.back();
    if (!isBlank(closed.text)) {
        Slice &text = m_elements[size_t(closed.element)].text;
        text.begin = m_strings.size();
        m_strings.appendString(closed.text);
        text.size = m_strings.size() - text.begin;
    }
    m_open.pop_back();
}

qint32 XmlTree::nameId(std::string_view name)
{
    if (const auto known = m_ids.find(name); known != m_ids.end())
        return known->second;
    const auto id = qint32(m_names.size());
    m_names.emplace_back(name.data(), qsizetype(name.size()));
    m_ids.emplace(std::string_view(m_names.back().constData(), name.size()), id);
    return id;
}

QByteArray XmlTree::toJson(const JsonPath *items)
{
    m_groupOf.assign(m_names.size(), -1);
    m_json.reserve(m_strings.size() + m_strings.size() / 2);
    m_json.append('{');
    writeGroup({ m_elements.front().name, 0, 0 }, { items, 0 });
    m_json.append('}');
    return m_json.take();
}

bool XmlTree::Way::leadsInto(QByteArrayView name) const
{
    return path && at < path->size() && QByteArrayView((*path)[at]) == name;
}

bool XmlTree::Way::isIndexBehind() const
{
    return at + 1 < path->size() && arrayIndex((*path)[at + 1]) >= 0;
}

/// The children by name, in the order of the first of each name. Links those of one name.
std::vector<XmlTree::Group> XmlTree::groups(const Element &parent)
{
    std::vector<Group> groups;
    for (qint32 child = parent.firstChild; child >= 0;) {
        Element &element = m_elements[size_t(child)];
        qint32 &group = m_groupOf[size_t(element.name)];
        if (group < 0) {
            group = qint32(groups.size());
            groups.push_back({ element.name, child, child });
        } else {
            qint32 &last = groups[size_t(group)].last;
            m_elements[size_t(last)].next = child;
            last = child;
        }
        child = std::exchange(element.next, -1);
    }
    for (const Group &group : groups)
        m_groupOf[size_t(group.name)] = -1;
    return groups;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the document, which is bounded
void XmlTree::write(qint32 id, const Way &way)
{
    const Element &element = m_elements[size_t(id)];
    const bool holdsItems = way.path && way.at + 1 == way.path->size();
    if (element.attributes.size > 0 || element.firstChild >= 0 || holdsItems) {
        m_json.append('{');
        writeContent(element, way);
        m_json.append('}');
    } else if (element.text.size > 0) {
        append(element.text);
    } else {
        m_json.append("\"\"");
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
void XmlTree::writeContent(const Element &element, const Way &way)
{
    append(element.attributes);
    bool empty = way.path && way.at + 1 == way.path->size();
    for (const Group &group : groups(element)) {
        const bool onTheWay = way.leadsInto(m_names[size_t(group.name)]);
        empty = empty && !onTheWay;
        writeGroup(group, onTheWay ? way : Way());
        m_json.append(',');
    }
    if (empty)
        writeEmptyList(way);
    if (element.text.size > 0) {
        m_json.append("\"#text\":");
        append(element.text);
    } else {
        m_json.chop(); // the last comma
    }
}

void XmlTree::writeEmptyList(const Way &way)
{
    m_json.appendString((*way.path)[way.at]);
    m_json.append(":[],");
}

// NOLINTNEXTLINE(misc-no-recursion)
void XmlTree::writeGroup(const Group &group, const Way &way)
{
    const bool onTheWay = way.leadsInto(m_names[size_t(group.name)]);
    const bool isNeededAsList = onTheWay && (way.endsBehind() || way.isIndexBehind());
    const bool isList = group.first != group.last || isNeededAsList;
    const qsizetype taken =
        onTheWay && way.isIndexBehind() ? arrayIndex((*way.path)[way.at + 1]) : -1;
    m_json.append('"');
    m_json.append(m_names[size_t(group.name)]);
    m_json.append("\":");
    if (isList)
        m_json.append('[');
    qsizetype index = 0;
    for (qint32 child = group.first; child >= 0; ++index) {
        const qint32 next = m_elements[size_t(child)].next;
        Way inside;
        if (onTheWay && !isList)
            inside = { way.path, way.at + 1 };
        else if (index == taken)
            inside = { way.path, way.at + 2 };
        write(child, inside);
        child = next;
        if (child >= 0)
            m_json.append(',');
    }
    if (isList)
        m_json.append(']');
}

}
