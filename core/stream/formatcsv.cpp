#include "core/stream/formatcsv.h"

#include "core/stream/formatwriter.h"

#include <QHash>

#include <algorithm>
#include <array>

namespace restream {
namespace {

Error notCsv(const QString &why, qint64 line)
{
    return { QStringLiteral("not_csv"),
             QStringLiteral("the answer can't be read as CSV: %1 in line %2").arg(why).arg(line) };
}

/// Takes a text apart into fields, one after another.
class Fields final
{
public:
    enum class End { Delimiter, Row };

    Fields(const QByteArray &text, const QByteArray &delimiter)
        : m_begin(text.constData()),
          m_at(m_begin),
          m_end(m_begin + text.size()),
          m_delimiter(delimiter)
    {
        for (const char stop : { '\n', '\r', m_delimiter.front() })
            m_stops[uchar(stop)] = true;
    }

    [[nodiscard]] bool atEnd() const { return m_at == m_end; }
    [[nodiscard]] qint64 line() const { return m_line; } ///< of what comes next; 1 is the first
    void skipEmptyLines();
    /// The next field, as it is meant; valid until the next call. Nothing: error() says why.
    std::optional<QByteArrayView> next();
    [[nodiscard]] End end() const { return m_fieldEnd; } ///< what the last field ended with
    [[nodiscard]] const Error &error() const { return m_error; }

private:
    std::optional<QByteArrayView> quoted();
    QByteArrayView plain();
    [[nodiscard]] bool isDelimiter(const char *at) const
    {
        return *at == m_delimiter.front()
            && (m_delimiter.size() == 1 || QByteArrayView(at, m_end).startsWith(m_delimiter));
    }
    /// The length of the line end at `at`; 0: there is none.
    [[nodiscard]] qsizetype lineEnd(const char *at) const
    {
        if (*at == '\n')
            return 1;
        return *at == '\r' && m_end - at > 1 && at[1] == '\n' ? 2 : 0;
    }
    bool takeEnd();

    const char *m_begin;
    const char *m_at;
    const char *m_end;
    QByteArray m_delimiter;
    std::array<bool, 256> m_stops {}; ///< bytes that may end a field without quotes
    QByteArray m_unquoted;
    qint64 m_line = 1;
    End m_fieldEnd = End::Row;
    Error m_error;
};

void Fields::skipEmptyLines()
{
    while (m_at != m_end) {
        const qsizetype length = lineEnd(m_at);
        if (length == 0)
            return;
        m_at += length;
        ++m_line;
    }
}

/// Takes the delimiter or the line end behind a field. False: something else stands there.
bool Fields::takeEnd()
{
    m_fieldEnd = End::Row;
    if (m_at == m_end)
        return true;
    if (isDelimiter(m_at)) {
        m_at += m_delimiter.size();
        m_fieldEnd = End::Delimiter;
        return true;
    }
    const qsizetype length = lineEnd(m_at);
    m_at += length;
    m_line += length > 0 ? 1 : 0;
    return length > 0;
}

std::optional<QByteArrayView> Fields::next()
{
    if (m_at != m_end && *m_at == '"')
        return quoted();
    return plain();
}

QByteArrayView Fields::plain()
{
    const char *const begin = m_at;
    while (m_at != m_end && (!m_stops[uchar(*m_at)] || (!isDelimiter(m_at) && lineEnd(m_at) == 0)))
        ++m_at;
    const QByteArrayView field(begin, m_at);
    takeEnd();
    return field;
}

std::optional<QByteArrayView> Fields::quoted()
{
    const qint64 firstLine = m_line;
    m_unquoted.clear();
    for (++m_at;;) {
        const char *const quote = std::find(m_at, m_end, '"');
        m_line += std::count(m_at, quote, '\n');
        m_unquoted.append(m_at, quote - m_at);
        if (quote == m_end) {
            m_error =
                notCsv(QStringLiteral("the quote is never closed that begins a field"), firstLine);
            return {};
        }
        m_at = quote + 1;
        if (m_at == m_end || *m_at != '"')
            break;
        m_unquoted.append('"');
        ++m_at;
    }
    const qint64 lastLine = m_line;
    if (!takeEnd()) {
        const char *start = m_at;
        while (start != m_begin && start[-1] != '\n')
            --start;
        m_error = notCsv(QStringLiteral("a delimiter or a line end was expected behind the closing "
                                        "quote, at column %1,")
                             .arg(m_at - start + 1),
                         lastLine);
        return {};
    }
    return m_unquoted;
}

/// The text is a number by the grammar of JSON.
bool isNumber(QByteArrayView text)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.isEmpty() && (isDigit(text.front()) || text.front() == '-') && isDigit(text.back())
        && !validateJson(text);
}

/// Writes the rows, each with the names of the header.
class Writer final
{
public:
    Writer(const QByteArray &text, const CsvDefinition &csv, qint64 maxJson)
        : m_fields(text, csv.delimiter.toUtf8()),
          m_numbers(csv.numbers),
          m_maxJson(maxJson)
    {
        m_json.reserve(std::min<qint64>(2 * text.size(), maxJson));
    }

