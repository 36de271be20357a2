#pragma once

#include "core/result.h"

#include <QNetworkReply>
#include <QSslError>
#include <QUrl>

namespace restream {

/// "api.example.com", with ":PORT" where it isn't the scheme's own.
QString hostLabel(const QUrl &url);

/// What failed below HTTP, once for all, in our words: Qt's contain the URL. `begun`: the answer's head had come.
Error transportError(QNetworkReply::NetworkError error, const QString &host, bool begun);

/// Why the server's certificate was not accepted.
Error tlsError(const QList<QSslError> &errors, const QString &host);

/// True for errors that another address of the same host may not have.
bool mayBeOneAddressOnly(QNetworkReply::NetworkError error);

/// Why a redirect from `from` to `to` isn't followed; nothing where both are of one origin.
std::optional<Error> redirectProblem(const QUrl &from, const QUrl &to);

}
