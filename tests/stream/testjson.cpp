#include "tests/stream/testjson.h"

#include <algorithm>

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

class Parser final
{
public:
    explicit Parser(const QByteArray &json) : m_json(json) { }

    TestJson value()
    {
        space();
        TestJson result;
        const char c = m_json.at(m_at);
        if (c == '"') {
            result = TestJson::ofString(string());
        } else if (c == '[') {
            result.kind = TestJson::Kind::Array;
            for (++m_at; !closes(']');)
                result.elements.push_back(value());
        } else if (c == '{') {
            result.kind = TestJson::Kind::Object;
            for (++m_at; !closes('}');) {
                const QString name = string();
                space();
                ++m_at; // the colon
                result.members.push_back({ name, value() });
            }
        } else {
            const qsizetype begin = m_at;
            while (m_at < m_json.size() && !isSpace(m_json.at(m_at)) && m_json.at(m_at) != ','
                   && m_json.at(m_at) != ']' && m_json.at(m_at) != '}')
                ++m_at;
            const QByteArray word = m_json.mid(begin, m_at - begin);
            result.kind = word == "null" ? TestJson::Kind::Null
                : word == "true"         ? TestJson::Kind::True
                : word == "false"        ? TestJson::Kind::False
                                         : TestJson::Kind::Number;
            if (result.kind == TestJson::Kind::Number)
                result.text = QString::fromLatin1(word);
        }
        return result;
    }

private:
    void space()
    {
        while (m_at < m_json.size() && isSpace(m_json.at(m_at)))
            ++m_at;
    }

    bool closes(char bracket)
    {
        space();
        if (m_json.at(m_at) == bracket) {
            ++m_at;
            return true;
        }
        if (m_json.at(m_at) == ',')
            ++m_at;
        space();
        return false;
    }

    QString string()
    {
        QString result;
        ++m_at;
        while (m_json.at(m_at) != '"') {
            if (m_json.at(m_at) != '\\') {
                const qsizetype begin = m_at;
                while (m_json.at(m_at) != '"' && m_json.at(m_at) != '\\')
                    ++m_at;
                result += QString::fromUtf8(m_json.mid(begin, m_at - begin));
                continue;
            }
            const char escape = m_json.at(m_at + 1);
            m_at += 2;
            if (escape == 'u') {
                result += QChar(m_json.mid(m_at, 4).toUShort(nullptr, 16));
                m_at += 4;
            } else {
                const qsizetype place = QByteArray("bfnrt").indexOf(escape);
                result += QLatin1Char(place < 0 ? escape : "\b\f\n\r\t"[place]);
            }
        }
        ++m_at;
        return result;
    }

    const QByteArray m_json;
    qsizetype m_at = 0;
};

/// Sign, digits and power of ten in one form for all equal numbers.
QString canonicalNumber(const QString &text)
{
    const QStringList parts = text.toLower().split(u'e');
    qint64 exponent = parts.size() > 1 ? parts.at(1).toLongLong() : 0;
    QString digits = parts.first();
    const bool negative = digits.startsWith(u'-');
    digits.remove(u'-');
    const qsizetype point = digits.indexOf(u'.');
    if (point >= 0)
        exponent -= digits.size() - point - 1;
    digits.remove(u'.');
    while (digits.startsWith(u'0'))
        digits.remove(0, 1);
    while (digits.endsWith(u'0')) {
        digits.chop(1);
        ++exponent;
    }
    if (digits.isEmpty())
        return QStringLiteral("0");
    return (negative ? QStringLiteral("-") : QString()) + digits + u'e' + QString::number(exponent);
}

std::optional<QStringList> tokens(const QString &pointer)
{
    if (pointer.isEmpty())
        return QStringList();
    if (!pointer.startsWith(u'/'))
        return {};
    QStringList result = pointer.mid(1).split(u'/');
    for (QString &token : result)
        token.replace(QStringLiteral("~1"), QStringLiteral("/"))
            .replace(QStringLiteral("~0"), QStringLiteral("~"));
    return result;
}

