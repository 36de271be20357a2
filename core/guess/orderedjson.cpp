#include "core/guess/orderedjson.h"

#include <QByteArrayList>

namespace restream {
namespace {

constexpr qsizetype lineWidth = 100;

/// One line, with a blank behind colons and commas and within the braces of an object.
QByteArray inOneLine(const JsonSlice &value)
{
    QByteArrayList parts;
    if (value.isArray()) {
        for (const JsonSlice &element : value.elements())
            parts << inOneLine(element);
        return '[' + parts.join(", ") + ']';
    }
    if (!value.isObject())
        return value.text().toByteArray();
    for (const JsonSlice::Member &member : value.members())
        parts << member.key.text().toByteArray() + ": " + inOneLine(member.value);
    return parts.isEmpty() ? QByteArray("{}") : QByteArray("{ " + parts.join(", ") + " }");
}

/// `column`: where the value begins; `indent`: of the line that it begins in.
QByteArray spread(const JsonSlice &value, qsizetype indent, qsizetype column)
{
    QByteArray line = inOneLine(value);
    const bool isContainer = value.isArray() || value.isObject();
    if (!isContainer || (column >= 0 && column + line.size() < lineWidth))
        return line;
    const QByteArray inner(indent + 2, ' ');
    QByteArrayList parts;
    for (const JsonSlice &element : value.elements())
        parts << inner + spread(element, indent + 2, indent + 2);
    for (const JsonSlice::Member &member : value.members()) {
        const QByteArray name = inner + member.key.text().toByteArray() + ": ";
        parts << name + spread(member.value, indent + 2, name.size());
    }
    return (value.isArray() ? "[\n" : "{\n") + parts.join(",\n") + '\n' + QByteArray(indent, ' ')
        + (value.isArray() ? ']' : '}');
}

}

void OrderedJson::add(const QString &name, const QByteArray &json)
{
    m_members.emplace_back(name, json);
}

void OrderedJson::addString(const QString &name, const QString &value)
{
    add(name, jsonString(value));
}

QByteArray OrderedJson::text() const
{
    QByteArrayList parts;
    for (const auto &[name, json] : m_members)
        parts << jsonString(name) + ':' + json;
    return '{' + parts.join(',') + '}';
}

QByteArray jsonStrings(const QStringList &strings)
{
    QByteArrayList parts;
    for (const QString &string : strings)
        parts << jsonString(string);
    return '[' + parts.join(',') + ']';
}

QByteArray jsonNumber(double value)
{
    return QByteArray::number(value, 'g', 12);
}

QByteArray prettyJson(QByteArrayView json)
{
    return spread(JsonSlice(json), 0, -1);
}

}
