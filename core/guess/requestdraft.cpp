#include "core/guess/requestdraft.h"

#include "core/config/definitionsecrets.h"
#include "core/guess/channelnames.h"
#include "core/guess/orderedjson.h"
#include "core/guess/requestheaders.h"

#include <QRegularExpression>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace restream {
namespace {

/// An item of a query, as it stands in the URL and as it is meant.
struct QueryItem
{
    QString raw;
    QString name;
    QString value;
};

QList<QueryItem> queryItems(const QString &query)
{
    QList<QueryItem> items;
    for (const QString &raw : query.split(u'&', Qt::SkipEmptyParts))
        items.append({ raw, QUrl::fromPercentEncoding(raw.section(u'=', 0, 0).toUtf8()),
                       QUrl::fromPercentEncoding(raw.section(u'=', 1).toUtf8()) });
    return items;
}

/// Whether query members say just what the text of the query says.
bool canBeMembers(const QList<QueryItem> &items)
{
    QSet<QString> names;
    return std::all_of(items.cbegin(), items.cend(), [&names](const QueryItem &item) {
        const bool isPlain = item.raw.contains(u'=') && !item.raw.contains(u'+')
            && !item.name.isEmpty() && !item.name.contains(u'{') && !item.name.contains(u'}')
            && !item.value.contains(u'{') && !item.value.contains(u'}')
            && !names.contains(item.name);
        names.insert(item.name);
        return isPlain;
    });
}

/// A token that continues one list is no key, and good only once.
bool isPageToken(const QString &name)
{
    static const QRegularExpression pages(QStringLiteral("(page|next|continuation|sync)_?-?token$"),
                                          QRegularExpression::CaseInsensitiveOption);
    return pages.match(name).hasMatch();
}

/// Writes one draft.
class Drafter final
{
public:
    explicit Drafter(const PastedRequest &pasted)
        : m_pasted(pasted),
          m_url(pasted.url, QUrl::TolerantMode)
    {
    }

    RequestDraft draft();

private:
    void takeUser();
    void takeHeaders();
    void takeAuthorization(const QString &value);
    void takeQuery();
    void warnOfKeysInPath();
    /// Makes it the channel's auth, where that is still free.
    void takeKey(const QString &type, const QString &place, const QString &name,
                 const QList<GuessedSecret> &secrets);
    [[nodiscard]] QByteArray request() const;

