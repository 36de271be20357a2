#include "core/stream/formatxml.h"

#include "core/stream/formatxmltree.h"

#include <expat.h>

#include <limits>
#include <memory>

namespace restream {
namespace {

constexpr qsizetype maxDepth = 256;
constexpr qsizetype maxElements = 4'000'000;

/// Reads a document into a tree by expat, which checks that it is well-formed.
class Reader final
{
public:
    Reader();

    /// Nothing: all went well.
    std::optional<Error> read(const QByteArray &text);
    XmlTree &tree() { return m_tree; }

private:
    static Reader &of(void *self) { return *static_cast<Reader *>(self); }
    void begin(const XML_Char *name, const XML_Char **attributes);
    void refuse(const QString &why);
    [[nodiscard]] Error errorHere(const QString &why) const;

    std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> m_parser;
    XmlTree m_tree;
    std::optional<Error> m_refusal; ///< why reading was stopped
};

// The encoding is given, so that the declaration's, which no longer is true, does not count.
Reader::Reader() : m_parser(XML_ParserCreate("UTF-8"), XML_ParserFree)
{
    XML_Parser parser = m_parser.get();
    XML_SetUserData(parser, this);
    XML_SetElementHandler(
        parser,
        [](void *self, const XML_Char *name, const XML_Char **attributes) {
            of(self).begin(name, attributes);
        },
        [](void *self, const XML_Char *) { of(self).m_tree.close(); });
    XML_SetCharacterDataHandler(parser, [](void *self, const XML_Char *text, int size) {
        of(self).m_tree.text({ text, size_t(size) });
    });
    XML_SetStartDoctypeDeclHandler(
        parser,
        [](void *self, const XML_Char *, const XML_Char *, const XML_Char *, int hasDeclarations) {
            if (hasDeclarations)
                of(self).refuse(QStringLiteral("its document type has declarations of its own, "
                                               "which are not read, for safety"));
        });
    XML_SetSkippedEntityHandler(parser, [](void *self, const XML_Char *, int) {
        of(self).refuse(QStringLiteral("an entity is used that the document does not define"));
    });
}

void Reader::begin(const XML_Char *name, const XML_Char **attributes)
{
    if (m_tree.depth() == 0 && qstricmp(name, "html") == 0)
        refuse(QStringLiteral("it is a web page; check the channel's URL"));
    else if (m_tree.depth() == maxDepth)
        refuse(QStringLiteral("it is nested more than %1 deep").arg(maxDepth));
    else if (m_tree.size() == maxElements)
        refuse(QStringLiteral("it has more than %1 elements").arg(maxElements));
    m_tree.open(name, attributes);
}

void Reader::refuse(const QString &why)
{
    if (!m_refusal)
        m_refusal = errorHere(why);
    XML_StopParser(m_parser.get(), XML_FALSE);
}

Error Reader::errorHere(const QString &why) const
{
    return { QStringLiteral("not_xml"),
             QStringLiteral("the answer can't be read as XML: %1 at line %2, column %3")
                 .arg(why)
                 .arg(XML_GetCurrentLineNumber(m_parser.get()))
                 .arg(XML_GetCurrentColumnNumber(m_parser.get()) + 1) };
}

std::optional<Error> Reader::read(const QByteArray &text)
{
    if (text.size() > std::numeric_limits<int>::max())
        return errorHere(QStringLiteral("it is longer than 2 GiB"));
    if (XML_Parse(m_parser.get(), text.constData(), int(text.size()), XML_TRUE) == XML_STATUS_OK)
        return {};
    if (m_refusal)
        return m_refusal;
    return errorHere(QString::fromLatin1(XML_ErrorString(XML_GetErrorCode(m_parser.get()))));
}

/// Where the items' elements are by the definition; nothing: at a place that is no element, or that is not to hold a list.
std::optional<JsonPath> itemsPath(const ChannelDefinition &definition)
{
    const bool isList = definition.shape == ChannelDefinition::Shape::Auto
        || definition.shape == ChannelDefinition::Shape::Array;
    std::optional<JsonPath> path = parsePointer(definition.items.toUtf8());
    if (!isList || !path || path->empty() || path->back().startsWith('@')
        || path->back().startsWith('#') || arrayIndex(path->back()) >= 0)
        return {};
    return path;
}

}

Result<QByteArray> xmlToJson(const QByteArray &text, const ChannelDefinition &definition)
{
    Reader reader;
    if (std::optional<Error> wrong = reader.read(text))
        return *std::move(wrong);
    const std::optional<JsonPath> items = itemsPath(definition);
    return reader.tree().toJson(items ? &*items : nullptr);
}

}
