#include "ui/closechoice.h"

namespace restream {

CloseChoice closeChoice(const CloseSituation &situation)
{
    const bool goesOn = situation.subscribers > 0 || situation.minimiseToTray;
    if (!situation.hasTray)
        return situation.subscribers > 0 ? CloseChoice::Ask : CloseChoice::Quit;
    if (!goesOn)
        return CloseChoice::Quit;
    return situation.toldBefore ? CloseChoice::Hide : CloseChoice::HideAndTell;
}

}