    Result<QByteArray> write();

private:
    std::optional<Error> readHeader();
    std::optional<Error> writeRow();
    void writeValue(QByteArrayView value);

    Fields m_fields;
    bool m_numbers;
    qint64 m_maxJson;
    std::vector<QByteArray> m_names; ///< `"name":`
    FormatWriter m_json;
};

Result<QByteArray> Writer::write()
{
    m_fields.skipEmptyLines();
    if (std::optional<Error> wrong = readHeader())
        return *std::move(wrong);
    m_json.append('[');
    for (m_fields.skipEmptyLines(); !m_fields.atEnd(); m_fields.skipEmptyLines()) {
        if (m_json.size() > 1)
            m_json.append(',');
        if (std::optional<Error> wrong = writeRow())
            return *std::move(wrong);
    }
    m_json.append(']');
    return m_json.take();
}

/// Names that are there already get a number, so that no column is lost.
std::optional<Error> Writer::readHeader()
{
    std::vector<QByteArray> names;
    QHash<QByteArray, int> used;
    do {
        const auto name = m_fields.next();
        if (!name)
            return m_fields.error();
        names.push_back(name->toByteArray());
        used.insert(names.back(), 0);
    } while (m_fields.end() == Fields::End::Delimiter);
    QHash<QByteArray, int> times;
    for (const QByteArray &name : names) {
        QByteArray unique = name;
        if (int &count = times[name]; ++count > 1) {
            do {
                unique = name + '_' + QByteArray::number(count);
            } while (used.contains(unique) && ++count);
            used.insert(unique, 0);
        }
        m_names.push_back(jsonString(unique) + ':');
    }
    return {};
}

std::optional<Error> Writer::writeRow()
{
    const qint64 line = m_fields.line();
    size_t count = 0;
    m_json.append('{');
    do {
        const auto value = m_fields.next();
        if (!value)
            return m_fields.error();
        if (count < m_names.size()) {
            if (count > 0)
                m_json.append(',');
            m_json.append(m_names[count]);
            writeValue(*value);
        }
        ++count;
        if (m_json.size() > m_maxJson)
            return Error { QStringLiteral("too_large"),
                           QStringLiteral("the answer becomes more than %1 bytes of JSON, four "
                                          "times request.max_body; raise it, or ask for less")
                               .arg(m_maxJson) };
    } while (m_fields.end() == Fields::End::Delimiter);
    m_json.append('}');
    if (count == m_names.size())
        return {};
    return notCsv(QStringLiteral("there are %1 fields where the header has %2,")
                      .arg(count)
                      .arg(m_names.size()),
                  line);
}

void Writer::writeValue(QByteArrayView value)
{
    if (m_numbers && isNumber(value))
        m_json.append(value);
    else
        m_json.appendString(value);
}

}

Result<QByteArray> csvToJson(const QByteArray &text, const CsvDefinition &csv, qint64 maxJson)
{
    return Writer(text, csv, maxJson).write();
}

}
