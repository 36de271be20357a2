#include "ui/channelstate.h"

#include <QCoreApplication>

namespace restream {

QString stateText(ChannelState state)
{
    const auto tr = [](const char *text) {
        return QCoreApplication::translate("restream::ChannelState", text);
    };
    switch (state) {
    case ChannelState::Idle:
        return tr(QT_TRANSLATE_NOOP("restream::ChannelState", "Idle"));
    case ChannelState::Live:
        return tr(QT_TRANSLATE_NOOP("restream::ChannelState", "Live"));
    case ChannelState::RateLimited:
        return tr(QT_TRANSLATE_NOOP("restream::ChannelState", "Rate limited"));
    case ChannelState::Failing:
        return tr(QT_TRANSLATE_NOOP("restream::ChannelState", "Failing"));
    case ChannelState::Paused:
        return tr(QT_TRANSLATE_NOOP("restream::ChannelState", "Paused"));
    }
    Q_UNREACHABLE();
}

ChannelState channelState(StreamStatus::State state)
{
    switch (state) {
    case StreamStatus::State::Live:
        return ChannelState::Live;
    case StreamStatus::State::Failing:
        return ChannelState::Failing;
    case StreamStatus::State::RateLimited:
        return ChannelState::RateLimited;
    case StreamStatus::State::Paused:
        return ChannelState::Paused;
    }
    Q_UNREACHABLE();
}

}
