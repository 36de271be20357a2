#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <utility>
#include <vector>

namespace restream {

/// The head of an HTTP/1.x request, checked (RFC 9112).
struct HttpRequestHead
{
    QByteArray method; ///< as sent; methods are case-sensitive
    QByteArray path; ///< starts with '/', still percent-encoded
    QByteArray query; ///< what follows '?', still percent-encoded; empty: none
    int minorVersion = 1; ///< of HTTP/1.x
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< names in lower case, values trimmed
    qsizetype headSize = 0; ///< bytes up to and with the empty line

    /// All values of `name` (lower case) joined with ", "; null where it is absent.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    /// Whether the comma-separated list in `name` holds `token`, in any case.
    [[nodiscard]] bool hasToken(QByteArrayView name, QByteArrayView token) const;
    /// Whether the connection stays for another request (RFC 9112 §9.3; HTTP/1.0 never stays).
    [[nodiscard]] bool keepsAlive() const;
    [[nodiscard]] bool hasBody() const;
    [[nodiscard]] bool wantsWebSocket() const;
};

/// What the bytes that came so far are.
struct HttpParse
{
    enum class State { Incomplete, Complete, Bad };

    State state = State::Incomplete;
    HttpRequestHead request; ///< Complete
    int status = 0; ///< Bad: 400, 414, 431, 505
    QString problem; ///< Bad: one sentence
};

/// Reads a request head from the start of `bytes`; what follows it is not looked at. Pure.
/// Strict where leniency has let requests be smuggled or misread: bare line feeds, folded lines, white space before a colon,
/// control characters, a second Host or Origin, an absolute-form target and conflicting lengths are all refused.
HttpParse parseHttpRequestHead(QByteArrayView bytes, qint64 maxHead);

}
