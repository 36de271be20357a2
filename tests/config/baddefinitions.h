#pragma once

#include <QByteArray>
#include <QList>

namespace restream {

/// A definition, in a file called test.json, with one thing wrong.
struct BadDefinition
{
    const char *what;
    QByteArray json;
    int line;
    const char *member;
    const char *message; ///< what the message contains
};

/// All of them.
QList<BadDefinition> badDefinitions();
/// Those whose URL, headers or auth are at fault.
QList<BadDefinition> badRequests();

/// A definition that is right but for what is added on line 4.
QByteArray definitionWith(const char *members);
/// A definition whose request, on line 3, is `request`; its param `p` may be anything, `e` is an enum, `host` has a pattern, `opt` may be absent.
QByteArray definitionRequesting(const char *request);

}
