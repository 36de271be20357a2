#include "core/trial.h"

#include "core/config/definitionreader.h"
#include "core/poll/calltrace.h"
#include "core/stream/formatbody.h"
#include "core/stream/jsontext.h"

#include <QDateTime>

namespace restream {
namespace {

constexpr size_t shownItems = 200;

QString counted(qint64 count, const QString &one, const QString &many)
{
    return QString::number(count) % (count == 1 ? one : many);
}

/// What the items of a body would be, and what of it could not be used.
TryOutcome itemsOf(TryOutcome outcome, const QByteArray &contentType,
                   const ChannelDefinition &definition)
{
    const Result<PolledItems> polled = readBody(outcome.body, contentType, definition);
    if (!polled) {
        outcome.error = polled.error();
        return outcome;
    }
    outcome.items = qint64(polled->items.size());
    for (size_t i = 0; i < std::min(shownItems, polled->items.size()); ++i) {
        outcome.firstItems.emplace_back(polled->items[i].id, compactJson(polled->items[i].raw));
    }
    if (polled->items.empty())
        outcome.warnings.append(QStringLiteral("the list of items is empty now"));
    if (polled->withoutId > 0) {
        outcome.warnings.append(counted(polled->withoutId, QStringLiteral(" item has no usable id"),
                                        QStringLiteral(" items have no usable id"))
                                % QStringLiteral(" and would be skipped"));
    }
    if (polled->duplicates > 0) {
        outcome.warnings.append(
            counted(polled->duplicates, QStringLiteral(" id comes"), QStringLiteral(" ids come"))
            % QStringLiteral(" more than once; the last one counts"));
    }
    if (polled->beyondLimit > 0) {
        outcome.warnings.append(
            counted(polled->beyondLimit, QStringLiteral(" item is"), QStringLiteral(" items are"))
            % QStringLiteral(" beyond max_items"));
    }
    return outcome;
}

}

void Trial::end(std::optional<Error> error)
{
    m_outcome.error = std::move(error);
    const Done done = std::exchange(m_done, {});
    done(std::move(m_outcome));
}

void Trial::start(const QByteArray &json, const QString &file, const Params &params, Keys given)
{
    DefinitionRead read = readDefinition(json, file);
    if (!read.ok()) {
        QStringList lines;
        for (const DefinitionProblem &problem : read.problems)
            lines.append(problem.text());
        end(Error { QStringLiteral("bad_definition"), lines.join(u'\n') });
        return;
    }
    m_definition = std::move(read.definition);
    Result<Params> resolved = resolveParams(m_definition, params);
    if (!resolved) {
        end(resolved.error());
        return;
    }
    m_params = std::move(resolved).value();
    QStringList wanted;
    for (const QString &name : m_definition.keyNames()) {
        if (!given.contains(name))
            wanted.append(name);
    }
    if (wanted.isEmpty()) {
        gotKeys(Keys(), std::move(given));
        return;
    }
    m_context.readKeys(m_definition, wanted,
                       m_lifetime.guard([this, given = std::move(given)](const Result<Keys> &keys) {
                           gotKeys(keys, given);
                       }));
}

void Trial::gotKeys(const Result<Keys> &keys, Keys given)
{
    if (!keys) {
        end(keys.error());
        return;
    }
    given.insert(*keys);
    m_fetcher = m_context.fetchers(m_definition);
    if (!m_fetcher->isRemote()) {
        gotLeave(qint64(0), given);
        return;
    }
    m_context.askLeave(
        m_definition, m_params, given,
        m_lifetime.guard([this, given](const Result<qint64> &leave) { gotLeave(leave, given); }));
}

void Trial::gotLeave(const Result<qint64> &leave, const Keys &keys)
{
    if (!leave) {
        end(leave.error());
        return;
    }
    if (*leave > 0) {
        end(Error { QStringLiteral("rate_limited"),
                    QStringLiteral("the quota is used up; the next call may be made at %1")
                        .arg(QDateTime::fromMSecsSinceEpoch(*leave).toString(Qt::ISODate)) });
        return;
    }
    m_startMs = m_context.clock.monotonicMs();
    m_fetcher->fetch({ m_params, keys, {}, true },
                     m_lifetime.guard([this](FetchResult result) { fetched(std::move(result)); }));
}

void Trial::fetched(FetchResult result)
{
    m_outcome.tookMs = m_context.clock.monotonicMs() - m_startMs;
    if (result.trace) {
        m_outcome.request = result.trace->request;
        m_outcome.status = result.trace->status;
        m_outcome.headers = result.trace->headers;
    }
    m_outcome.body = std::move(result.body);
    switch (result.kind) {
    case FetchResult::Kind::Body:
        break;
    case FetchResult::Kind::NotModified:
    case FetchResult::Kind::NoContent:
        m_outcome.warnings.append(QStringLiteral("the server answered without content"));
        end({});
        return;
    case FetchResult::Kind::Failed:
    case FetchResult::Kind::RateLimited:
    case FetchResult::Kind::Refused:
        end(std::move(result.error));
        return;
    }
    m_context.worker.run([outcome = std::move(m_outcome), type = result.contentType,
                          definition = m_definition,
                          finish = m_lifetime.guard([this](TryOutcome &read) {
                              m_outcome = std::move(read);
                              end(m_outcome.error);
                          })]() mutable -> std::function<void()> {
        auto read = std::make_shared<TryOutcome>(itemsOf(std::move(outcome), type, definition));
        return [finish, read]() mutable { finish(*read); };
    });
}

}
