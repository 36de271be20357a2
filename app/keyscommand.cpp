#include "app/keyscommand.h"

#include "app/await.h"
#include "app/channelscommand.h"
#include "core/config/keystores.h"

namespace restream {
namespace {

QString entryName(const QString &channel, const QString &key)
{
    return channel % u'/' % key;
}

/// What the original's file says, under the channels that own the keys: an owner's own value goes before that of a channel that borrows it.
QMap<QString, Keys> byOwner(const QMap<QString, Keys> &given,
                            const std::function<QString(const QString &)> &ownerOf)
{
    QMap<QString, Keys> owned;
    for (auto channel = given.begin(); channel != given.end(); ++channel) {
        const QString owner = ownerOf(channel.key());
        for (auto key = channel->begin(); key != channel->end(); ++key) {
            if (owner == channel.key() || !owned[owner].contains(key.key()))
                owned[owner].insert(key.key(), key.value());
        }
    }
    return owned;
}

}

KeysCommand::KeysCommand(const ChannelSet &channels, KeyStore &store, Console &console)
    : m_channels(channels),
      m_store(store),
      m_console(console)
{
}

QString KeysCommand::ownerOf(const QString &channel) const
{
    const auto found = m_channels.channels.constFind(channel);
    return found == m_channels.channels.constEnd() ? channel : found->keyOwner();
}

Result<void> KeysCommand::write(const QString &channel, const QString &key, const QString &value)
{
    return await<Result<void>>(
        [&](auto done) { m_store.write(channel, key, value, std::move(done)); });
}

ExitCode KeysCommand::fail(const Error &error)
{
    m_console.error(error.message);
    return ExitCode::Failed;
}

ExitCode KeysCommand::list(const QString &channel)
{
    if (!channel.isEmpty()) {
        if (const Result<ChannelDefinition> found = findChannel(m_channels, channel); !found)
            return fail(found.error());
    }
    QMap<QString, std::pair<QString, QString>> entries;
    qsizetype width = 0;
    for (const ChannelDefinition &definition : m_channels.channels) {
        if (!channel.isEmpty() && definition.name != channel)
            continue;
        for (const QString &key : definition.keyNames()) {
            const QString entry = entryName(definition.keyOwner(), key);
            entries.insert(entry, { definition.keyOwner(), key });
            width = std::max(width, entry.size());
        }
    }
    ExitCode code = ExitCode::Ok;
    QStringList told;
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
        const auto value = await<Result<QString>>(
            [&](auto done) { m_store.read(entry->first, entry->second, std::move(done)); });
        QString state = u"set"_qs;
        if (!value && value.error().code == u"key_missing") {
            state = u"missing"_qs;
        } else if (!value) {
            state = u"unknown"_qs;
            code = ExitCode::Failed;
            if (!told.contains(value.error().message))
                m_console.error(told.emplaceBack(value.error().message));
        }
        m_console.out(QString(entry.key().leftJustified(width + 2) % state));
    }
    if (entries.isEmpty())
        m_console.note(channel.isEmpty() ? u"no channel needs a key"_qs
                                         : u"channel \"%1\" needs no key"_qs.arg(channel));
    return code;
}

ExitCode KeysCommand::set(const QString &channel, const QString &key,
                          const std::function<Result<QString>()> &read)
{
    const Result<ChannelDefinition> definition = findChannel(m_channels, channel);
    if (!definition)
        return fail(definition.error());
    const QStringList names = definition->keyNames();
    if (names.isEmpty())
        return fail({ u"unknown_key"_qs, u"channel \"%1\" needs no key"_qs.arg(channel) });
    if (!names.contains(key))
        return fail({ u"unknown_key"_qs,
                      u"channel \"%1\" has no key \"%2\"; it needs %3"_qs.arg(
                          channel, key, names.join(u", "_qs)) });
    const Result<QString> value = read();
    if (!value)
        return fail(value.error());
    const QString owner = definition->keyOwner();
    if (const Result<void> written = write(owner, key, *value); !written)
        return fail({ written.error().code, u"not saved: "_qs % written.error().message });
    m_console.note(u"%1 is set in %2"_qs.arg(entryName(owner, key), m_store.description()));
    return ExitCode::Ok;
}

ExitCode KeysCommand::remove(const QString &channel, const QString &key)
{
    const QString owner = ownerOf(channel);
    const auto removed =
        await<Result<void>>([&](auto done) { m_store.remove(owner, key, std::move(done)); });
    if (!removed)
        return fail(removed.error());
    m_console.note(u"%1 is no longer in %2"_qs.arg(entryName(owner, key), m_store.description()));
    return ExitCode::Ok;
}

ExitCode KeysCommand::import(const QByteArray &json)
{
    const Result<QMap<QString, Keys>> given = parseKeysFile(json);
    if (!given)
        return fail(given.error());
    const QMap<QString, Keys> owned =
        byOwner(*given, [this](const QString &channel) { return ownerOf(channel); });
    int stored = 0;
    int failed = 0;
    for (auto channel = owned.begin(); channel != owned.end(); ++channel) {
        if (!m_channels.channels.contains(channel.key()))
            m_console.note(
                u"note: there is no channel \"%1\" now; its keys are stored all the same"_qs.arg(
                    channel.key()));
        for (auto key = channel->begin(); key != channel->end(); ++key) {
            const QString entry = entryName(channel.key(), key.key());
            const Result<void> written = write(channel.key(), key.key(), key.value());
            if (written)
                m_console.out(entry);
            else
                m_console.error(u"%1 was not saved: %2"_qs.arg(entry, written.error().message));
            ++(written ? stored : failed);
        }
    }
    m_console.note(u"%1 of %2 keys stored in %3"_qs.arg(stored)
                       .arg(stored + failed)
                       .arg(m_store.description()));
    return failed > 0 ? ExitCode::Failed : ExitCode::Ok;
}

}
