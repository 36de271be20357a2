#include "core/stream/formatcharset.h"
#include "tests/stream/formats.h"

#include <QTest>

using namespace restream;

class TestFormatCharset : public QObject
{
    Q_OBJECT

private slots:
    void contentType_namesTheCharset_data();
    void contentType_namesTheCharset();
    void xmlDeclaration_namesTheEncoding_data();
    void xmlDeclaration_namesTheEncoding();
    void text_becomesUtf8_data();
    void text_becomesUtf8();
    void utf8_isNotCopied();
    void longText_isConvertedWhole();
    void badBytes_nameTheirOffset_data();
    void badBytes_nameTheirOffset();
    void unknownCharset_isNamed_data();
    void unknownCharset_isNamed();
};

void TestFormatCharset::contentType_namesTheCharset_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("charset");
    const auto row = [](const char *type, const char *charset) {
        QTest::newRow(type) << QByteArray(type) << QByteArray(charset);
    };
    row("", "");
    row("text/csv", "");
    row("text/csv; charset=UTF-8", "utf-8");
    row("text/csv;CHARSET=\"ISO-8859-1\"", "iso-8859-1");
    row("text/csv; charset='utf-8'", "utf-8");
    row("text/csv; header=present; charset = windows-1252 ", "windows-1252");
    row("text/csv; charset=", "");
    row("text/csv; charset", "");
    row("charset=utf-16", "");
}

void TestFormatCharset::contentType_namesTheCharset()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, charset);
    QCOMPARE(charsetOf(type), charset);
}

void TestFormatCharset::xmlDeclaration_namesTheEncoding_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("encoding");
    const auto row = [](const char *body, const char *encoding) {
        QTest::newRow(body) << QByteArray(body) << QByteArray(encoding);
    };
    row("<a/>", "");
    row("<?xml version=\"1.0\"?><a encoding=\"x\"/>", "");
    row("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", "iso-8859-1");
    row("<?xml version='1.0'\n encoding = 'Shift_JIS' standalone='yes'?>", "shift_jis");
    row(" <?xml version='1.0' encoding='utf-8'?>", "");
    row("<?xml-stylesheet encoding='x'?>", "");
}

void TestFormatCharset::xmlDeclaration_namesTheEncoding()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, encoding);
    QCOMPARE(xmlEncodingOf(body), encoding);
}

void TestFormatCharset::text_becomesUtf8_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("charset");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &body, const char *charset,
                        const char *text) {
        QTest::newRow(name) << body << QByteArray(charset) << QByteArray(text);
    };
    row("UTF-8 by default", "\xc3\xa9", "", "\xc3\xa9");
    row("UTF-8 by name", "\xc3\xa9", "utf-8", "\xc3\xa9");
    row("byte order mark", "\xef\xbb\xbf\xc3\xa9", "", "\xc3\xa9");
    row("byte order mark before the name", "\xef\xbb\xbf\xc3\xa9", "iso-8859-1", "\xc3\xa9");
    row("UTF-16 LE by mark", "\xff\xfe" + utf16("<a>", false), "", "<a>");
    row("UTF-16 BE by mark", "\xfe\xff" + utf16("<a>", true), "utf-8", "<a>");
    row("UTF-16 LE by name", utf16("ab", false), "utf-16le", "ab");
    row("UTF-16 BE by name", utf16("ab", true), "utf-16be", "ab");
    row("UTF-16 alone is LE", utf16("ab", false), "utf-16", "ab");
    row("UTF-16 LE by its first character", utf16("<?xml", false), "", "<?xml");
    row("UTF-16 BE by its first character", utf16("<?xml", true), "", "<?xml");
    row("a surrogate pair", QByteArray("\xff\xfe\x3d\xd8\x00\xde", 6), "", "\xf0\x9f\x98\x80");
    row("UTF-32 LE by mark", QByteArray("\xff\xfe\0\0a\0\0\0", 8), "", "a");
    row("UTF-32 BE by mark", QByteArray("\0\0\xfe\xff\0\0\0a", 8), "", "a");
    row("Latin-1", "caf\xe9", "iso-8859-1", "caf\xc3\xa9");
    row("Latin-1 by its other name", "caf\xe9", "latin1", "caf\xc3\xa9");
    row("Latin-1 with what only windows-1252 has", "it\x92s", "iso-8859-1", "it\xe2\x80\x99s");
    row("windows-1252", "\x80 5", "windows-1252", "\xe2\x82\xac 5");
    row("cp1251", "\xcf\xf0", "cp1251", "\xd0\x9f\xd1\x80");
    row("Latin-9", "\xa4", "iso-8859-15", "\xe2\x82\xac");
    row("Latin-2", "\xb1", "iso_8859-2", "\xc4\x85");
    row("KOI8-R", "\xf0", "koi8-r", "\xd0\x9f");
    row("Shift_JIS", "\x93\xfa", "shift_jis", "\xe6\x97\xa5");
    row("EUC-JP", "\xc6\xfc", "euc-jp", "\xe6\x97\xa5");
    row("GB 18030", "\xc8\xd5", "gb2312", "\xe6\x97\xa5");
    row("Big5", "\xa4\xe9", "big5", "\xe6\x97\xa5");
    row("EUC-KR", "\xb0\xa1", "euc-kr", "\xea\xb0\x80");
    row("ASCII that is UTF-8", "\xc3\xa9", "us-ascii", "\xc3\xa9");
    row("nothing", "", "iso-8859-1", "");
}

