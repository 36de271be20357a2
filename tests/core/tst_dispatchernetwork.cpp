#include "tests/core/ondispatcher.h"
#include "tests/support/faultserver.h"

#include <QNetworkAccessManager>
#include <QNetworkDatagram>
#include <QNetworkReply>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QUdpSocket>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace restream;

/// What of Qt lives on an event dispatcher, on this one.
class TestDispatcherNetwork : public QObject
{
    Q_OBJECT

private slots:
    void httpGets_areAnswered();
    void process_isWrittenToReadAndReaped();
    void datagrams_arrive();
    void tcpConnections_comeAndGo();
    void webSocket_echoes();
    void tlsConnection_carriesAMegabyteEachWay();
};

void TestDispatcherNetwork::httpGets_areAnswered()
{
    const FaultServer server(FaultServer::always(FaultServer::response("[1]")));
    QNetworkAccessManager manager;
    int answered = 0;
    for (int i = 0; i < 50; ++i) {
        QNetworkReply *reply = manager.get(QNetworkRequest(server.url(QString::number(i))));
        connect(reply, &QNetworkReply::finished, this, [&, reply] {
            answered += reply->readAll() == "[1]" ? 1 : 0;
            reply->deleteLater();
        });
    }
    QTRY_COMPARE(answered, 50);
}

void TestDispatcherNetwork::process_isWrittenToReadAndReaped()
{
    QProcess process;
    QByteArray read;
    std::optional<int> code;
    connect(&process, &QProcess::readyReadStandardOutput, this,
            [&] { read += process.readAllStandardOutput(); });
    connect(&process, &QProcess::finished, this, [&](int exitCode) { code = exitCode; });
    process.start(QStringLiteral("sh"), { QStringLiteral("-c"), QStringLiteral("cat; exit 7") });
    const QByteArray text(300000, 'x');
    process.write(text);
    process.closeWriteChannel();
    QTRY_VERIFY(code);
    QCOMPARE(*code, 7);
    QCOMPARE(read.size(), text.size());
}

void TestDispatcherNetwork::datagrams_arrive()
{
    QUdpSocket receiver;
    QVERIFY(receiver.bind(QHostAddress::LocalHost));
    QByteArray received;
    connect(&receiver, &QUdpSocket::readyRead, this, [&] {
        while (receiver.hasPendingDatagrams())
            received += receiver.receiveDatagram().data();
    });
    QUdpSocket sender;
    for (char c = 'a'; c <= 'j'; ++c) {
        sender.writeDatagram(QByteArray(1, c), QHostAddress::LocalHost, receiver.localPort());
        QTRY_VERIFY(received.endsWith(c));
    }
    QCOMPARE(received, "abcdefghij");
}

void TestDispatcherNetwork::tcpConnections_comeAndGo()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->write(socket->readAll());
            socket->disconnectFromHost();
        });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    });
    // Numbers of descriptors come back again and again.
    constexpr int count = 200;
    int answered = 0;
    int ended = 0;
    for (int i = 0; i < count; ++i) {
        auto *client = new QTcpSocket(this);
        connect(client, &QTcpSocket::connected, client, [client] { client->write("hello"); });
        connect(client, &QTcpSocket::readyRead, client,
                [&, client] { answered += client->readAll() == "hello"; });
        connect(client, &QTcpSocket::disconnected, client, [&, client] {
            ++ended;
            client->deleteLater();
        });
        client->connectToHost(QHostAddress::LocalHost, server.serverPort());
        if (i % 10 == 9)
            QTRY_COMPARE(ended, i + 1);
    }
    QCOMPARE(answered, count);
}

void TestDispatcherNetwork::webSocket_echoes()
{
    QWebSocketServer server(QString(), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QWebSocketServer::newConnection, this, [&] {
        QWebSocket *socket = server.nextPendingConnection();
        connect(socket, &QWebSocket::textMessageReceived, socket, &QWebSocket::sendTextMessage);
        connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    QWebSocket client;
    QStringList echoed;
    connect(&client, &QWebSocket::connected, &client,
            [&] { client.sendTextMessage(QStringLiteral("0")); });
    connect(&client, &QWebSocket::textMessageReceived, &client, [&](const QString &message) {
        echoed.append(message);
        if (echoed.size() < 100)
            client.sendTextMessage(QString::number(echoed.size()));
    });
    client.open(server.serverUrl());
    QTRY_COMPARE(echoed.size(), 100);
    QCOMPARE(echoed.last(), QStringLiteral("99"));
}

void TestDispatcherNetwork::tlsConnection_carriesAMegabyteEachWay()
{
    if (!QSslSocket::supportsSsl()
        || QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
        QSKIP("needs TLS and the openssl program");
    const QTemporaryDir folder;
    const QString keyPath = folder.filePath(QStringLiteral("key"));
    const QString certificatePath = folder.filePath(QStringLiteral("pem"));
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"),
                  QStringLiteral("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
                                 "-nodes -subj /CN=test -days 2")
                          .split(QLatin1Char(' '))
                      + QStringList { QStringLiteral("-keyout"), keyPath, QStringLiteral("-out"),
                                      certificatePath });
    QVERIFY(openssl.waitForFinished());
    QFile key(keyPath);
    QVERIFY(key.open(QIODevice::ReadOnly));

    struct Server final : QTcpServer
    {
        void incomingConnection(qintptr descriptor) override
        {
            socket.setSocketDescriptor(descriptor);
            socket.startServerEncryption();
        }
        QSslSocket socket;
    };
    Server server;
    server.socket.setPrivateKey(QSslKey(&key, QSsl::Ec));
    server.socket.setLocalCertificateChain(QSslCertificate::fromPath(certificatePath));
    connect(&server.socket, &QSslSocket::readyRead, this,
            [&] { server.socket.write(server.socket.readAll()); });
    QVERIFY(server.listen(QHostAddress::LocalHost));

    const QByteArray sent(1 << 20, 'x');
    QByteArray received;
    QSslSocket client;
    client.setPeerVerifyMode(QSslSocket::VerifyNone);
    connect(&client, &QSslSocket::encrypted, &client, [&] { client.write(sent); });
    connect(&client, &QSslSocket::readyRead, &client, [&] { received += client.readAll(); });
    client.connectToHostEncrypted(QStringLiteral("127.0.0.1"), server.serverPort());
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), sent.size(), 20000);
    QVERIFY(received == sent);
}

int main(int argc, char **argv)
{
    return testOnDispatcher<TestDispatcherNetwork>(argc, argv);
}

#include "tst_dispatchernetwork.moc"
