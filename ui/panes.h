#pragma once

#include "core/clock.h"
#include "core/enginefacade.h"

#include <QWidget>

#include <functional>
#include <vector>

namespace restream {

class LogBook;

/// A tab or a dock beside the live view.
struct Pane
{
    QString id; ///< its place is kept under it; also the widget's object name
    QString title; ///< with its mnemonic
    QWidget *widget = nullptr; ///< the window owns it
    /// What is chosen now, each time that it changes; either may be null. Empty: it does not matter here.
    std::function<void(const ChannelInfo *, const StreamInfo *)> show;
    std::function<bool()> hasUnsavedChanges; ///< empty: never
};

/// What the panes are made of, and what they may ask of the window.
struct PaneHost
{
    EngineFacade &engine;
    const Clock &clock;
    LogBook *log = nullptr; ///< null: there is no tab of it
    QWidget *window = nullptr; ///< dialogs belong to it
    std::function<void(const QString &channel)> chooseChannel; ///< as soon as it is there
    std::function<void(const QString &channel, const Params &params)> chooseStream;
};

/// All that stands around the live view.
struct Panes
{
    std::vector<Pane> tabs; ///< behind Live
    std::vector<Pane> docks;
    std::function<void()> addChannel; ///< opens what adds one; empty: there is nothing that does
};

/// The one place where the window's parts are put together.
Panes makePanes(const PaneHost &host);

}
