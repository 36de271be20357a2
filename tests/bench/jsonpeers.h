#pragma once

#include <QByteArray>

#include <memory>

namespace restream::bench {

/// Another way from a body to what it changed. Holds the items of the last body by their id.
class JsonPeer
{
public:
    virtual ~JsonPeer() = default;

    /// Parses `body` (an object whose "features" have an "id"), compares each item with the one held under its id, and holds the new ones. Returns how many
    /// were added, updated or removed. Ends the program where it is no JSON.
    virtual qsizetype take(const QByteArray &body) = 0;
};

/// QJsonDocument; what is updated is known as old and new value.
std::unique_ptr<JsonPeer> qtPeer();

/// nlohmann::json; each update is an RFC 6902 patch.
std::unique_ptr<JsonPeer> nlohmannPeer();

}