    const PastedRequest &m_pasted;
    QUrl m_url;
    RequestDraft m_draft;
    OrderedJson m_headers;
    OrderedJson m_query;
};

/// The words that stand for a key in documentation.
bool isPlaceholder(const QString &value)
{
    static const QRegularExpression words(
        QStringLiteral(
            "^\\$|^<.*>$|^\\{.*\\}$|^\\[.*\\]$|^%.*%$|^(your|my|insert)[-_ "
            "a-z]*$|^x{3,}$|^\\.{2,}$|"
            "^(your|my)?[-_ ]?(api|access|app|auth)?[-_ ]?(key|token|secret)([-_ ]here)?$"),
        QRegularExpression::CaseInsensitiveOption);
    return words.match(value).hasMatch();
}

void Drafter::takeKey(const QString &type, const QString &place, const QString &name,
                      const QList<GuessedSecret> &secrets)
{
    const QString where = place == u"query" ? QStringLiteral("the query item %1").arg(name)
                                            : QStringLiteral("the header %1").arg(name);
    if (!m_draft.auth.isEmpty()) {
        m_draft.warnings << QStringLiteral(
                                "%1 holds a second key, and a channel attaches one: left "
                                "out")
                                .arg(where);
        return;
    }
    OrderedJson auth;
    auth.addString(QStringLiteral("type"), type);
    if (type == u"api_key") {
        auth.addString(QStringLiteral("in"), place);
        auth.addString(QStringLiteral("name"), name);
    }
    OrderedJson keys;
    for (const GuessedSecret &secret : secrets) {
        const bool isPair = type == u"basic";
        auth.addString(isPair ? secret.keyName : QStringLiteral("key"), secret.keyName);
        OrderedJson help;
        help.addString(QStringLiteral("description"),
                       isPair ? QStringLiteral("The %1 of the API's account").arg(secret.keyName)
                              : QStringLiteral("The API's key, sent as %1").arg(where));
        keys.add(secret.keyName, help.text());
        const bool isKnown = !isPlaceholder(secret.value);
        m_draft.secrets.append({ secret.keyName, isKnown ? secret.value : QString() });
    }
    m_draft.auth = auth.text();
    m_draft.keys = keys.text();
    m_draft.reasons.append(
        { QStringLiteral("/auth"),
          QStringLiteral("%1 carries a key, which belongs in the keychain")
              .arg(type == u"basic" ? QStringLiteral("user and password") : where) });
}

void Drafter::takeUser()
{
    QString user = m_pasted.user;
    QString password = m_pasted.password;
    if (user.isEmpty()) {
        user = m_url.userName(QUrl::FullyDecoded);
        password = m_url.password(QUrl::FullyDecoded);
    }
    m_url.setUserInfo({});
    if (!user.isEmpty() || !password.isEmpty())
        takeKey(QStringLiteral("basic"), QStringLiteral("header"), QStringLiteral("Authorization"),
                { { QStringLiteral("user"), user }, { QStringLiteral("password"), password } });
}

void Drafter::takeAuthorization(const QString &value)
{
    const QString scheme = value.section(u' ', 0, 0).toLower();
    const QString rest = value.section(u' ', 1).trimmed();
    const QString header = QStringLiteral("Authorization");
    if (scheme == u"bearer" && !rest.isEmpty()) {
        takeKey(QStringLiteral("bearer"), QStringLiteral("header"), header,
                { { QStringLiteral("token"), rest } });
    } else if (scheme == u"basic" && !rest.isEmpty()) {
        const QString pair = QString::fromUtf8(QByteArray::fromBase64(rest.toLatin1()));
        takeKey(QStringLiteral("basic"), QStringLiteral("header"), header,
                { { QStringLiteral("user"), pair.section(u':', 0, 0) },
                  { QStringLiteral("password"), pair.section(u':', 1) } });
    } else {
        takeKey(QStringLiteral("api_key"), QStringLiteral("header"), header,
                { { QStringLiteral("api-key"), value } });
    }
}

void Drafter::takeHeaders()
{
    QSet<QString> seen;
    for (const auto &[name, value] : m_pasted.headers) {
        if (name.compare(u"Authorization", Qt::CaseInsensitive) == 0) {
            takeAuthorization(value);
            continue;
        }
        const HeaderUse use = useOfHeader(name, value, !m_pasted.body.isEmpty());
        if (use.kind == HeaderUse::Kind::Key) {
            takeKey(QStringLiteral("api_key"), QStringLiteral("header"), name,
                    { { QStringLiteral("api-key"), value } });
        } else if (use.kind == HeaderUse::Kind::Drop) {
            if (!use.why.isEmpty())
                m_draft.warnings
                    << QStringLiteral("the header %1 is left out: %2").arg(name, use.why);
        } else if (seen.contains(name.toLower())) {
            m_draft.warnings
                << QStringLiteral("the header %1 is there twice: the first is kept").arg(name);
        } else {
            seen.insert(name.toLower());
            m_headers.addString(name, value);
        }
    }
}

void Drafter::takeQuery()
{
    QList<QueryItem> items = queryItems(m_url.query(QUrl::FullyEncoded));
    // Where there are several, what is called a key outright goes before an "appid".
    QList<QueryItem> keys;
    for (const QueryItem &item : std::as_const(items)) {
        if (isPageToken(item.name))
            m_draft.warnings << QStringLiteral("the query item %1 continues one list and is good "
                                               "only once: left out")
                                    .arg(item.name);
        else if (namesAKey(item.name) && !item.value.isEmpty())
            keys.append(item);
        else if (isKeyRatherThanName(item.value) && !isPlaceholder(item.value))
            m_draft.warnings << QStringLiteral(
                                    "the value of the query item %1 looks like a key; if "
                                    "it is one, declare \"auth\" with this name and "
                                    "take it out")
                                    .arg(item.name);
    }
    items.removeIf([](const QueryItem &item) {
        return isPageToken(item.name) || (namesAKey(item.name) && !item.value.isEmpty());
    });
    std::stable_partition(keys.begin(), keys.end(), [](const QueryItem &item) {
        const QString name = item.name.toLower();
        return name.endsWith(u"key") || name.endsWith(u"token");
    });
    for (const QueryItem &key : std::as_const(keys))
        takeKey(QStringLiteral("api_key"), QStringLiteral("query"), key.name,
                { { QStringLiteral("api-key"), key.value } });
    if (canBeMembers(items)) {
        for (const QueryItem &item : std::as_const(items))
            m_query.addString(item.name, item.value);
        m_url.setQuery(QString());
    } else {
        QStringList raw;
        for (const QueryItem &item : std::as_const(items))
            raw << item.raw;
        m_url.setQuery(raw.join(u'&'), QUrl::TolerantMode);
    }
}

void Drafter::warnOfKeysInPath()
{
    const QStringList parts = m_url.path().split(u'/', Qt::SkipEmptyParts);
    const bool any = std::any_of(parts.cbegin(), parts.cend(), mayHoldKey);
    if (any)
        m_draft.warnings << QStringLiteral(
            "the path of the URL holds what may be a key; if it is one, whoever sees the "
            "definition "
            "sees it too, as keys are attached to headers and queries only");
}

QByteArray Drafter::request() const
{
    OrderedJson request;
    QUrl url = m_url;
    if (url.hasQuery() && url.query().isEmpty())
        url.setQuery(QString());
    request.addString(QStringLiteral("url"), url.toString(QUrl::FullyEncoded));
    if (m_pasted.method != u"GET")
        request.addString(QStringLiteral("method"), m_pasted.method);
    if (!m_query.isEmpty())
        request.add(QStringLiteral("query"), m_query.text());
    if (!m_headers.isEmpty())
        request.add(QStringLiteral("headers"), m_headers.text());
    if (!m_pasted.body.isEmpty()) {
        request.add(QStringLiteral("body"),
                    validateJson(m_pasted.body) ? jsonString(QString::fromUtf8(m_pasted.body))
                                                : compactJson(m_pasted.body));
    }
    if (m_pasted.timeoutSeconds >= 1 && m_pasted.timeoutSeconds <= 600)
        request.add(QStringLiteral("timeout"), jsonNumber(m_pasted.timeoutSeconds));
    return request.text();
}

RequestDraft Drafter::draft()
{
    m_draft.warnings = m_pasted.notes;
    if (m_pasted.url.isEmpty())
        return m_draft;
    takeUser();
    takeHeaders();
    takeQuery();
    warnOfKeysInPath();
    m_draft.request = request();
    const bool unknown =
        std::any_of(m_draft.secrets.cbegin(), m_draft.secrets.cend(),
                    [](const GuessedSecret &secret) { return secret.value.isEmpty(); });
    if (unknown)
        m_draft.warnings << QStringLiteral(
            "where the key belongs stands a placeholder: set the key "
            "itself before the first poll");
    return m_draft;
}

}

RequestDraft draftRequest(const PastedRequest &pasted)
{
    return Drafter(pasted).draft();
}

}
