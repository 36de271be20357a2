#include "core/poll/hostresolver.h"

#include <QTest>

using namespace restream;

class TestHostResolver : public QObject
{
    Q_OBJECT

private slots:
    void isPublicAddress_refusesWhatLeadsInside_data();
    void isPublicAddress_refusesWhatLeadsInside();
    void localhost_isFoundByTheSystem();
    void nameThatDoesNotExist_hasNoAddress();
    void destroyedLookup_doesNotAnswer();
};

void TestHostResolver::isPublicAddress_refusesWhatLeadsInside_data()
{
    QTest::addColumn<bool>("allowed");
    const auto add = [](bool allowed, std::initializer_list<const char *> addresses) {
        for (const char *address : addresses)
            QTest::newRow(address) << allowed;
    };
    add(false,
        { "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1",
          "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",
          "192.0.0.8", "198.18.0.1", "198.19.255.255", "224.0.0.251", "239.255.255.250",
          "240.0.0.1", "255.255.255.255" });
    add(true,
        { "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0",
          "192.167.255.255", "192.169.0.0", "100.63.255.255", "100.128.0.0", "169.253.0.1",
          "169.255.0.1", "198.17.0.1", "198.20.0.1", "126.255.255.255", "128.0.0.1",
          "223.255.255.255" });
    add(false,
        { "::",
          "::1",
          "::ffff:127.0.0.1",
          "::ffff:10.0.0.1",
          "::ffff:169.254.169.254",
          "::127.0.0.1",
          "fe80::1",
          "febf::1",
          "fec0::1",
          "fc00::1",
          "fd12:3456::1",
          "ff02::1",
          "ff0e::1",
          "64:ff9b::7f00:1",
          "64:ff9b:1::808:808",
          "2002:7f00:1::",
          "2002:c0a8:101::1",
          "2001::1",
          "100::1",
          "4000::1" });
    add(true,
        { "2606:4700:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
          "2002:808:808::1" });
}

void TestHostResolver::isPublicAddress_refusesWhatLeadsInside()
{
    QFETCH(bool, allowed);
    const QHostAddress address(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(!address.isNull());
    QCOMPARE(isPublicAddress(address), allowed);
}

void TestHostResolver::localhost_isFoundByTheSystem()
{
    const auto resolver = makeSystemResolver();
    std::optional<QList<QHostAddress>> found;
    const auto lookup =
        resolver->resolve(QStringLiteral("localhost"),
                          [&](const QList<QHostAddress> &addresses) { found = addresses; });
    QVERIFY(!found);
    QTRY_VERIFY(found);
    QVERIFY(found->contains(QHostAddress(QHostAddress::LocalHost))
            || found->contains(QHostAddress(QHostAddress::LocalHostIPv6)));
}

void TestHostResolver::nameThatDoesNotExist_hasNoAddress()
{
    const auto resolver = makeSystemResolver();
    std::optional<QList<QHostAddress>> found;
    // RFC 6761 keeps this one from ever existing; the double dot keeps it from being asked of a server.
    const auto lookup =
        resolver->resolve(QStringLiteral("no..such.invalid"),
                          [&](const QList<QHostAddress> &addresses) { found = addresses; });
    QTRY_VERIFY(found);
    QVERIFY(found->isEmpty());
}

void TestHostResolver::destroyedLookup_doesNotAnswer()
{
    const auto resolver = makeSystemResolver();
    bool answered = false;
    auto dropped = resolver->resolve(QStringLiteral("localhost"),
                                     [&](const QList<QHostAddress> &) { answered = true; });
    dropped.reset();
    bool later = false;
    const auto lookup = resolver->resolve(QStringLiteral("127.0.0.2"),
                                          [&](const QList<QHostAddress> &) { later = true; });
    QTRY_VERIFY(later);
    QVERIFY(!answered);
}

QTEST_GUILESS_MAIN(TestHostResolver)
#include "tst_hostresolver.moc"
