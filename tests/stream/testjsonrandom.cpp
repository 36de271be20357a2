#include "tests/stream/testjson.h"

#include <algorithm>

namespace {

QString randomName(QRandomGenerator &random)
{
    static const QStringList names { QStringLiteral("a"),
                                     QStringLiteral("b"),
                                     QStringLiteral("c"),
                                     QStringLiteral("id"),
                                     QStringLiteral(
                                         "long name of a member, longer than a register"),
                                     QString(),
                                     QStringLiteral("a/b"),
                                     QStringLiteral("m~n"),
                                     QStringLiteral("~1"),
                                     QStringLiteral("0"),
                                     QStringLiteral("-"),
                                     QStringLiteral("q\"uo\\te"),
                                     QStringLiteral("\u00e9\u4e2d"),
                                     QStringLiteral("\U0001f600"),
                                     QString(QChar(0xd800)),
                                     QStringLiteral("new\nline") };
    return names.at(random.bounded(int(names.size())));
}

QString randomNumber(QRandomGenerator &random)
{
    static const QStringList numbers { QStringLiteral("0"),
                                       QStringLiteral("-0"),
                                       QStringLiteral("1"),
                                       QStringLiteral("-1"),
                                       QStringLiteral("10"),
                                       QStringLiteral("1.5"),
                                       QStringLiteral("1e2"),
                                       QStringLiteral("0.001"),
                                       QStringLiteral("123456789012345678901234567890"),
                                       QStringLiteral("1e400"),
                                       QStringLiteral("9007199254740993"),
                                       QStringLiteral("-12.50e-3") };
    return random.bounded(3) ? QString::number(random.bounded(1000))
                             : numbers.at(random.bounded(int(numbers.size())));
}

/// The same number otherwise written.
QString rewritten(const QString &number, QRandomGenerator &random)
{
    if (number.contains(u'e') || random.bounded(2))
        return number;
    switch (random.bounded(3)) {
    case 0:
        return number + (number.contains(u'.') ? QStringLiteral("00") : QStringLiteral(".0"));
    case 1:
        return number + QStringLiteral("e0");
    default:
        return number.contains(u'.') || number.endsWith(u'0') ? number
                                                              : number + QStringLiteral("0e-1");
    }
}

QByteArray spaces(QRandomGenerator &random, bool plain)
{
    static const QList<QByteArray> some {
        "", "", " ", "\n", "\r\n\t", "            ", "\n        \t"
    };
    return plain ? QByteArray() : some.at(random.bounded(int(some.size())));
}

QByteArray writtenString(const QString &content, QRandomGenerator &random, bool plain)
{
    QByteArray result = "\"";
    for (qsizetype i = 0; i < content.size(); ++i) {
        const QChar c = content.at(i);
        const bool pair =
            c.isHighSurrogate() && i + 1 < content.size() && content.at(i + 1).isLowSurrogate();
        const bool must =
            c.unicode() < 0x20 || c == u'"' || c == u'\\' || (c.isSurrogate() && !pair);
        if (must || (!plain && random.bounded(8) == 0)) {
            result += "\\u" + QByteArray::number(c.unicode(), 16).rightJustified(4, '0');
            if (pair)
                result += "\\u"
                    + QByteArray::number(content.at(++i).unicode(), 16).rightJustified(4, '0');
        } else {
            result += content.mid(i, pair ? 2 : 1).toUtf8();
            i += pair;
        }
    }
    return result + '"';
}

}

TestJson TestJson::random(QRandomGenerator &random, int depth)
{
    TestJson result;
    switch (random.bounded(depth > 0 ? 10 : 6)) {
    case 0:
        return result;
    case 1:
        result.kind = random.bounded(2) ? Kind::True : Kind::False;
        return result;
    case 2:
    case 3:
        return ofNumber(randomNumber(random));
    case 4:
    case 5:
        return ofString(randomName(random));
    case 6:
    case 7:
        result.kind = Kind::Array;
        for (int i = random.bounded(6); i > 0; --i)
            result.elements.push_back(TestJson::random(random, depth - 1));
        return result;
    default:
        result.kind = Kind::Object;
        for (int i = random.bounded(8); i > 0; --i) {
            const QString name = randomName(random);
            if (!result.member(name) || random.bounded(200) == 0)
                result.members.push_back({ name, TestJson::random(random, depth - 1) });
        }
        return result;
    }
}

QByteArray TestJson::write(QRandomGenerator &random, bool plain) const
{
    QByteArray result = spaces(random, plain);
    switch (kind) {
    case Kind::Null:
        result += "null";
        break;
    case Kind::False:
        result += "false";
        break;
    case Kind::True:
        result += "true";
        break;
    case Kind::Number:
        result += (plain ? text : rewritten(text, random)).toLatin1();
        break;
    case Kind::String:
        result += writtenString(text, random, plain);
        break;
    case Kind::Array:
        result += '[';
        for (const TestJson &element : elements)
            result += (&element == elements.data() ? QByteArray() : QByteArray(","))
                + element.write(random, plain);
        result += spaces(random, plain) + ']';
        break;
    case Kind::Object: {
        std::vector<const Member *> order;
        for (const Member &m : members)
            order.push_back(&m);
        if (!plain && !hasDuplicates() && random.bounded(4) == 0)
            std::shuffle(order.begin(), order.end(), random);
        result += '{';
        for (const Member *m : order) {
            result += (m == order.front() ? QByteArray() : QByteArray(",")) + spaces(random, plain)
                + writtenString(m->name, random, plain) + spaces(random, plain) + ':'
                + m->value.write(random, plain);
        }
        result += spaces(random, plain) + '}';
        break;
    }
    }
    return result + spaces(random, plain);
}

TestJson TestJson::mutated(QRandomGenerator &random) const
{
    TestJson result = *this;
    if (random.bounded(12) == 0)
        return TestJson::random(random, 2);
    if (kind == Kind::Array) {
        const int size = int(elements.size());
        const int change = random.bounded(4);
        if (change == 0 && size > 0)
            result.elements.erase(result.elements.begin() + random.bounded(size));
        else if (change == 1)
            result.elements.insert(result.elements.begin() + random.bounded(size + 1),
                                   TestJson::random(random, 2));
        else if (size > 0)
            for (int i = random.bounded(2); i >= 0; --i) {
                TestJson &element = result.elements[size_t(random.bounded(size))];
                element = element.mutated(random);
            }
    } else if (kind == Kind::Object) {
        const int size = int(members.size());
        const int change = random.bounded(5);
        if (change == 0 && size > 0) {
            result.members.erase(result.members.begin() + random.bounded(size));
        } else if (change == 1) {
            const QString name = randomName(random);
            if (!result.member(name))
                result.members.push_back({ name, TestJson::random(random, 2) });
        } else if (size > 0) {
            for (int i = random.bounded(2); i >= 0; --i) {
                TestJson &value = result.members[size_t(random.bounded(size))].value;
                value = value.mutated(random);
            }
        }
    } else if (random.bounded(2)) {
        return TestJson::random(random, 1);
    }
    return result;
}
