#pragma once

#include "core/config/channeldefinition.h"
#include "core/guess/guessparts.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace restream {

/// What a proposed definition is written of.
struct DefinitionParts
{
    QByteArray given; ///< a definition that was pasted; its members stay. Empty: none
    QString name;
    QString description;
    QByteArray request; ///< JSON; empty: none
    QByteArray auth;
    QByteArray keys;
    QString replayFiles; ///< where there is no request
    QString format; ///< empty: by Content-Type
    bool isKnown = false; ///< an answer was seen; without it nothing below is written
    QString items;
    ChannelDefinition::Shape shape = ChannelDefinition::Shape::Auto;
    QStringList idField;
    QStringList ignore;
    RemovalRule removal;
    bool ordered = false;
    qsizetype maxItems = 0; ///< 0: the default
    double intervalSeconds = 0;
    QList<QuotaRule> quota;
};

/// Pretty JSON, with a line break at its end. Members in the order of docs/channel.md, those of `given` that are not known last.
QByteArray writeDefinition(const DefinitionParts &parts);

/// Into the same order.
void sortReasons(QList<GuessReason> &reasons);

}
