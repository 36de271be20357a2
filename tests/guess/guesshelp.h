#pragma once

#include "core/config/definitionreader.h"
#include "core/guess/guess.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

namespace restream {

/// A guess from consecutive JSON bodies of https://api.example.com/things.
inline Guess guessOf(const QByteArrayList &bodies,
                     const QString &pasted = QStringLiteral("https://api.example.com/things"),
                     const QList<std::pair<QByteArray, QByteArray>> &headers = {})
{
    GuessInput input;
    const Result<PastedRequest> request = parsePasted(pasted);
    if (request)
        input.request = *request;
    for (const QByteArray &body : bodies)
        input.polls.push_back({ 200, headers, body, 0 });
    return guess(input);
}

/// The definition as the program's own reader takes it.
inline ChannelDefinition definitionOf(const Guess &guess)
{
    return readDefinition(guess.definition, {}).definition;
}

inline QJsonObject objectOf(const Guess &guess)
{
    return QJsonDocument::fromJson(guess.definition).object();
}

/// Why a member is as it is; "" where nothing is said of it.
inline QString reasonFor(const Guess &guess, const QString &member)
{
    for (const GuessReason &reason : guess.reasons) {
        if (reason.member == member)
            return reason.text;
    }
    return {};
}

}
