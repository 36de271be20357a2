#include "core/guess/shellwords.h"

#include <QRegularExpression>

#include <optional>

namespace restream {
namespace {

Error unclosed(QChar quote, qsizetype at)
{
    return { QStringLiteral("bad_command"),
             QStringLiteral("the quote %1 at character %2 is not closed; paste the whole command")
                 .arg(quote)
                 .arg(at + 1) };
}

/// Splits as bash and its kin do.
class PosixSplitter final
{
public:
    explicit PosixSplitter(const QString &text) : m_text(text) { }

    Result<ShellWords> split();

private:
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text.at(m_at + ahead) : QChar();
    }
    void add(QStringView text)
    {
        m_word += text;
        m_inWord = true;
    }
    void endWord();
    /// Takes what stands unquoted at the cursor. False: the command ends here.
    bool takePlain();
    bool takeOperator();
    std::optional<Error> takeSingle();
    std::optional<Error> takeDouble();
    std::optional<Error> takeAnsi();
    void takeEscape();
    void takeAnsiEscape();
    void takeCodePoint(int base, qsizetype most);
    void takeVariable();

    const QString &m_text;
    qsizetype m_at = 0;
    QString m_word;
    bool m_inWord = false;
    ShellWords m_result;
};

void PosixSplitter::endWord()
{
    if (m_inWord)
        m_result.words << m_word;
    m_word.clear();
    m_inWord = false;
}

void PosixSplitter::takeEscape()
{
    ++m_at;
    if (peek() == u'\r' && peek(1) == u'\n')
        m_at += 2;
    else if (peek() == u'\n')
        ++m_at;
    else if (!atEnd())
        add(QString(m_text.at(m_at++)));
}

std::optional<Error> PosixSplitter::takeSingle()
{
    const qsizetype begin = m_at++;
    const qsizetype end = m_text.indexOf(u'\'', m_at);
    if (end < 0)
        return unclosed(u'\'', begin);
    add(QStringView(m_text).mid(m_at, end - m_at));
    m_at = end + 1;
    return {};
}

std::optional<Error> PosixSplitter::takeDouble()
{
    const qsizetype begin = m_at++;
    m_inWord = true;
    while (!atEnd() && peek() != u'"') {
        if (peek() == u'\\' && QStringView(u"$`\"\\\r\n").contains(peek(1)))
            takeEscape();
        else if (peek() == u'$' || peek() == u'`')
            takeVariable();
        else
            add(QString(m_text.at(m_at++)));
    }
    if (atEnd())
        return unclosed(u'"', begin);
    ++m_at;
    return {};
}

void PosixSplitter::takeCodePoint(int base, qsizetype most)
{
    uint value = 0;
    for (qsizetype n = 0; n < most; ++n) {
        bool ok = false;
        const uint digit = QString(peek()).toUInt(&ok, base);
        if (!ok)
            break;
        value = value * uint(base) + digit;
        ++m_at;
    }
    const auto codePoint = char32_t(value <= 0x10ffff ? value : 0xfffd);
    add(QString::fromUcs4(&codePoint, 1));
}

void PosixSplitter::takeAnsiEscape()
{
    static const QString letters = QStringLiteral("abefnrtv");
    static const QString meanings = QStringLiteral("\a\b\x1b\f\n\r\t\v");
    const QChar c = peek();
    if (const qsizetype place = letters.indexOf(c); place >= 0) {
        add(QString(meanings.at(place)));
        ++m_at;
    } else if (c == u'x' || c == u'u' || c == u'U') {
        ++m_at;
        takeCodePoint(16, c == u'x' ? 2 : c == u'u' ? 4 : 8);
    } else if (c >= u'0' && c <= u'7') {
        takeCodePoint(8, 3);
    } else {
        if (!QStringView(u"\\'\"?").contains(c))
            add(u"\\");
        add(QString(c));
        ++m_at;
    }
}

std::optional<Error> PosixSplitter::takeAnsi()
{
    const qsizetype begin = m_at;
    m_at += 2;
    m_inWord = true;
    while (!atEnd() && peek() != u'\'') {
        if (peek() != u'\\') {
            add(QString(m_text.at(m_at++)));
        } else if (++m_at < m_text.size()) {
            takeAnsiEscape();
        }
    }
    if (atEnd())
        return unclosed(u'\'', begin);
    ++m_at;
    return {};
}

void PosixSplitter::takeVariable()
{
    static const QRegularExpression variable(
        QStringLiteral("\\G(\\$\\{[^}]*\\}|\\$\\([^)]*\\)|\\$[A-Za-z_][A-Za-z0-9_]*|`[^`]*`)"));
    const QRegularExpressionMatch match = variable.match(m_text, m_at);
    if (match.hasMatch()) {
        const bool isName = match.captured().at(1) != u'(' && match.captured().front() == u'$';
        m_result.notes << QStringLiteral("%1 is for a shell to fill in; put its value in its place")
                              .arg(isName ? match.captured()
                                          : QStringLiteral("a command's output"));
        add(match.capturedView());
        m_at = match.capturedEnd();
    } else {
        add(QString(m_text.at(m_at++)));
    }
}

/// An "&" inside an address that somebody forgot to quote is meant to be there.
bool PosixSplitter::takeOperator()
{
    const QChar c = peek();
    if (c == u'&' && m_inWord && !peek(1).isNull() && !peek(1).isSpace() && peek(1) != u'&') {
        add(u"&");
        ++m_at;
        return true;
    }
    const bool outputOf = c == u'>' && (m_word == u"1" || m_word == u"2");
    if (outputOf)
        m_inWord = false;
    endWord();
    m_result.notes
        << QStringLiteral("what follows \"%1\" is not part of the request: left out").arg(c);
    return false;
}

bool PosixSplitter::takePlain()
{
    const QChar c = peek();
    if (c == u'\n' && !m_result.words.isEmpty() && !m_text.mid(m_at).trimmed().isEmpty()) {
        // Browsers copy one command, several lines of which end with a backslash; what begins a line of its own is another command.
        endWord();
        static const QRegularExpression goesOn(QStringLiteral("\\G\\s*-"));
        if (!goesOn.match(m_text, m_at).hasMatch()) {
            m_result.notes << QStringLiteral("the line after the command is left out");
            return false;
        }
        ++m_at;
    } else if (c.isSpace()) {
        endWord();
        ++m_at;
    } else if (QStringView(u"|;<>&").contains(c)) {
        return takeOperator();
    } else if (c == u'#' && !m_inWord) {
        const qsizetype end = m_text.indexOf(u'\n', m_at);
        m_at = end < 0 ? m_text.size() : end;
    } else if (c == u'\\') {
        takeEscape();
    } else if (c == u'$' || c == u'`') {
        takeVariable();
    } else {
        add(QString(c));
        ++m_at;
    }
    return true;
}

Result<ShellWords> PosixSplitter::split()
{
    while (!atEnd()) {
        std::optional<Error> wrong;
        if (peek() == u'\'')
            wrong = takeSingle();
        else if (peek() == u'"')
            wrong = takeDouble();
        else if (peek() == u'$' && peek(1) == u'\'')
            wrong = takeAnsi();
        else if (!takePlain())
            break;
        if (wrong)
            return *wrong;
    }
    endWord();
    return m_result;
}

/// What cmd.exe hands on: carets resolved, but for those between quotes that it sees itself.
QString withoutCarets(const QString &text)
{
    QString result;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        QChar c = text.at(i);
        if (c == u'^' && !quoted && i + 1 < text.size()) {
            c = text.at(++i);
            if (c == u'\r' && i + 1 < text.size())
                c = text.at(++i);
            if (c == u'\n' && ++i < text.size())
                c = text.at(i); // the first character of the next line loses its meaning
            if (c == u'\n')
                quoted = false;
        } else if (c == u'"') {
            quoted = !quoted;
        }
        result += c;
    }
    return result;
}

