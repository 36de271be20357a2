#include "ui/channelactions.h"

#include "ui/channelcopy.h"
#include "ui/statustext.h"

#include <QAction>
#include <QClipboard>
#include <QDateTime>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QUrl>

#include <algorithm>

namespace restream {

QString itemsAddress(const QString &serverUrl, const QString &channel, const QByteArray &stream)
{
    const qsizetype params = stream.indexOf('?');
    return serverUrl % QLatin1String("v1/channels/") % channel % QLatin1String("/items")
        % (params < 0 ? QString() : QString::fromLatin1(stream.mid(params)));
}

ChannelActions::ChannelActions(EngineFacade &engine, QObject *parent)
    : QObject(parent),
      m_engine(engine)
{
    makeActions();
    setChannel(nullptr);
}

void ChannelActions::makeActions()
{
    const auto make = [this](const QString &text, const QKeySequence &keys, const auto &what) {
        auto *action = new QAction(text, this);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, what);
        return action;
    };
    m_add = make(tr("&Add a Channel…"), QKeySequence::New, [this] { emit addRequested(); });
    m_edit = make(tr("&Edit"), QKeySequence(tr("Ctrl+E")),
                  [this] { emit editRequested(m_channel->name); });
    m_duplicate = make(tr("&Duplicate"), QKeySequence(tr("Ctrl+D")), [this] { duplicate(); });
    m_remove = make({}, QKeySequence(tr("Ctrl+Del")), [this] { askRemoval(); });
    m_pollNow = make(tr("&Poll Now"), QKeySequence::Refresh, [this] { pollNow(); });
    m_copyAddress = make(tr("Copy the Address of Its &Items"), QKeySequence(tr("Ctrl+Shift+I")),
                         [this] { copyItemsAddress(); });
    m_copyDefinition = make(tr("Copy Its De&finition"), {}, [this] { copyDefinition(); });
    m_documentation = make(tr("Open the API's D&ocumentation"), {},
                           [this] { QDesktopServices::openUrl(QUrl(m_channel->docUrl)); });
}

QList<QAction *> ChannelActions::ofChannel() const
{
    return { m_edit,        m_duplicate,      m_remove,       m_pollNow,
             m_copyAddress, m_copyDefinition, m_documentation };
}

void ChannelActions::setChannel(const ChannelInfo *channel)
{
    m_channel = channel ? std::optional(*channel) : std::nullopt;
    for (QAction *action : ofChannel())
        action->setEnabled(m_channel.has_value());
    const bool own = m_channel && !m_channel->builtIn;
    // The recordings of a channel of the catalog are where no copy finds them.
    m_duplicate->setEnabled(m_channel && (own || !m_channel->apiUrl.isEmpty()));
    m_remove->setEnabled(own);
    m_remove->setText(own && m_channel->replacesBuiltIn ? tr("&Restore the Catalog's Version")
                                                        : tr("De&lete"));
    m_documentation->setEnabled(m_channel && !m_channel->docUrl.isEmpty());
    setStream(m_stream);
}

void ChannelActions::setStream(const QByteArray &stream)
{
    m_stream = stream;
    m_pollNow->setEnabled(m_channel && !stream.isEmpty());
    m_copyAddress->setEnabled(m_channel && !m_engine.snapshot().url.isEmpty());
}

int ChannelActions::subscribers() const
{
    int count = 0;
    for (const StreamInfo &stream : m_engine.snapshot().streams)
        count += m_channel && stream.channel == m_channel->name ? stream.subscribers : 0;
    return count;
}

void ChannelActions::askRemoval()
{
    const int count = subscribers();
    if (count > 0 && !m_channel->replacesBuiltIn)
        emit removalDoubtful(m_channel->name, count);
    else
        remove();
}

void ChannelActions::remove()
{
    if (!m_channel || m_channel->builtIn)
        return;
    const QString name = m_channel->name;
    const bool fromCatalog = m_channel->replacesBuiltIn;
    m_engine.readDefinition(name, [this, name, fromCatalog](const Result<DefinitionSource> &read) {
        if (!read) {
            emit failed(read.error().message);
            return;
        }
        const QByteArray json = read->json;
        m_engine.removeDefinition(name, read->version,
                                  [this, name, json, fromCatalog](const Result<void> &outcome) {
                                      if (outcome)
                                          emit removed(name, json, fromCatalog);
                                      else
                                          emit failed(outcome.error().message);
                                  });
    });
}

void ChannelActions::undoRemoval(const QString &channel, const QByteArray &json)
{
    m_engine.saveDefinition(channel, json, {},
                            [this, channel](const Result<DefinitionSource> &saved) {
                                if (saved)
                                    emit created(channel);
                                else
                                    emit failed(saved.error().message);
                            });
}

void ChannelActions::duplicate()
{
    QStringList taken;
    for (const ChannelInfo &channel : m_engine.snapshot().channels)
        taken.append(channel.name);
    const QString name = nameOfCopy(m_channel->name, taken);
    const QString keysFrom = m_channel->keys.isEmpty() ? QString() : m_channel->keyOwner;
    m_engine.readDefinition(m_channel->name,
                            [this, name, keysFrom](const Result<DefinitionSource> &read) {
                                if (read)
                                    undoRemoval(name, copyOfDefinition(read->json, name, keysFrom));
                                else
                                    emit failed(read.error().message);
                            });
}

void ChannelActions::copyItemsAddress() const
{
    QGuiApplication::clipboard()->setText(
        itemsAddress(m_engine.snapshot().url, m_channel->name, m_stream));
}

void ChannelActions::copyDefinition()
{
    m_engine.readDefinition(m_channel->name, [this](const Result<DefinitionSource> &read) {
        if (read)
            QGuiApplication::clipboard()->setText(QString::fromUtf8(read->json));
        else
            emit failed(read.error().message);
    });
}

void ChannelActions::pollNow()
{
    m_engine.pollNow(m_stream, [this](const Result<qint64> &when) {
        if (!when)
            emit failed(when.error().message);
        else
            emit said(tr("Polls %1").arg(inText(*when, QDateTime::currentMSecsSinceEpoch())));
    });
}

}
