#pragma once

#include "core/config/params.h"
#include "core/result.h"
#include "core/serve/encoder.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace restream {

/// What a client saw last. Made of anything that was given: what is no epoch and seq matches nothing.
struct ResumePoint
{
    QByteArray epoch;
    qint64 seq = -1;
};

/// A message of a client, in either protocol (docs/protocol.md §3 and §4).
struct ClientMessage
{
    enum class Action { Subscribe, Unsubscribe, UnsubscribeAll, List, Ping, Auth };
    enum class Protocol { Items, Changes }; ///< /channels, /v1/stream

    Action action = Action::Ping;
    QString channel;
    Params params; ///< as given; a number or a boolean is its JSON text as sent
    QByteArray ref; ///< its JSON text; empty: none
    UpdateForm updates = UpdateForm::Item;
    bool snapshot = true;
    std::optional<ResumePoint> since;
};

/// A message, or why it is none.
struct ParsedMessage
{
    ClientMessage message; ///< with an error, `ref` is still good
    std::optional<Error> error; ///< bad_message, unknown_action, bad_param
};

/// Reads one message. Pure. Members that it does not know are passed over; of duplicate members the last counts.
ParsedMessage parseClientMessage(QByteArrayView text, ClientMessage::Protocol protocol);

}