/// Splits as the C runtime of Windows does.
Result<ShellWords> splitWindows(const QString &text)
{
    ShellWords result;
    QString word;
    bool inWord = false;
    qsizetype quoteAt = -1;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c == u'\\') {
            qsizetype end = i;
            while (end < text.size() && text.at(end) == u'\\')
                ++end;
            const qsizetype count = end - i;
            const bool beforeQuote = end < text.size() && text.at(end) == u'"';
            word += QString(beforeQuote ? count / 2 : count, u'\\');
            if (beforeQuote && count % 2 == 1)
                word += text.at(end++);
            i = end - 1;
            inWord = true;
        } else if (c == u'"' && quoteAt >= 0 && i + 1 < text.size() && text.at(i + 1) == u'"') {
            word += text.at(++i);
        } else if (c == u'"') {
            quoteAt = quoteAt < 0 ? i : -1;
            inWord = true;
        } else if (c.isSpace() && quoteAt < 0) {
            if (inWord)
                result.words << word;
            word.clear();
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (quoteAt >= 0)
        return unclosed(u'"', quoteAt);
    if (inWord)
        result.words << word;
    return result;
}

}

Result<ShellWords> splitShellWords(const QString &text)
{
    static const QRegularExpression ofCmd(QStringLiteral("\\^\"|\\^[ \\t]*\\r?\\n"));
    static const QRegularExpression trailingBlanks(QStringLiteral("([\\^\\\\])[ \\t]+(\\r?\\n)"));
    QString whole = text.trimmed();
    whole.replace(trailingBlanks, QStringLiteral("\\1\\2"));
    return ofCmd.match(whole).hasMatch() ? splitWindows(withoutCarets(whole))
                                         : PosixSplitter(whole).split();
}

}
