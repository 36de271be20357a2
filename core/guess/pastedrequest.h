#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>

namespace restream {

/// A request as somebody pasted it. It may hold keys: never log or show it.
struct PastedRequest
{
    QString
        url; ///< absolute, http or https, percent-encoded; empty where `definition` is all there is
    QString method = QStringLiteral("GET");
    QList<std::pair<QString, QString>> headers; ///< as written; a cookie is one of them
    QByteArray body; ///< of a POST
    QString user; ///< of -u, or of the URL
    QString password;
    double timeoutSeconds = 0; ///< 0: not said
    QByteArray definition; ///< a whole definition's JSON; empty: none was pasted
    QStringList notes; ///< what was not taken, and why; never a key's value
};

/// Reads a curl command: of curl's own manual, or a browser's "Copy as cURL" for bash and for cmd. Pure. Errors: `bad_command` (not curl, a quote left open, no
/// URL, an option that sends files or changes data).
Result<PastedRequest> parseCurl(const QString &text);

/// Reads whatever people paste: a URL, a curl command, or a whole definition. Pure. Errors: `bad_command`, `bad_url`, `bad_definition`.
Result<PastedRequest> parsePasted(const QString &text);

/// `text` as an absolute http(s) URL, percent-encoded; "example.com/x" becomes https. Error: `bad_url`.
Result<QString> readPastedUrl(const QString &text);

}
