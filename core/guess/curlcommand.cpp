#include "core/guess/curloptions.h"
#include "core/guess/pastedrequest.h"
#include "core/guess/shellwords.h"

#include <QRegularExpression>
#include <QUrl>

namespace restream {
namespace {

Error badCommand(const QString &message)
{
    return { QStringLiteral("bad_command"), message };
}

/// Reads the words of a curl command one after another.
class CurlReader final
{
public:
    explicit CurlReader(const QStringList &words) : m_words(words) { }

    Result<PastedRequest> read();

private:
    /// Takes a word that begins with a dash; gives what is wrong.
    Result<void> takeLong(const QString &word);
    Result<void> takeShorts(const QString &word);
    void takeUnknown(const QString &spelled);
    Result<void> take(const CurlOptionInfo &info, const QString &spelled, const QString &value);
    void takeHeader(const QString &value);
    void takeData(const QString &value, CurlOption kind);
    Result<void> takeNotable(const CurlOptionInfo &info, const QString &spelled);
    [[nodiscard]] Result<void> finish();
    void addToUrl(const QByteArray &query);
    void setHeader(const QString &name, const QString &value);
    void note(const QString &text)
    {
        if (!m_request.notes.contains(text))
            m_request.notes << text;
    }

    const QStringList &m_words;
    qsizetype m_next = 1;
    PastedRequest m_request;
    QString m_url;
    QString m_method;
    QByteArrayList m_data;
    QByteArrayList m_query;
    bool m_get = false;
};

void CurlReader::setHeader(const QString &name, const QString &value)
{
    m_request.headers.append({ name, value });
}

void CurlReader::takeHeader(const QString &value)
{
    if (value.startsWith(u'@'))
        return note(QStringLiteral("-H @FILE: the file is not read"));
    const qsizetype colon = value.indexOf(u':');
    const QString name = value.left(colon).trimmed();
    const QString content = colon < 0 ? QString() : value.mid(colon + 1).trimmed();
    // "Name:" takes a header of curl's own away, and "Name;" sends it empty: neither says anything here.
    if (colon > 0 && !content.isEmpty())
        setHeader(name, content);
}

QByteArray urlEncoded(const QString &value)
{
    const qsizetype equals = value.indexOf(u'=');
    const QByteArray content = QUrl::toPercentEncoding(value.mid(equals + 1));
    return equals > 0 ? value.left(equals).toUtf8() + '=' + content : content;
}

void CurlReader::takeData(const QString &value, CurlOption kind)
{
    static const QRegularExpression fileOfField(QStringLiteral("^[^=@]*@"));
    const bool ofFile = kind == CurlOption::UrlEncode
        ? fileOfField.match(value).hasMatch()
        : kind != CurlOption::RawData && value.startsWith(u'@');
    if (ofFile)
        return note(QStringLiteral("@FILE: the file is not read; put what it holds in its place"));
    if (kind == CurlOption::Json) {
        setHeader(QStringLiteral("Content-Type"), QStringLiteral("application/json"));
        setHeader(QStringLiteral("Accept"), QStringLiteral("application/json"));
    }
    m_data << (kind == CurlOption::UrlEncode ? urlEncoded(value) : value.toUtf8());
}

Result<void> CurlReader::takeNotable(const CurlOptionInfo &info, const QString &spelled)
{
    const QString text = spelled % QStringLiteral(": ") % info.why;
    if (info.option == CurlOption::Refused || info.option == CurlOption::RefusedValue)
        return badCommand(text);
    note(text);
    return {};
}

Result<void> CurlReader::take(const CurlOptionInfo &info, const QString &spelled,
                              const QString &value)
{
    switch (info.option) {
    case CurlOption::Url:
        m_url = value;
        break;
    case CurlOption::Request:
        m_method = value.toUpper();
        break;
    case CurlOption::Header:
        takeHeader(value);
        break;
    case CurlOption::Data:
    case CurlOption::RawData:
    case CurlOption::Json:
    case CurlOption::UrlEncode:
        takeData(value, info.option);
        break;
    case CurlOption::Get:
        m_get = true;
        break;
    case CurlOption::Head:
        note(spelled % QStringLiteral(": the body is asked for, with GET"));
        break;
    case CurlOption::User:
        m_request.user = value.section(u':', 0, 0);
        m_request.password = value.section(u':', 1);
        break;
    case CurlOption::Bearer:
        setHeader(QStringLiteral("Authorization"), QStringLiteral("Bearer ") % value);
        break;
    case CurlOption::Cookie:
        setHeader(QStringLiteral("Cookie"), value);
        break;
    case CurlOption::UserAgent:
        setHeader(QStringLiteral("User-Agent"), value);
        break;
    case CurlOption::Referer:
        setHeader(QStringLiteral("Referer"), value);
        break;
    case CurlOption::MaxTime:
        m_request.timeoutSeconds = value.toDouble();
        break;
    case CurlOption::UrlQuery:
        m_query << urlEncoded(value);
        break;
    case CurlOption::Quiet:
    case CurlOption::QuietValue:
        break;
    default:
        return takeNotable(info, spelled);
    }
    return {};
}

void CurlReader::takeUnknown(const QString &spelled)
{
    static const QRegularExpression address(
        QStringLiteral("^https?://|^[\\w-]+(\\.[\\w-]+)+(/|$)"));
    const bool hasValue = m_next < m_words.size() && !m_words[m_next].startsWith(u'-')
        && !address.match(m_words[m_next]).hasMatch();
    m_next += hasValue ? 1 : 0;
    note(QStringLiteral("%1 is no option that is known here: left out%2")
             .arg(spelled, hasValue ? QStringLiteral(", with the word behind it") : QString()));
}

Result<void> CurlReader::takeLong(const QString &word)
{
    const auto info = curlOption(word.mid(2));
    // A name of one letter is a short option's.
    if (!info || word.size() <= 3) {
        takeUnknown(word);
        return {};
    }
    if (info->takesValue && m_next >= m_words.size())
        return badCommand(QStringLiteral("%1 needs a value; paste the whole command").arg(word));
    return take(*info, word, info->takesValue ? m_words[m_next++] : QString());
}

Result<void> CurlReader::takeShorts(const QString &word)
{
    for (qsizetype i = 1; i < word.size(); ++i) {
        const QString spelled = u'-' % QString(word.at(i));
        const auto info = curlOption(word.mid(i, 1));
        if (!info) {
            takeUnknown(spelled);
            return {};
        }
        QString value;
        if (info->takesValue) {
            if (i + 1 < word.size())
                value = word.mid(i + 1);
            else if (m_next < m_words.size())
                value = m_words[m_next++];
            else
                return badCommand(
                    QStringLiteral("%1 needs a value; paste the whole command").arg(spelled));
            i = word.size();
        }
        if (Result<void> taken = take(*info, spelled, value); !taken)
            return taken;
    }
    return {};
}

void CurlReader::addToUrl(const QByteArray &query)
{
    if (query.isEmpty())
        return;
    m_url = m_url.section(u'#', 0, 0);
    m_url += (!m_url.contains(u'?')                              ? u"?"_qs
                  : m_url.endsWith(u'?') || m_url.endsWith(u'&') ? QString()
                                                                 : u"&"_qs)
        % QString::fromUtf8(query);
}

Result<void> CurlReader::finish()
{
    if (m_url.isEmpty())
        return badCommand(QStringLiteral(
            "this command has no URL; paste it whole, like curl 'https://api.example.com/items'"));
    addToUrl(m_query.join('&'));
    if (m_get)
        addToUrl(std::exchange(m_data, {}).join('&'));
    if (m_method == u"HEAD") {
        note(QStringLiteral("-X HEAD: the body is asked for, with GET"));
        m_method = QStringLiteral("GET");
    }
    if (m_method.isEmpty())
        m_method = m_data.isEmpty() ? QStringLiteral("GET") : QStringLiteral("POST");
    if (m_method != u"GET" && m_method != u"POST")
        return badCommand(
            QStringLiteral("-X %1: a channel only reads; GET or POST is needed").arg(m_method));
    m_request.method = m_method;
    if (m_method == u"POST")
        m_request.body = m_data.join('&');
    else if (!m_data.isEmpty())
        note(QStringLiteral("the body of a GET is left out"));
    const Result<QString> url = readPastedUrl(m_url);
    if (!url)
        return url.error();
    m_request.url = *url;
    return {};
}

Result<PastedRequest> CurlReader::read()
{
    bool optionsEnded = false;
    while (m_next < m_words.size()) {
        const QString word = m_words[m_next++];
        Result<void> taken;
        if (word == u"--" && !optionsEnded)
            optionsEnded = true;
        else if (word.startsWith(u"--") && !optionsEnded)
            taken = takeLong(word);
        else if (word.size() > 1 && word.startsWith(u'-') && !optionsEnded)
            taken = takeShorts(word);
        else if (m_url.isEmpty())
            m_url = word;
        else
            note(QStringLiteral("a second URL is left out: a channel makes one request"));
        if (!taken)
            return taken.error();
    }
    if (const Result<void> finished = finish(); !finished)
        return finished.error();
    return m_request;
}

}

Result<PastedRequest> parseCurl(const QString &text)
{
    static const QRegularExpression prompt(
        QStringLiteral("^\\s*(\\S*[$%>#]\\s+)?(\\S*[/\\\\](?=curl))?"));
    static const QRegularExpression curl(QStringLiteral("^curl(\\.exe)?$"),
                                         QRegularExpression::CaseInsensitiveOption);
    const QString command = text.mid(prompt.match(text).capturedLength());
    const Result<ShellWords> split = splitShellWords(command);
    if (!split)
        return split.error();
    if (split->words.isEmpty() || !curl.match(split->words.first()).hasMatch())
        return badCommand(QStringLiteral(
            "this is no curl command; in a browser's network tab choose \"Copy as cURL\""));
    Result<PastedRequest> request = CurlReader(split->words).read();
    if (request)
        request->notes = split->notes + request->notes;
    return request;
}

}
