#include "tests/serve/testcertificate.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTemporaryDir>

namespace restream {
namespace {

std::optional<QSslConfiguration> make()
{
    const QTemporaryDir folder;
    const QString keyFile = folder.filePath(QStringLiteral("key"));
    const QString certificateFile = folder.filePath(QStringLiteral("certificate"));
    QProcess openssl;
    openssl.start(
        QStringLiteral("openssl"),
        QStringLiteral("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                       "-days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
                       "-keyout %1 -out %2")
            .arg(keyFile, certificateFile)
            .split(u' '));
    QFile key(keyFile);
    if (!QSslSocket::supportsSsl() || !openssl.waitForFinished() || openssl.exitCode() != 0
        || !key.open(QIODevice::ReadOnly))
        return {};
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPrivateKey(QSslKey(&key, QSsl::Ec));
    configuration.setLocalCertificateChain(QSslCertificate::fromPath(certificateFile));
    return configuration;
}

}

const std::optional<QSslConfiguration> &testCertificate()
{
    static const std::optional<QSslConfiguration> configuration = make();
    return configuration;
}

}
