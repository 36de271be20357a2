#pragma once

#include "core/enginefacade.h"

#include <QObject>

#include <optional>

class QAction;

namespace restream {

/// What can be done with a channel, as actions for menus; they act on the one that was set last. Windows and messages are others' business.
class ChannelActions final : public QObject
{
    Q_OBJECT

public:
    /// The engine outlives it.
    explicit ChannelActions(EngineFacade &engine, QObject *parent = nullptr);

    /// Null: none is chosen.
    void setChannel(const ChannelInfo *channel);
    /// What it has as a subject now: for "Poll Now". Empty: none is watched.
    void setStream(const QByteArray &stream);

    [[nodiscard]] QAction *add() const { return m_add; }
    /// Those that act on the channel, in the order of a menu.
    [[nodiscard]] QList<QAction *> ofChannel() const;

    /// Brings a deleted definition back.
    void undoRemoval(const QString &channel, const QByteArray &json);

signals:
    void addRequested();
    void editRequested(const QString &channel);
    /// It is there as soon as the engine has read it.
    void created(const QString &channel);
    /// `json`: as it was, for undoRemoval().
    void removed(const QString &channel, const QByteArray &json, bool fromCatalog);
    /// A channel with subscribers is to be deleted: call remove() where that is meant.
    void removalDoubtful(const QString &channel, int subscribers);
    void failed(const QString &text);
    void said(const QString &text);

public slots:
    void remove();

private:
    void makeActions();
    void askRemoval();
    void duplicate();
    void copyItemsAddress() const;
    void copyDefinition();
    void pollNow();
    [[nodiscard]] int subscribers() const;

    EngineFacade &m_engine;
    std::optional<ChannelInfo> m_channel;
    QByteArray m_stream;
    QAction *m_add = nullptr;
    QAction *m_edit = nullptr;
    QAction *m_duplicate = nullptr;
    QAction *m_remove = nullptr;
    QAction *m_copyAddress = nullptr;
    QAction *m_copyDefinition = nullptr;
    QAction *m_pollNow = nullptr;
    QAction *m_documentation = nullptr;
};

/// Where other programs read the items of a stream: http://127.0.0.1:7999/v1/channels/NAME/items?param=value.
QString itemsAddress(const QString &serverUrl, const QString &channel, const QByteArray &stream);

}
