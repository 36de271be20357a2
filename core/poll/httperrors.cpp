#include "core/poll/httperrors.h"

#include <QDateTime>
#include <QSslCertificate>

namespace restream {
namespace {

int effectivePort(const QUrl &url)
{
    return url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
}

QString day(const QDateTime &time)
{
    return time.toUTC().date().toString(Qt::ISODate);
}

QString tlsReason(const QSslError &error)
{
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return QStringLiteral("its certificate expired on %1; whoever runs it must renew it (or "
                              "this machine's clock is wrong)")
            .arg(day(error.certificate().expiryDate()));
    case QSslError::CertificateNotYetValid:
        return QStringLiteral("its certificate is valid only from %1; check this machine's clock")
            .arg(day(error.certificate().effectiveDate()));
    case QSslError::HostNameMismatch:
        return QStringLiteral(
            "its certificate is for another name; check the host in the channel's URL");
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
        return QStringLiteral("its certificate is self-signed; add it to this machine's trusted "
                              "certificates if you trust it");
    case QSslError::CertificateRevoked:
    case QSslError::CertificateBlacklisted:
        return QStringLiteral("its certificate was revoked; whoever runs it must get a new one");
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::CertificateUntrusted:
        return QStringLiteral("nobody whom this machine trusts vouches for its certificate; "
                              "install ca-certificates, or add the issuer to the trusted ones");
    default:
        return QStringLiteral("its certificate is not valid");
    }
}

// Where several things are wrong, the one that a person can understand and act on.
int rank(QSslError::SslError error)
{
    switch (error) {
    case QSslError::CertificateRevoked:
    case QSslError::CertificateBlacklisted:
        return 0;
    case QSslError::CertificateExpired:
    case QSslError::CertificateNotYetValid:
        return 1;
    case QSslError::HostNameMismatch:
        return 2;
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
        return 3;
    default:
        return 4;
    }
}

}

QString hostLabel(const QUrl &url)
{
    const QString host = url.host(QUrl::FullyEncoded);
    const QString shown =
        host.contains(QLatin1Char(':')) ? QLatin1Char('[') % host % QLatin1Char(']') : host;
    const QUrl plain(url.scheme() % QStringLiteral("://x"));
    return effectivePort(url) == effectivePort(plain)
        ? shown
        : shown % QLatin1Char(':') % QString::number(url.port());
}

Error transportError(QNetworkReply::NetworkError error, const QString &host, bool begun)
{
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return { QStringLiteral("connection_refused"),
                 QStringLiteral("%1 refused the connection: nothing listens there now; check the "
                                "host and port in the channel's URL")
                     .arg(host) };
    case QNetworkReply::RemoteHostClosedError:
        if (begun)
            return {
                QStringLiteral("incomplete"),
                QStringLiteral("the connection to %1 broke before the body was complete").arg(host)
            };
        return { QStringLiteral("connection_closed"),
                 QStringLiteral("%1 closed the connection without an answer").arg(host) };
    case QNetworkReply::HostNotFoundError:
        return { QStringLiteral("dns_failed"),
                 QStringLiteral("the host %1 was not found; check its name in the channel's URL "
                                "and this machine's network")
                     .arg(host) };
    case QNetworkReply::TimeoutError:
        return { QStringLiteral("timeout"),
                 QStringLiteral("%1 can't be reached: the connection timed out").arg(host) };
    case QNetworkReply::SslHandshakeFailedError:
        return { QStringLiteral("tls_failed"),
                 QStringLiteral("no secure connection to %1: it does not speak TLS 1.2 or later "
                                "there; check the scheme and port in the channel's URL")
                     .arg(host) };
    case QNetworkReply::NoError: // ended without a head
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
    case QNetworkReply::ProtocolInvalidOperationError:
    case QNetworkReply::UnknownContentError:
        return { QStringLiteral("bad_response"),
                 QStringLiteral("the answer of %1 is not HTTP, or its head is too long; check the "
                                "host and port in the channel's URL")
                     .arg(host) };
    default:
        return { QStringLiteral("unreachable"),
                 QStringLiteral("%1 can't be reached; check this machine's network").arg(host) };
    }
}

Error tlsError(const QList<QSslError> &errors, const QString &host)
{
    const auto worst =
        std::min_element(errors.begin(), errors.end(), [](const QSslError &a, const QSslError &b) {
            return rank(a.error()) < rank(b.error());
        });
    if (worst == errors.end())
        return transportError(QNetworkReply::SslHandshakeFailedError, host, false);
    return { QStringLiteral("tls_failed"),
             QStringLiteral("no secure connection to %1: %2").arg(host, tlsReason(*worst)) };
}

bool mayBeOneAddressOnly(QNetworkReply::NetworkError error)
{
    return error == QNetworkReply::ConnectionRefusedError || error == QNetworkReply::TimeoutError
        || error == QNetworkReply::HostNotFoundError || error == QNetworkReply::UnknownNetworkError
        || error == QNetworkReply::TemporaryNetworkFailureError;
}

std::optional<Error> redirectProblem(const QUrl &from, const QUrl &to)
{
    const auto refused = [&](const QString &why) {
        return Error { QStringLiteral("redirect_refused"),
                       QStringLiteral("%1 redirects %2").arg(hostLabel(from), why) };
    };
    if (!to.isValid() || to.scheme().isEmpty())
        return refused(QStringLiteral("to something that is no URL"));
    if (to.scheme() != QLatin1String("http") && to.scheme() != QLatin1String("https"))
        return refused(
            QStringLiteral("to a URL of another kind than http and https, which is not followed"));
    if (to.host().isEmpty() || !to.userInfo().isEmpty())
        return refused(QStringLiteral(
            "to a URL without a host or with a password in it, which is not followed"));
    if (to.host() == from.host() && from.scheme() == QLatin1String("https")
        && to.scheme() == QLatin1String("http"))
        return refused(QStringLiteral(
            "from https to http, which is not followed: others could read the request"));
    if (to.scheme() != from.scheme() || to.host() != from.host()
        || effectivePort(to) != effectivePort(from)) {
        return refused(QStringLiteral("to another place, %1, which is not followed; if it is the "
                                      "right one, put it into the channel's URL")
                           .arg(to.scheme() % QStringLiteral("://") % hostLabel(to)));
    }
    return std::nullopt;
}

}
