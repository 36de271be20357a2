#include "app/guesscommand.h"

#include "app/await.h"
#include "core/config/definitionreader.h"
#include "core/poll/httperrors.h"
#include "fetchers/answerreader.h"
#include "fetchers/requestbuilder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace restream {
namespace {

QByteArray contentTypeOf(const QString &path)
{
    static const QHash<QString, QByteArray> types {
        { u"json"_qs, "application/json" },       { u"geojson"_qs, "application/geo+json" },
        { u"xml"_qs, "application/xml" },         { u"rss"_qs, "application/rss+xml" },
        { u"atom"_qs, "application/atom+xml" },   { u"csv"_qs, "text/csv" },
        { u"ndjson"_qs, "application/x-ndjson" }, { u"jsonl"_qs, "application/x-ndjson" }
    };
    return types.value(QFileInfo(path).suffix().toLower());
}

/// The files that a channel replays where there is no URL: all of their kind, beside its definition.
QString globOf(const QString &path)
{
    const QFileInfo info(path);
    const QString folder = info.absoluteDir().dirName();
    const QString suffix = info.suffix().isEmpty() ? QString() : QString(u'.' % info.suffix());
    return (folder.isEmpty() ? u"recorded"_qs : folder) % u"/*"_qs % suffix;
}

}

GuessCommand::GuessCommand(HttpClient &client, AskLeave askLeave, Clock &clock, Console &console)
    : m_client(client),
      m_askLeave(std::move(askLeave)),
      m_clock(clock),
      m_console(console)
{
}

Result<void> GuessCommand::readRequest(const QString &text)
{
    if (!m_input.request.url.isEmpty())
        return Error { u"usage"_qs, u"one URL or one curl command is needed, not several"_qs };
    Result<PastedRequest> request = parsePasted(text);
    if (!request)
        return request.error();
    if (request->url.isEmpty())
        return Error {
            u"usage"_qs,
            u"that is a definition already; \"restreamd check\" says what is wrong with one"_qs
        };
    m_input.request = *std::move(request);
    return {};
}

Result<void> GuessCommand::readFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error { u"file"_qs, u"%1: %2"_qs.arg(path, file.errorString()) };
    GuessPoll poll;
    poll.body = file.readAll();
    poll.headers.append({ "Content-Type", contentTypeOf(path) });
    m_input.polls.push_back(std::move(poll));
    if (m_input.fallbackName.isEmpty()) {
        m_input.fallbackName = QFileInfo(path).baseName();
        m_input.replayFiles = globOf(path);
    }
    return {};
}

Result<void> GuessCommand::read(const QStringList &words, const QString &curl)
{
    if (!curl.isEmpty()) {
        if (Result<void> done = readRequest(curl); !done)
            return done;
    }
    for (qsizetype i = 0; i < words.size(); ++i) {
        const bool isFile = QFileInfo(words[i]).isFile();
        const Result<void> done = isFile ? readFile(words[i]) : readRequest(words[i]);
        // The word itself is not repeated: it may hold a key.
        if (!done)
            return isFile || done.error().code == u"usage"
                ? done.error()
                : Error { done.error().code,
                          u"argument %1 is no file, and %2"_qs.arg(i + 1).arg(
                              done.error().message) };
    }
    return {};
}

/// One call, counted like any other.
Result<void> GuessCommand::call()
{
    const Guess draft = guess(m_input);
    if (!draft.problems.isEmpty())
        return Error { u"not_supported"_qs, draft.problems.join(u"; "_qs) };
    const ChannelDefinition definition = readDefinition(draft.definition, {}).definition;
    Keys keys;
    for (const GuessedSecret &secret : draft.secrets) {
        if (secret.value.isEmpty())
            return Error { u"key_missing"_qs,
                           u"a placeholder stands where the key belongs: put the key in its place "
                           u"(it is used for this call only), or "
                           "give recorded answers as files"_qs };
        keys.insert(secret.keyName, secret.value);
    }
    Result<HttpRequest> request = buildRequest(definition, {}, keys);
    if (!request)
        return request.error();
    request->wantsHeaders = true;
    const QString host = hostLabel(request->url);
    const Result<qint64> leave = m_askLeave(definition, {}, keys);
    if (!leave)
        return leave.error();
    std::unique_ptr<HttpCall> call;
    auto answer = await<Result<HttpAnswer>>(
        [&](auto done) { call = m_client.get(*std::move(request), std::move(done)); });
    if (!answer)
        return Error { answer.error().code, redacted(answer.error().message, keys) };
    constexpr int noContent = 204;
    if (answer->status == noContent)
        return Error { u"no_content"_qs, u"%1 answered without content"_qs.arg(host) };
    GuessPoll poll { answer->status, answer->headers, answer->body, m_clock.wallMs() };
    if (answer->status / 100 != 2)
        return readAnswer(*std::move(answer), definition, keys, host, m_clock.wallMs()).error;
    m_input.polls.push_back(std::move(poll));
    return {};
}

void GuessCommand::printKeys(const Guess &guess)
{
    if (guess.secrets.isEmpty())
        return;
    const QString name = readDefinition(guess.definition, {}).definition.name;
    m_console.note(
        u"The key that was found is not in the definition. Once %1.json is among your channels, store it:"_qs
            .arg(name));
    for (const GuessedSecret &secret : guess.secrets)
        m_console.note(u"  restreamd keys set %1 %2"_qs.arg(name, secret.keyName));
}

void GuessCommand::print(const Guess &guess)
{
    m_console.out(guess.definition.chopped(1));
    for (const GuessReason &reason : guess.reasons)
        m_console.note(reason.member % u": "_qs % reason.text);
    for (const ItemsCandidate &place : guess.items.mid(1, 3)) {
        if (place.count > 1)
            m_console.note(u"or /items \"%1\": %2 items"_qs.arg(place.pointer).arg(place.count));
    }
    for (const IdCandidate &id : guess.ids.mid(1, 3)) {
        if (id.score > 0)
            m_console.note(u"or /id_field %1"_qs.arg(id.fields.join(u", "_qs)));
    }
    for (const GuessReason &suggestion : guess.suggestions)
        m_console.note(u"perhaps %1: %2"_qs.arg(suggestion.member, suggestion.text));
    for (const QString &warning : guess.warnings)
        m_console.note(u"warning: "_qs % warning);
    printKeys(guess);
    for (const QString &problem : guess.problems)
        m_console.error(problem);
}

ExitCode GuessCommand::run(const QStringList &words, const QString &curl)
{
    m_input = {};
    Result<void> done = read(words, curl);
    if (done && m_input.polls.empty())
        done = call();
    if (!done) {
        m_console.error(done.error().message);
        return done.error().code == u"usage" ? ExitCode::Usage : exitCodeFor(done.error());
    }
    const Guess made = guess(m_input);
    print(made);
    if (made.items.isEmpty())
        m_console.error(u"no answer could be used, so the definition lacks items and id_field"_qs);
    return made.items.isEmpty() || !made.problems.isEmpty() ? ExitCode::Failed : ExitCode::Ok;
}

}
