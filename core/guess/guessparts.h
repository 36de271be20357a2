#pragma once

#include "core/config/channeldefinition.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace restream {

/// Why a member of the definition is as it is.
struct GuessReason
{
    QString member; ///< JSON Pointer into the definition
    QString text; ///< one clause; never a key's value
};

/// A place in the body that could hold the items.
struct ItemsCandidate
{
    QString pointer;
    ChannelDefinition::Shape shape = ChannelDefinition::Shape::Array;
    qsizetype count = 0; ///< the most in any poll
    QStringList samples; ///< the first items, compact and cut
    QString why;
    double score = 0; ///< higher is likelier; comparable within one guess only
};

/// Members that could be the items' id.
struct IdCandidate
{
    QStringList fields; ///< as in id_field
    double uniqueness = 0; ///< 0 to 1: the share of items that have one of their own
    double stability =
        -1; ///< 0 to 1: how much of the items it finds again in the next poll; -1: there is no next poll
    QString why;
    double score = 0; ///< higher is likelier; comparable within one guess only
};

}
