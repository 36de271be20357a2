#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <utility>

namespace restream {

struct HttpRequest;

/// How a call went, for a person who tries a definition out.
struct CallTrace
{
    QString request; ///< requestText()
    int status = 0; ///< 0: no answer
    QList<std::pair<QByteArray, QByteArray>> headers; ///< of the answer, as sent
};

/// Method, URL and headers as they are sent, one a line; "•••" in the place of keys. Pure.
QString requestText(const HttpRequest &request);

}
