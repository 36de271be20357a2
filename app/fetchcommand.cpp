#include "app/fetchcommand.h"

#include "app/await.h"
#include "app/channelscommand.h"
#include "core/stream/callrequest.h"
#include "core/stream/formatbody.h"
#include "core/stream/jsontext.h"
#include "core/stream/statestore.h"

#include <QDateTime>
#include <QLocale>

namespace restream {
namespace {

QString counted(qsizetype count, const QString &noun)
{
    return QString::number(count) % u' ' % noun % (count == 1 ? QString() : u"s"_qs);
}

}

QByteArray itemLine(const PolledItem &item)
{
    return "{\"id\":" + jsonString(QByteArrayView(item.id)) + ",\"item\":" + compactJson(item.raw)
        + '}';
}

QString fetchSummary(const QByteArray &stream, const PolledItems &items, qint64 bytes, qint64 ms)
{
    QString text = QString::fromUtf8(stream) % QLatin1String(": ")
        % counted(qsizetype(items.items.size()), u"item"_qs) % u", "
        % QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat) % u" in "_qs
        % QString::number(double(ms) / 1000, 'f', 2) % u" s"_qs;
    if (items.withoutId > 0)
        text += u"; %1 without an id left out"_qs.arg(items.withoutId);
    if (items.duplicates > 0)
        text += u"; %1 with an id that was there before"_qs.arg(items.duplicates);
    if (items.beyondLimit > 0)
        text += u"; %1 beyond max_items left out"_qs.arg(items.beyondLimit);
    return text;
}

FetchCommand::FetchCommand(const ChannelSet &channels, KeyStore &keys, FetcherFactory fetchers,
                           AskLeave askLeave, Clock &clock, Console &console)
    : m_channels(channels),
      m_keys(keys),
      m_fetchers(std::move(fetchers)),
      m_askLeave(std::move(askLeave)),
      m_clock(clock),
      m_console(console)
{
}

ExitCode FetchCommand::fail(const Error &error)
{
    m_console.error(error.message);
    return ExitCode::Failed;
}

ExitCode FetchCommand::run(const QString &channel, const Params &given)
{
    const Result<ChannelDefinition> definition = findChannel(m_channels, channel);
    if (!definition)
        return fail(definition.error());
    const Result<Params> params = resolveParams(*definition, given);
    if (!params)
        return fail(params.error());
    const QByteArray stream = streamName(definition->name, *params);
    const qint64 start = m_clock.monotonicMs();
    const Result<FetchResult> answer = poll(*definition, *params);
    if (!answer)
        return fail(answer.error());
    switch (answer->kind) {
    case FetchResult::Kind::Body:
        return print(*definition, stream, *answer, m_clock.monotonicMs() - start);
    case FetchResult::Kind::NotModified:
    case FetchResult::Kind::NoContent:
        m_console.note(QString::fromUtf8(stream)
                       % QLatin1String(": the server answered without content"));
        return ExitCode::Ok;
    case FetchResult::Kind::Failed:
    case FetchResult::Kind::RateLimited:
    case FetchResult::Kind::Refused:
        break;
    }
    return fail({ answer->error.code,
                  QString::fromUtf8(stream) % QLatin1String(": ") % answer->error.message });
}

Result<FetchResult> FetchCommand::poll(const ChannelDefinition &definition, const Params &params)
{
    const auto keys = await<Result<Keys>>([&](auto done) {
        m_keys.readAll(definition.keyOwner(), definition.keyNames(), std::move(done));
    });
    if (!keys)
        return keys.error();
    const std::unique_ptr<Fetcher> fetcher = m_fetchers(definition);
    if (fetcher->isRemote()) {
        const Result<qint64> leave = m_askLeave(definition, params, *keys);
        if (!leave)
            return leave.error();
        if (*leave > 0) {
            const QString when =
                QDateTime::fromMSecsSinceEpoch(*leave, Qt::UTC).toString(Qt::ISODate);
            return Error { u"rate_limited"_qs,
                           u"the quota of %1 is used up; the next call may be made at %2"_qs.arg(
                               definition.name, when) };
        }
    }
    return await<FetchResult>([&](auto done) {
        fetcher->fetch({ params, *keys, {} }, std::move(done));
    });
}

ExitCode FetchCommand::print(const ChannelDefinition &definition, const QByteArray &stream,
                             const FetchResult &answer, qint64 ms)
{
    const Result<PolledItems> items = readBody(answer.body, answer.contentType, definition);
    if (!items)
        return fail({ items.error().code,
                      QString::fromUtf8(stream) % QLatin1String(": ") % items.error().message });
    for (const PolledItem &item : items->items)
        m_console.out(itemLine(item));
    m_console.note(fetchSummary(stream, *items, answer.body.size(), ms));
    return ExitCode::Ok;
}

AskLeave askStore(const QString &dataFolder, Clock &clock)
{
    return [dataFolder, &clock](const ChannelDefinition &definition, const Params &params,
                                const Keys &keys) -> Result<qint64> {
        const auto store = StateStore::open({ .folder = dataFolder, .bootId = {}, .guest = true });
        if (!store)
            return store.error();
        const CallRequest call =
            callRequest((*store)->salt(), definition, params, keys, clock.wallMs());
        return await<Result<qint64>>(
            [&](auto done) { (*store)->recordCall(call, std::move(done)); });
    };
}

}
