#pragma once

#include <QtGlobal>

namespace restream {

/// What there is to know when the window is closed.
struct CloseSituation
{
    int subscribers = 0;
    bool hasTray = false;
    bool minimiseToTray = false; ///< the user's wish, whether or not anyone subscribes
    bool toldBefore = false; ///< that the program goes on in the tray
};

enum class CloseChoice {
    Quit,
    Hide, ///< serve on in the tray
    HideAndTell, ///< and say so
    Ask ///< there is no tray to serve on in
};

/// Nobody who subscribes is cut off because a window was closed. Pure.
CloseChoice closeChoice(const CloseSituation &situation);

}
