#pragma once

namespace restream {

/// Lets this process open as many files and connections as it is allowed to (the soft limit becomes the hard one). Any thread.
void raiseDescriptorLimit();
/// How many files and connections may be open at once. Any thread.
int descriptorLimit();

}
