#include "core/config/definitiontext.h"

#include "core/pointerbelow.h"

#include <QJsonDocument>
#include <QSet>

#include <nlohmann/json.hpp>

#include <iterator>

namespace restream {
namespace {

/// What the parser has consumed so far.
struct Progress
{
    int line = 1;
    bool afterNewline = false;

    /// Of the last byte; a number's end is seen only at the byte behind it.
    [[nodiscard]] int lineOfLast() const { return afterNewline ? line - 1 : line; }
};

/// Bytes for the parser, which counts their lines as they are consumed.
class CountingIterator final
{
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char *;
    using reference = const char &;

    CountingIterator(const char *at, Progress *progress) : m_at(at), m_progress(progress) { }

    reference operator*() const { return *m_at; }
    CountingIterator &operator++()
    {
        m_progress->afterNewline = *m_at == '\n';
        m_progress->line += m_progress->afterNewline ? 1 : 0;
        ++m_at;
        return *this;
    }
    bool operator==(const CountingIterator &other) const { return m_at == other.m_at; }

private:
    const char *m_at;
    Progress *m_progress;
};

/// The parser's own words without its preamble, and without what it read last, which may be a key.
QString reasonOf(const std::exception &exception)
{
    QString reason = QString::fromUtf8(exception.what());
    if (const qsizetype lastRead = reason.indexOf(u"; last read:"); lastRead >= 0)
        reason.truncate(lastRead);
    if (const qsizetype clause = reason.indexOf(u" - "); clause >= 0)
        return reason.mid(clause + 3);
    return QStringLiteral("a number is out of range");
}

}

/// Takes the parser's events (nlohmann::json_sax, by duck typing).
class DefinitionText::Walker final
{
public:
    Walker(DefinitionText &text, const Progress &progress) : m_text(text), m_progress(progress) { }

    bool null() { return value(m_progress.line); }
    bool boolean(bool) { return value(m_progress.line); }
    bool number_integer(std::int64_t) { return value(m_progress.lineOfLast()); }
    bool number_unsigned(std::uint64_t) { return value(m_progress.lineOfLast()); }
    bool number_float(double, const std::string &) { return value(m_progress.lineOfLast()); }
    bool string(std::string &) { return value(m_progress.line); }
    bool binary(nlohmann::json::binary_t &) { return value(m_progress.line); }
    bool start_object(std::size_t) { return open(false); }
    bool start_array(std::size_t) { return open(true); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string &name)
    {
        Level &level = m_levels.last();
        const QString member = QString::fromStdString(name);
        m_current = memberPointer(level.pointer, member);
        if (level.members.contains(member)) {
            fault(
                m_progress.line,
                QStringLiteral("%1 is given twice; keep one of them").arg(memberLabel(m_current)));
            return true;
        }
        level.members.insert(member);
        note(m_progress.line);
        return true;
    }

    template<typename Exception>
    bool parse_error(std::size_t, const std::string &, const Exception &exception)
    {
        m_current.clear();
        fault(m_progress.lineOfLast(),
              QStringLiteral("this is not JSON: %1").arg(reasonOf(exception)));
        return false;
    }

private:
    struct Level
    {
        QString pointer;
        bool isArray = false;
        int elements = 0;
        QSet<QString> members;
    };

    bool value(int line)
    {
        if (!m_levels.isEmpty() && m_levels.last().isArray) {
            Level &level = m_levels.last();
            m_current = memberPointer(level.pointer, QString::number(level.elements++));
            note(line);
        }
        return true;
    }

    bool open(bool isArray)
    {
        value(m_progress.line);
        if (m_levels.size() >= maxDepth) {
            m_current.clear();
            fault(m_progress.line,
                  QStringLiteral(
                      "this is nested more than %1 deep; nothing in a definition needs that")
                      .arg(maxDepth));
            return false;
        }
        m_levels.append({ m_current, isArray, 0, {} });
        return true;
    }

    bool close()
    {
        m_levels.removeLast();
        return true;
    }

    void note(int line)
    {
        m_text.m_places.insert(m_current, { line, int(m_text.m_places.size()) + 1 });
    }

    void fault(int line, const QString &message)
    {
        m_text.m_faults.append({ line, m_current, message });
    }

    DefinitionText &m_text;
    const Progress &m_progress;
    QList<Level> m_levels;
    QString m_current;
};

DefinitionText::DefinitionText(const QByteArray &json)
{
    if (json.size() > maxBytes) {
        m_faults.append({ 0,
                          {},
                          QStringLiteral("the file has %1 bytes; a definition has at most %2")
                              .arg(json.size())
                              .arg(maxBytes) });
        return;
    }
    if (json.trimmed().isEmpty()) {
        m_faults.append(
            { 0,
              {},
              QStringLiteral("the file is empty; a channel definition is one JSON object") });
        return;
    }
    Progress progress;
    Walker walker(*this, progress);
    const bool isJson =
        nlohmann::json::sax_parse(CountingIterator(json.cbegin(), &progress),
                                  CountingIterator(json.cend(), &progress), &walker);
    if (!isJson)
        return;
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isObject()) {
        m_faults.append(
            { 1, {}, QStringLiteral("a channel definition is one JSON object: { \"name\": … }") });
        return;
    }
    m_root = document.object();
    m_readable = true;
}

DefinitionText::Place DefinitionText::placeOf(QString pointer) const
{
    for (;;) {
        if (const auto found = m_places.constFind(pointer); found != m_places.cend())
            return *found;
        const qsizetype slash = pointer.lastIndexOf(u'/');
        if (slash < 0)
            return {};
        pointer.truncate(slash);
    }
}

QString memberPointer(const QString &parent, const QString &token)
{
    return pointerBelow(parent, token);
}

QStringList pointerTokens(const QString &pointer)
{
    if (pointer.isEmpty())
        return {};
    QStringList tokens = pointer.mid(1).split(u'/');
    for (QString &token : tokens)
        token.replace(QStringLiteral("~1"), QStringLiteral("/"))
            .replace(QStringLiteral("~0"), QStringLiteral("~"));
    return tokens;
}

QString memberLabel(const QString &pointer)
{
    QString label;
    for (const QString &token : pointerTokens(pointer)) {
        bool isIndex = false;
        token.toUInt(&isIndex);
        if (isIndex)
            label += u'[' + token + u']';
        else
            label += (label.isEmpty() ? QString() : QStringLiteral(".")) + token.left(80);
    }
    return label.isEmpty() ? QStringLiteral("the definition") : label;
}

}