void TestFormatCharset::text_becomesUtf8()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, charset);
    QFETCH(QByteArray, text);
    QCOMPARE(shown(toUtf8(body, charset)), text);
}

void TestFormatCharset::utf8_isNotCopied()
{
    const QByteArray body("[1]");
    QCOMPARE(static_cast<const void *>(toUtf8(body, "utf-8")->constData()),
             static_cast<const void *>(body.constData()));
}

void TestFormatCharset::longText_isConvertedWhole()
{
    for (const qsizetype size : { 8191, 8192, 8193, 16383, 16384, 16385, 100000 })
        QCOMPARE(*toUtf8(QByteArray(size, '\xe9'), "iso-8859-1"),
                 QByteArray("\xc3\xa9").repeated(size));
}

void TestFormatCharset::badBytes_nameTheirOffset_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("charset");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, const QByteArray &body, const char *charset,
                        const char *error) {
        QTest::newRow(name) << body << QByteArray(charset) << QByteArray(error);
    };
    row("UTF-8 by default", "ab\xe9 c", "",
        "byte 2 of the answer is not UTF-8, and it names no other charset");
    row("UTF-8 by name", "ab\xff", "utf-8",
        "byte 2 of the answer is not UTF-8, though it says \"utf-8\"");
    row("behind a mark", "\xef\xbb\xbf\xff", "", "byte 3 of the answer is not UTF-8");
    row("cut off", "a\xe2\x82", "", "byte 1 of the answer is not UTF-8");
    row("surrogate", "\xed\xa0\x80", "", "byte 0 of the answer is not UTF-8");
    row("windows-1252 has no 0x81", "ab\x81", "windows-1252",
        "byte 2 of the answer is not in the charset that it names, \"windows-1252\"");
    row("half a UTF-16 character", "\xff\xfe" + utf16("ab", false) + "c", "", "byte 6 of the");
    row("lone surrogate",
        QByteArray("\xff\xfe"
                   "a\0\x00\xdc"
                   "b\0",
                   8),
        "", "byte 4 of the");
    row("Shift_JIS cut off", "a\x93", "shift_jis", "byte 1 of the");
}

void TestFormatCharset::badBytes_nameTheirOffset()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, charset);
    QFETCH(QByteArray, error);
    const QByteArray said = shown(toUtf8(body, charset));
    QVERIFY2(said.startsWith(QByteArray("bad_charset: " + error)), said.constData());
}

void TestFormatCharset::unknownCharset_isNamed_data()
{
    QTest::addColumn<QByteArray>("charset");
    QTest::addColumn<QByteArray>("name");
    for (const char *name : { "klingon", "utf-7", "iso-8859-12", "iso-8859-99", "windows-1259",
                              "iso-2022-cn-ext", "utf-8//translit", "../../x", "cp125", "12512" })
        QTest::newRow(name) << QByteArray(name) << QByteArray(name);
    QTest::newRow("long") << QByteArray(1000, 'x') << QByteArray(40, 'x');
    QTest::newRow("control") << QByteArray("a\x1b[31m\xff") << QByteArray("a?[31m?");
}

void TestFormatCharset::unknownCharset_isNamed()
{
    QFETCH(QByteArray, charset);
    QFETCH(QByteArray, name);
    QCOMPARE(shown(toUtf8("abc", charset)),
             QByteArray("bad_charset: the answer is in the unknown charset \"" + name
                        + "\"; UTF-8 was expected"));
}

QTEST_GUILESS_MAIN(TestFormatCharset)
#include "tst_formatcharset.moc"
