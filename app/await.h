#pragma once

#include "core/result.h"

#include <QEventLoop>

#include <functional>
#include <optional>

namespace restream {

/// Runs `start` and the event loop until the callback that it was given was called; for commands, which do one thing after another.
template<typename T>
T await(const std::function<void(std::function<void(T)>)> &start)
{
    std::optional<T> outcome;
    QEventLoop loop;
    start([&](T value) {
        outcome.emplace(std::move(value));
        loop.quit();
    });
    if (!outcome)
        loop.exec();
    return std::move(*outcome);
}

}
