#include "core/config/definitionschema.h"

#include "core/config/definitionsecrets.h"
#include "core/config/definitiontext.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMap>
#include <QRegularExpression>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>

namespace restream {
namespace {

/// valijson matches patterns by std::regex, whose recursion a long string can take through the stack: they are taken out for it
/// and checked here.
QJsonValue withoutPatterns(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray result;
        for (const auto &element : value.toArray())
            result.append(withoutPatterns(element));
        return result;
    }
    if (!value.isObject())
        return value;
    QJsonObject result;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.key() != u"pattern" || !it.value().isString())
            result.insert(it.key(), withoutPatterns(it.value()));
    }
    return result;
}

class ChannelSchema final
{
public:
    ChannelSchema()
    {
        QFile file(QStringLiteral(":/schema/channel.schema.json"));
        if (file.open(QIODevice::ReadOnly))
            m_root = QJsonDocument::fromJson(file.readAll()).object();
        if (m_root.isEmpty())
            qFatal("channel.schema.json is not part of this program");
        const QJsonValue compiled = withoutPatterns(m_root);
        valijson::SchemaParser().populateSchema(valijson::adapters::QtJsonAdapter(compiled),
                                                m_schema);
    }

    [[nodiscard]] const valijson::Schema &compiled() const { return m_schema; }

    /// What a member must be, in words.
    [[nodiscard]] QString expectation(const QStringList &tokens) const
    {
        for (const QJsonObject &node : nodesOf(tokens)) {
            if (QString words = node.value(u"errorMessage").toString(); !words.isEmpty())
                return words;
        }
        return QStringLiteral("must be something else");
    }

    [[nodiscard]] bool patternsAllow(const QStringList &tokens, const QString &text) const
    {
        const QList<QJsonObject> nodes = nodesOf(tokens);
        return std::all_of(nodes.cbegin(), nodes.cend(), [&text](const QJsonObject &node) {
            const QJsonValue pattern = node.value(u"pattern");
            // Anchored, since Perl's $ lets a line break follow and the schema's does not.
            return !pattern.isString()
                || QRegularExpression(QRegularExpression::anchoredPattern(pattern.toString()))
                       .match(text)
                       .hasMatch();
        });
    }

private:
    /// The parts of the schema that speak of a member, the outermost first.
    [[nodiscard]] QList<QJsonObject> nodesOf(const QStringList &tokens) const
    {
        QList<QJsonObject> nodes;
        collect(m_root, tokens, 0, nodes);
        return nodes;
    }

    void collect(const QJsonObject &node, const QStringList &tokens, qsizetype depth,
                 QList<QJsonObject> &nodes) const
    {
        if (const QString reference = node.value(u"$ref").toString(); !reference.isEmpty()) {
            const QString name = reference.section(u'/', -1);
            collect(m_root.value(u"definitions").toObject().value(name).toObject(), tokens, depth,
                    nodes);
            return;
        }
        if (depth == tokens.size()) {
            nodes.append(node);
        } else {
            const QJsonObject properties = node.value(u"properties").toObject();
            for (const QJsonValue &next :
                 { properties.value(tokens[depth]), node.value(u"additionalProperties"),
                   node.value(u"items") }) {
                if (next.isObject()) {
                    collect(next.toObject(), tokens, depth + 1, nodes);
                    break;
                }
            }
        }
        for (const auto &choice : node.value(u"anyOf").toArray())
            collect(choice.toObject(), tokens, depth, nodes);
    }

    QJsonObject m_root;
    valijson::Schema m_schema;
};

const ChannelSchema &schema()
{
    static const ChannelSchema instance;
    return instance;
}

/// "/request/url" of valijson's {"<root>", "[request]", "[url]"}.
QString pointerOf(const std::vector<std::string> &context)
{
    QString pointer;
    for (std::size_t i = 1; i < context.size(); ++i) {
        const QString step = QString::fromStdString(context[i]);
        pointer = memberPointer(pointer, step.mid(1, step.size() - 2));
    }
    return pointer;
}

/// The member that valijson found missing; empty: the fault is another one.
QString missingMember(const std::string &description)
{
    static const QRegularExpression words(QStringLiteral("^Missing required property '(.*)'\\.$"));
    return words.match(QString::fromStdString(description)).captured(1);
}

QJsonValue valueAt(const QJsonObject &root, const QStringList &tokens)
{
    QJsonValue value = root;
    for (const QString &token : tokens)
        value = value.isArray() ? value.toArray().at(token.toInt()) : value.toObject().value(token);
    return value;
}

/// The value as it may be shown: nothing that could be a key.
QString shown(const QJsonValue &value, const QString &pointer)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    case QJsonValue::Double:
        return QString::number(value.toDouble(), 'g', 15);
    case QJsonValue::Array:
        return QStringLiteral("a list");
    case QJsonValue::Object:
        return QStringLiteral("an object");
    case QJsonValue::String:
        if (mayBeShown(pointer, value.toString()))
            return u'"' + value.toString().left(60) + u'"';
        return QStringLiteral("a string that does not fit");
    default:
        return QStringLiteral("null");
    }
}

void findPatternFaults(const QJsonValue &value, const QString &pointer, QMap<QString, bool> &faults)
{
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            findPatternFaults(it.value(), memberPointer(pointer, it.key()), faults);
    } else if (value.isArray()) {
        int index = 0;
        for (const auto &element : value.toArray())
            findPatternFaults(element, memberPointer(pointer, QString::number(index++)), faults);
    } else if (value.isString()
               && !schema().patternsAllow(pointerTokens(pointer), value.toString())) {
        faults.insert(pointer, false);
    }
}

/// Pointer → whether that member is missing. Only the innermost: what is said of a member around it follows from it.
QMap<QString, bool> findFaults(const QJsonObject &definition)
{
    valijson::ValidationResults results;
    valijson::Validator().validate(
        schema().compiled(), valijson::adapters::QtJsonAdapter(QJsonValue(definition)), &results);
    QMap<QString, bool> all;
    findPatternFaults(definition, {}, all);
    for (const valijson::ValidationResults::Error &error : results) {
        const QString pointer = pointerOf(error.context);
        if (const QString missing = missingMember(error.description); !missing.isEmpty())
            all.insert(memberPointer(pointer, missing), true);
        else
            all.insert(pointer, false);
    }
    QMap<QString, bool> innermost;
    for (auto it = all.cbegin(); it != all.cend(); ++it) {
        const auto inner = all.lowerBound(it.key() + u'/');
        if (inner == all.cend() || !inner.key().startsWith(it.key() + u'/'))
            innermost.insert(it.key(), it.value());
    }
    return innermost;
}

}

QList<SchemaFault> checkAgainstSchema(const QJsonObject &definition)
{
    const QMap<QString, bool> found = findFaults(definition);
    QList<SchemaFault> faults;
    for (auto it = found.cbegin(); it != found.cend(); ++it) {
        const QStringList tokens = pointerTokens(it.key());
        const QString state =
            it.value() ? QStringLiteral("missing") : shown(valueAt(definition, tokens), it.key());
        faults.append({ it.key(),
                        memberLabel(it.key()) + QStringLiteral(" is ") + state
                            + QStringLiteral("; it ") + schema().expectation(tokens) });
    }
    return faults;
}

}