bool operate(TestJson &at, const QStringList &path, const QString &op, const TestJson *value)
{
    if (path.isEmpty()) {
        if (op == QStringLiteral("remove") || !value)
            return false;
        at = TestJson(*value);
        return true;
    }
    const QString &token = path.first();
    const bool last = path.size() == 1;
    if (at.kind == TestJson::Kind::Object) {
        TestJson *member = at.member(token);
        if (!last)
            return member && operate(*member, path.mid(1), op, value);
        if (op == QStringLiteral("add") && !member) {
            at.members.push_back({ token, *value });
            return true;
        }
        if (!member)
            return false;
        if (op != QStringLiteral("remove")) {
            *member = *value;
            return true;
        }
        at.members.erase(std::find_if(at.members.begin(), at.members.end(),
                                      [&](const auto &m) { return m.name == token; }));
        return true;
    }
    bool isIndex = false;
    const auto index = static_cast<size_t>(token.toULongLong(&isIndex));
    if (at.kind != TestJson::Kind::Array || !isIndex || index > at.elements.size())
        return false;
    const auto place = at.elements.begin() + static_cast<std::ptrdiff_t>(index);
    if (last && op == QStringLiteral("add")) {
        at.elements.insert(place, *value);
        return true;
    }
    if (index == at.elements.size())
        return false;
    if (!last)
        return operate(*place, path.mid(1), op, value);
    if (op == QStringLiteral("remove"))
        at.elements.erase(place);
    else
        *place = *value;
    return true;
}

}

TestJson TestJson::parse(const QByteArray &json)
{
    return Parser(json).value();
}

TestJson TestJson::ofString(const QString &content)
{
    TestJson result;
    result.kind = Kind::String;
    result.text = content;
    return result;
}

TestJson TestJson::ofNumber(const QString &text)
{
    TestJson result;
    result.kind = Kind::Number;
    result.text = text;
    return result;
}

bool TestJson::hasDuplicates() const
{
    QStringList names;
    for (const Member &m : members) {
        if (names.contains(m.name) || m.value.hasDuplicates())
            return true;
        names << m.name;
    }
    return std::any_of(elements.begin(), elements.end(),
                       [](const TestJson &e) { return e.hasDuplicates(); });
}

bool TestJson::operator==(const TestJson &other) const
{
    if (kind != other.kind || members.size() != other.members.size() || elements != other.elements)
        return false;
    if (kind == Kind::Number)
        return canonicalNumber(text) == canonicalNumber(other.text);
    std::vector<Member> mine = members;
    std::vector<Member> others = other.members;
    const auto byName = [](const Member &a, const Member &b) { return a.name < b.name; };
    std::stable_sort(mine.begin(), mine.end(), byName);
    std::stable_sort(others.begin(), others.end(), byName);
    return text == other.text
        && std::equal(mine.begin(), mine.end(), others.begin(),
                      [](const Member &a, const Member &b) {
                          return a.name == b.name && a.value == b.value;
                      });
}

std::optional<TestJson> TestJson::patched(const TestJson &operations) const
{
    TestJson result = *this;
    for (const TestJson &operation : operations.elements) {
        const TestJson *op = operation.member(QStringLiteral("op"));
        const TestJson *path = operation.member(QStringLiteral("path"));
        if (!op || !path)
            return {};
        const std::optional<QStringList> place = tokens(path->text);
        if (!place || !operate(result, *place, op->text, operation.member(QStringLiteral("value"))))
            return {};
    }
    return result;
}

TestJson TestJson::merged(const TestJson &patch) const
{
    if (patch.kind != Kind::Object)
        return patch;
    TestJson result = *this;
    if (result.kind != Kind::Object) {
        result = TestJson();
        result.kind = Kind::Object;
    }
    for (const Member &change : patch.members) {
        TestJson *target = result.member(change.name);
        if (change.value.kind == Kind::Null) {
            std::erase_if(result.members, [&](const Member &m) { return m.name == change.name; });
        } else if (target) {
            *target = target->merged(change.value);
        } else {
            result.members.push_back({ change.name, TestJson().merged(change.value) });
        }
    }
    return result;
}

const TestJson *TestJson::member(const QString &name) const
{
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member &m) { return m.name == name; });
    return found == members.end() ? nullptr : &found->value;
}

TestJson *TestJson::member(const QString &name)
{
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member &m) { return m.name == name; });
    return found == members.end() ? nullptr : &found->value;
}
