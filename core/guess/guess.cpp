#include "core/guess/guess.h"

#include "core/config/definitionreader.h"
#include "core/guess/bodyguess.h"
#include "core/guess/channelnames.h"
#include "core/guess/definitionguess.h"
#include "core/guess/pollguess.h"
#include "core/stream/itemreader.h"

#include <algorithm>

namespace restream {
namespace {

/// Makes one guess, step by step.
class Guesser final
{
public:
    explicit Guesser(const GuessInput &input) : m_input(input) { }

    Guess make();

private:
    void decode();
    void readGiven();
    void guessItems();
    void guessComparison();
    void guessInterval();
    void warnOfPages();
    void suggestParams();
    void write();
    void tryOut();
    [[nodiscard]] QUrl url() const;
    [[nodiscard]] std::vector<QByteArray> bodies() const;

    const GuessInput &m_input;
    Guess m_guess;
    DefinitionParts m_parts;
    std::vector<DecodedBody> m_decoded;
    std::vector<const GuessPoll *> m_good;
    std::vector<JsonSlice> m_slices;
    QString m_columns;
    GivenPlace m_given;
};

void Guesser::decode()
{
    for (size_t i = 0; i < m_input.polls.size(); ++i) {
        const GuessPoll &poll = m_input.polls[i];
        const QString which = m_input.polls.size() > 1
            ? QStringLiteral("poll %1 is passed over: ").arg(i + 1)
            : QStringLiteral("the answer is of no use: ");
        if (poll.status < 200 || poll.status > 299) {
            m_guess.warnings << which % QStringLiteral("its status is %1").arg(poll.status);
            continue;
        }
        const Result<DecodedBody> body =
            m_input.toJson(poll.body, headerValue(poll.headers, "content-type"));
        if (!body)
            m_guess.warnings << which % body.error().message;
        else if (reportsError(JsonSlice(body->json)))
            m_guess.warnings << which % QStringLiteral("it reports an error instead of items");
        else {
            m_decoded.push_back(*body);
            m_good.push_back(&poll);
        }
    }
    for (const DecodedBody &body : m_decoded)
        m_slices.emplace_back(body.json);
    if (!m_decoded.empty() && m_decoded.back().format != u"json") {
        m_parts.format = m_decoded.back().format;
        m_guess.reasons.append(
            { QStringLiteral("/format"), QStringLiteral("by the body and its type") });
    }
}

std::vector<QByteArray> Guesser::bodies() const
{
    std::vector<QByteArray> all;
    for (const DecodedBody &body : m_decoded)
        all.push_back(body.json);
    return all;
}

/// What a definition that was pasted decides.
void Guesser::readGiven()
{
    if (m_input.request.definition.isEmpty())
        return;
    m_parts.given = m_input.request.definition;
    const ChannelDefinition definition = readDefinition(m_parts.given, {}).definition;
    const JsonSlice root(m_parts.given);
    if (!root.member("items").isNull() || !root.member("shape").isNull())
        m_given.items = definition.items;
    if (definition.shape != ChannelDefinition::Shape::Auto)
        m_given.shape = definition.shape;
    m_given.idField = definition.idField;
}

QUrl Guesser::url() const
{
    if (!m_parts.given.isEmpty())
        return QUrl(readDefinition(m_parts.given, {}).definition.request.url);
    return QUrl(m_input.request.url);
}

void Guesser::guessItems()
{
    BodyGuess found = guessBody(m_slices, m_given);
    m_guess.items = found.items;
    m_guess.ids = found.ids;
    m_columns = found.columns;
    if (m_guess.items.isEmpty())
        return;
    const ItemsCandidate &best = m_guess.items.first();
    m_parts.items = best.pointer;
    m_parts.shape = best.shape;
    const bool isOne = best.shape == ChannelDefinition::Shape::Single;
    m_guess.reasons.append(
        { QStringLiteral("/items"),
          isOne ? best.why
                : QStringLiteral("%1; at most %2 in an answer").arg(best.why).arg(best.count) });
    if (!m_guess.ids.isEmpty()) {
        m_parts.idField = m_guess.ids.first().fields;
        m_guess.reasons.append({ QStringLiteral("/id_field"), m_guess.ids.first().why });
    } else if (best.shape == ChannelDefinition::Shape::Map) {
        m_guess.reasons.append(
            { QStringLiteral("/shape"), QStringLiteral("the members' names are the ids") });
    }
    if (isOne && !m_columns.isNull())
        m_guess.warnings << QStringLiteral(
                                "the answer holds its values in columns, one list for each "
                                "property (in \"%1\"): "
                                "they can't be told apart as items, so the whole is one item")
                                .arg(m_columns);
    constexpr qsizetype halfOfDefault = 5000;
    if (best.count > halfOfDefault) {
        m_parts.maxItems = best.count * 2;
        m_guess.reasons.append(
            { QStringLiteral("/max_items"), QStringLiteral("room for twice what there is") });
    }
}

void Guesser::guessComparison()
{
    static const QSet<QByteArray> rankings { "top",      "topstories",  "trending",   "ranking",
                                             "rankings", "rank",        "popular",    "hot",
                                             "best",     "leaderboard", "chart",      "charts",
                                             "queue",    "standings",   "bestsellers" };
    ChannelDefinition definition;
    definition.name = m_parts.name;
    definition.items = m_parts.items;
    definition.shape = m_parts.shape;
    definition.idField = m_parts.idField;
    ListFacts facts;
    facts.idField = m_parts.idField;
    facts.isList = m_parts.shape == ChannelDefinition::Shape::Array;
    facts.isFeed = m_parts.items.startsWith(u"/rss/") || m_parts.items.startsWith(u"/feed/entry");
    const QByteArrayList words = nameWords(url().path().toUtf8());
    facts.namedAsRanking = std::any_of(words.cbegin(), words.cend(), [](const QByteArray &word) {
        return rankings.contains(word);
    });
    const ChangeGuess changes = guessChanges(identifiedItems(bodies(), definition), facts);
    m_parts.ignore = changes.ignore;
    m_parts.removal = changes.removal;
    m_parts.ordered = changes.ordered;
    if (!changes.ignore.isEmpty())
        m_guess.reasons.append({ QStringLiteral("/ignore"), changes.ignoreWhy });
    m_guess.reasons.append({ QStringLiteral("/removal"), changes.removalWhy });
    m_guess.reasons.append({ QStringLiteral("/ordered"), changes.orderedWhy });
    for (const GuessReason &member : changes.mayIgnore)
        m_guess.suggestions.append(
            { QStringLiteral("/ignore"), member.member % u": "_qs % member.text });
}

void Guesser::guessInterval()
{
    std::vector<AnswerHints> answers;
    for (size_t i = 0; i < m_good.size(); ++i)
        answers.push_back({ m_good[i]->headers, m_slices[i], m_good[i]->timeMs });
    const PollGuess polling = guessPolling(answers);
    m_parts.intervalSeconds = polling.intervalSeconds;
    m_parts.quota = polling.quota;
    m_guess.reasons.append({ QStringLiteral("/poll_interval"), polling.intervalWhy });
    if (!polling.quota.isEmpty())
        m_guess.reasons.append({ QStringLiteral("/quota"), polling.quotaWhy });
    m_guess.warnings += polling.warnings;
}

void Guesser::warnOfPages()
{
    const bool byHeader = !m_good.empty()
        && headerValue(m_good.back()->headers, "link").toLower().contains("rel=\"next\"");
    bool byBody = false;
    for (const char *pointer :
         { "/next", "/links/next", "/_links/next", "/meta/next", "/next_page", "/paging/next",
           "/@odata.nextLink", "/nextPageToken", "/pagination/next" }) {
        const JsonSlice next = m_slices.back().at(pointer);
        byBody = byBody || (next.isString() && !next.string().isEmpty()) || next.isObject();
    }
    if (byHeader || byBody)
        m_guess.warnings << QStringLiteral(
            "there are more pages: only the first one is polled, so an item that moves to the "
            "next page seems to be gone; ask for larger pages, or for the newest first");
}

/// Choices in the query that other users of the channel may want to make otherwise.
void Guesser::suggestParams()
{
    static const QSet<QString> fixed { QStringLiteral("format"), QStringLiteral("f"),
                                       QStringLiteral("output"), QStringLiteral("callback"),
                                       QStringLiteral("v"),      QStringLiteral("version") };
    for (const JsonSlice::Member &member : JsonSlice(m_parts.request).member("query").members()) {
        const QString name = QString::fromUtf8(member.key.string());
        if (!fixed.contains(name.toLower()) && !member.value.string().isEmpty())
            m_guess.suggestions.append(
                { QStringLiteral("/params"),
                  QStringLiteral(
                      "%1 of the query could be a param, so that each subscriber chooses it")
                      .arg(name) });
    }
}

void Guesser::write()
{
    QString title;
    for (const char *pointer : { "/title", "/metadata/title", "/meta/title", "/info/title",
                                 "/rss/channel/title", "/feed/title" }) {
        const JsonSlice found = m_slices.empty() ? JsonSlice() : m_slices.back().at(pointer);
        if (found.isString() && title.isEmpty()
            && m_parts.shape != ChannelDefinition::Shape::Single)
            title = QString::fromUtf8(found.string());
    }
    // Some servers repeat the request, key included.
    for (const GuessedSecret &secret : m_guess.secrets) {
        if (!secret.value.isEmpty() && title.contains(secret.value))
            title.clear();
    }
    m_parts.description = channelDescription(url(), title, m_parts.name);
    m_guess.definition = writeDefinition(m_parts);
    if (!m_parts.given.isEmpty())
        m_guess.reasons.removeIf([root = JsonSlice(m_parts.given)](const GuessReason &reason) {
            return !root.at(reason.member.toUtf8()).isNull();
        });
    sortReasons(m_guess.reasons);
}

/// What the program itself makes of the definition.
void Guesser::tryOut()
{
    const DefinitionRead read = readDefinition(m_guess.definition, {});
    for (const DefinitionProblem &problem : read.problems)
        m_guess.problems << problem.text();
    if (!read.ok())
        return;
    qint64 withoutId = 0;
    qint64 duplicates = 0;
    for (const DecodedBody &body : m_decoded) {
        const Result<PolledItems> items = readItems(body.json, read.definition);
        if (!items) {
            if (!m_guess.warnings.contains(items.error().message))
                m_guess.warnings << items.error().message;
            continue;
        }
        withoutId += items->withoutId;
        duplicates += items->duplicates;
    }
    if (withoutId > 0)
        m_guess.warnings << QStringLiteral("%1 items have no id and are left out").arg(withoutId);
    if (duplicates > 0)
        m_guess.warnings
            << QStringLiteral(
                   "%1 items have an id that was there before: of those only the last is kept")
                   .arg(duplicates);
}

Guess Guesser::make()
{
    const RequestDraft draft = draftRequest(m_input.request);
    m_guess.secrets = draft.secrets;
    m_guess.reasons = draft.reasons;
    m_guess.warnings = draft.warnings;
    m_parts.request = draft.request;
    m_parts.auth = draft.auth;
    m_parts.keys = draft.keys;
    m_parts.replayFiles = draft.request.isEmpty() ? m_input.replayFiles : QString();
    readGiven();
    m_parts.name = channelName(url(), m_input.fallbackName);
    decode();
    if (!m_slices.empty()) {
        m_parts.isKnown = true;
        guessItems();
        if (m_guess.items.isEmpty()
            || (m_guess.items.first().shape == ChannelDefinition::Shape::Array
                && m_guess.items.first().count == 0))
            m_guess.warnings << QStringLiteral("the list is empty now, so nothing is known of its "
                                               "items: guess again when there are some");
        guessComparison();
        guessInterval();
        warnOfPages();
    }
    suggestParams();
    write();
    tryOut();
    return m_guess;
}

}

Result<DecodedBody> jsonOnly(const QByteArray &body, const QByteArray &contentType)
{
    const QByteArray text = body.startsWith("\xef\xbb\xbf") ? body.mid(3) : body;
    const QByteArray start = text.left(64).trimmed();
    if (start.isEmpty())
        return Error { QStringLiteral("empty_body"), QStringLiteral("it is empty") };
    if (start.startsWith('<'))
        return Error { QStringLiteral("not_json"),
                       contentType.toLower().contains("html")
                               || start.toLower().contains("<!doctype html")
                               || start.toLower().contains("<html")
                           ? QStringLiteral("it is a web page, not JSON")
                           : QStringLiteral("it is XML, not JSON") };
    if (const auto wrong = validateJson(text))
        return Error {
            QStringLiteral("not_json"),
            QStringLiteral("it is not JSON: %1 at byte %2").arg(wrong->message).arg(wrong->offset)
        };
    return DecodedBody { text };
}

Guess guess(const GuessInput &input)
{
    return Guesser(input).make();
}

}
