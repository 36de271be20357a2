#include "core/config/definitionreader.h"
#include "core/config/definitiontext.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace restream;

namespace {

const QString file = QStringLiteral("/channels/test.json");

/// A definition that is right but for what is added on line 4.
QByteArray with(const char *members)
{
    return QByteArrayLiteral("{\n \"name\": \"test\",\n \"request\": { \"url\": \"https://api.example.com/v1\" },\n ")
        + members + QByteArrayLiteral("\n}\n");
}

/// A definition whose request, on line 3, is `request`, with a param `p` that may be anything and `e` that is an enum.
QByteArray requesting(const char *request)
{
    return QByteArrayLiteral("{\n \"name\": \"test\",\n \"request\": { ") + request
        + QByteArrayLiteral(" },\n \"params\": { \"p\": {}, \"e\": { \"enum\": [\"a\", \"b\"] },\n"
                            "  \"host\": { \"pattern\": \"[a-z]+\" }, \"opt\": { \"required\": false } }\n}\n");
}

QString listed(const QList<DefinitionProblem> &problems)
{
    QStringList lines;
    for (const DefinitionProblem &problem : problems)
        lines << problem.text();
    return lines.join(u'\n');
}

struct Bad
{
    const char *what;
    QByteArray json;
    int line;
    const char *member;
    const char *message; ///< what the message contains
};

#define URL "\"url\": \"https://api.example.com/v1\""

const QList<Bad> &badTexts()
{
    static const QList<Bad> rows {
        { "empty", "", 0, "", "the file is empty" },
        { "white space", " \n\n", 0, "", "the file is empty" },
        { "not JSON", "{\n \"name\": \"test\",\n}", 3, "", "this is not JSON: unexpected '}'" },
        { "cut off", "{\n \"name\": \"test\",\n \"request\": {", 3, "", "this is not JSON: unexpected end of input" },
        { "comment", "{\n // no\n \"name\": \"test\" }", 2, "", "this is not JSON" },
        { "number without digit", with("\"poll_interval\": .5"), 4, "", "this is not JSON" },
        { "number with bare dot", with("\"poll_interval\": 1."), 4, "", "this is not JSON" },
        { "leading zero", with("\"poll_interval\": 010"), 4, "", "this is not JSON" },
        { "huge number", with("\"poll_interval\": 1e400"), 4, "", "this is not JSON: a number is out of range" },
        { "raw line break", with("\"description\": \"a\nb\""), 4, "", "this is not JSON" },
        { "invalid UTF-8", with("\"description\": \"\xff\""), 4, "", "this is not JSON" },
        { "two values", "{}\n{}", 2, "", "this is not JSON" },
        { "a list", "[\n]", 1, "", "a channel definition is one JSON object" },
        { "nested", QByteArray(70, '['), 1, "", "nested more than 64 deep" },
        { "huge", QByteArray(1024 * 1024 + 1, ' '), 0, "", "a definition has at most 1048576" },
        { "given twice", with("\"items\": \"/a\",\n \"items\": \"/b\""), 5, "/items", "items is given twice" },
    };
    return rows;
}

const QList<Bad> &badMembers()
{
    static const QList<Bad> rows {
        { "no name", "{\n \"request\": { " URL " }\n}", 1, "/name", "name is missing; it must be at most 64 lower-case letters" },
        { "nothing to ask", "{\n \"name\": \"test\"\n}", 1, "/request", "request is missing; it must be an object with at least \"url\"" },
        { "no URL", requesting(""), 3, "/request/url", "request.url is missing; it must be the API's address" },
        { "replay without files", with("\"fetcher\": \"replay\""), 1, "/replay", "replay is missing" },
        { "empty URL", requesting("\"url\": \"\""), 3, "/request/url", "it must be the API's address" },
        { "name of another type", "{\n \"name\": 7,\n \"request\": { " URL " }\n}", 2, "/name", "name is 7; it must be" },
        { "description is a number", with("\"description\": 1"), 4, "/description", "description is 1; it must be a string of at most 1000 characters" },
        { "icon is a path", with("\"icon\": \"../x.png\""), 4, "/icon", "icon is \"../x.png\"; it must be the name of an icon" },
        { "unknown fetcher", with("\"fetcher\": \"pigeon\""), 4, "/fetcher", "fetcher is \"pigeon\"; it must be http, process or replay" },
        { "unknown method", requesting(URL ", \"method\": \"PUT\""), 3, "/request/method", "request.method is \"PUT\"; it must be GET or POST" },
        { "unknown auth", with("\"auth\": { \"type\": \"oauth\" }"), 4, "/auth/type", "auth.type is \"oauth\"; it must be api_key, bearer or basic" },
        { "auth without type", with("\"auth\": { \"key\": \"k\" }"), 4, "/auth/type", "auth.type is missing" },
        { "auth is a string", with("\"auth\": \"Bearer\""), 4, "/auth", "auth is a string that does not fit; it must be an object" },
        { "bearer without key", with("\"auth\": { \"type\": \"bearer\" }"), 4, "/auth/key", "auth.key is missing" },
        { "api_key without place", with("\"auth\": { \"type\": \"api_key\", \"name\": \"k\", \"key\": \"k\" }"), 4, "/auth/in", "auth.in is missing; it must be query or header" },
        { "basic without password", with("\"auth\": { \"type\": \"basic\", \"user\": \"user\" }"), 4, "/auth/password", "auth.password is missing" },
        { "unknown shape", with("\"shape\": \"list\""), 4, "/shape", "shape is \"list\"; it must be array, map or single" },
        { "unknown removal", with("\"removal\": \"never\""), 4, "/removal", "removal is \"never\"; it must be \"snapshot\", \"window\", or" },
        { "removal without mode", with("\"removal\": { \"after\": 3 }"), 4, "/removal/mode", "removal.mode is missing; it must be snapshot or window" },
        { "removal after zero", with("\"removal\": { \"mode\": \"snapshot\", \"after\": 0 }"), 4, "/removal/after", "removal.after is 0; it must be 1 to 10000 polls" },
        { "removal after half", with("\"removal\": { \"mode\": \"snapshot\", \"after\": 1.5 }"), 4, "/removal/after", "removal.after is 1.5; it must be 1 to 10000 polls, a whole number" },
        { "ordered is a string", with("\"ordered\": \"true\""), 4, "/ordered", "ordered is \"true\"; it must be true or false" },
        { "max_items zero", with("\"max_items\": 0"), 4, "/max_items", "max_items is 0; it must be 1 to 1000000 items" },
        { "max_items huge", with("\"max_items\": 100000000000"), 4, "/max_items", "max_items is 100000000000; it must be 1 to 1000000 items" },
        { "history negative", with("\"history\": { \"changesets\": -1 }"), 4, "/history/changesets", "history.changesets is -1; it must be 1 to 100000" },
        { "history hours", with("\"history\": {\n  \"hours\": 0 }"), 5, "/history/hours", "history.hours is 0; it must be 0.1 to 8760 hours" },
        { "history bytes", with("\"history\": { \"bytes\": 10 }"), 4, "/history/bytes", "it must be 65536 to 1073741824 bytes" },
        { "interval zero", with("\"poll_interval\": 0"), 4, "/poll_interval", "poll_interval is 0; it must be 1 to 604800 seconds" },
        { "interval negative", with("\"poll_interval\": -5"), 4, "/poll_interval", "poll_interval is -5; it must be 1 to 604800 seconds" },
        { "interval huge", with("\"poll_interval\": 604801"), 4, "/poll_interval", "poll_interval is 604801; it must be 1 to 604800 seconds" },
        { "interval is a string", with("\"poll_interval\": \"60\""), 4, "/poll_interval", "poll_interval is \"60\"; it must be 1 to 604800 seconds" },
        { "interval is null", with("\"poll_interval\": null"), 4, "/poll_interval", "poll_interval is null; it must be" },
        { "timeout zero", requesting(URL ", \"timeout\": 0"), 3, "/request/timeout", "request.timeout is 0; it must be 1 to 600 seconds" },
        { "timeout huge", requesting(URL ", \"timeout\": 601"), 3, "/request/timeout", "request.timeout is 601" },
        { "max_body huge", requesting(URL ", \"max_body\": 2000000000"), 3, "/request/max_body", "request.max_body is 2000000000; it must be 1024 to 1073741824 bytes" },
        { "private is a number", requesting(URL ", \"private\": 1"), 3, "/request/private", "request.private is 1; it must be true or false" },
        { "query value is a number", requesting(URL ", \"query\": { \"n\": 10 }"), 3, "/request/query/n", "request.query.n is 10; it must be a string" },
        { "header is a list", requesting(URL ", \"headers\": { \"Accept\": [] }"), 3, "/request/headers/Accept", "request.headers.Accept is a list; it must be a string" },
        { "max_streams zero", with("\"max_streams\": 0"), 4, "/max_streams", "max_streams is 0; it must be 1 to 1000 streams" },
        { "unknown poll", with("\"poll\": \"never\""), 4, "/poll", "poll is \"never\"; it must be subscribed or always" },
        { "quota without window", with("\"quota\": { \"calls\": 5 }"), 4, "/quota/per", "quota.per is missing; it must be 1 to 31622400 seconds" },
        { "second quota", with("\"quota\": [ { \"calls\": 5, \"per\": 60 },\n  { \"calls\": 0, \"per\": 60 } ]"), 5, "/quota/1/calls", "quota[1].calls is 0; it must be 1 to 10000000 calls" },
        { "no quota at all", with("\"quota\": []"), 4, "/quota", "quota is a list; it must be an object like" },
        { "id_field is a number", with("\"id_field\": 1"), 4, "/id_field", "id_field is 1; it must be a member's name" },
        { "id_field is empty", with("\"id_field\": []"), 4, "/id_field", "id_field is a list; it must be" },
        { "params is a list", with("\"params\": []"), 4, "/params", "params is a list; it must be an object of at most 16 params" },
        { "enum is empty", with("\"params\": { \"p\": { \"enum\": [] } }"), 4, "/params/p/enum", "params.p.enum is a list; it must be a list of 1 to 500 different strings" },
        { "enum twice", with("\"params\": { \"p\": { \"enum\": [\"a\", \"a\"] } }"), 4, "/params/p/enum", "it must be a list of 1 to 500 different strings" },
        { "enum of numbers", with("\"params\": { \"p\": { \"enum\": [\n   10] } }"), 5, "/params/p/enum/0", "params.p.enum[0] is 10; it must be a string" },
        { "replay every", with("\"replay\": { \"files\": \"a.json\", \"every\": 0 }"), 4, "/replay/every", "replay.every is 0; it must be 0.1 to 86400 seconds" },
        { "keys_from is no name", with("\"auth\": { \"type\": \"bearer\", \"key\": \"k\" },\n \"keys_from\": \"../other\""), 5, "/keys_from", "it must be the name of another channel" },
    };
    return rows;
}

const QList<Bad> &badRequests()
{
    static const QList<Bad> rows {
        { "relative URL", requesting("\"url\": \"/v1/items\""), 3, "/request/url", "request.url is not absolute" },
        { "no scheme", requesting("\"url\": \"api.example.com/v1\""), 3, "/request/url", "request.url is not absolute" },
        { "file URL", requesting("\"url\": \"file:///etc/passwd\""), 3, "/request/url", "request.url is not absolute" },
        { "ftp URL", requesting("\"url\": \"ftp://example.com/a\""), 3, "/request/url", "must be an absolute URL that starts with https:// or http://" },
        { "user in URL", requesting("\"url\": \"https://me:pw@example.com/a\""), 3, "/request/url", "holds a user name or password" },
        { "fragment in URL", requesting("\"url\": \"https://example.com/a#b\""), 3, "/request/url", "has a fragment" },
        { "line break in URL", requesting("\"url\": \"https://example.com/a\\r\\nX: y\""), 3, "/request/url", "holds a space or a control character" },
        { "bad port", requesting("\"url\": \"https://example.com:99999/\""), 3, "/request/url", "the host or port of request.url is not valid" },
        { "backslash after the host", requesting("\"url\": \"https://example.com\\\\@evil.example/\""), 3, "/request/url", "the host or port of request.url is not valid" },
        { "free host", requesting("\"url\": \"https://{p}/a\""), 3, "/request/url", "{p} stands in the host of request.url, so anybody could choose the server" },
        { "wide host", "{\n \"name\": \"test\",\n \"request\": { \"url\": \"https://{h}/a\" },\n \"params\": { \"h\": { \"pattern\": \".*\" } }\n}", 3, "/request/url", "params.h allows more than letters, digits, dots and hyphens" },
        { "host enum with a path", "{\n \"name\": \"test\",\n \"request\": { \"url\": \"https://{h}/a\" },\n \"params\": { \"h\": { \"enum\": [\"a.example\", \"b.example/x\"] } }\n}", 3, "/request/url", "params.h allows more than" },
        { "free scheme", requesting("\"url\": \"{p}://example.com/a\""), 3, "/request/url", "must be an absolute URL that starts with https:// or http://" },
        { "undeclared param", requesting("\"url\": \"https://example.com/{section}\""), 3, "/request/url", "{section} in request.url is no param of this channel" },
        { "undeclared in query", requesting(URL ", \"query\": { \"q\": \"{x}\" }"), 3, "/request/query/q", "{x} in request.query.q is no param" },
        { "undeclared in header", requesting(URL ", \"headers\": { \"X-A\": \"{x}\" }"), 3, "/request/headers/X-A", "{x} in request.headers.X-A is no param" },
        { "optional in path", requesting("\"url\": \"https://example.com/{opt}\""), 3, "/request/url", "{opt} in request.url may be absent" },
        { "open brace", requesting("\"url\": \"https://example.com/{p\""), 3, "/request/url", "request.url has a brace without its partner" },
        { "time", requesting(URL ", \"query\": { \"t\": \"{time:-PT2H}\" }"), 3, "/request/query/t", "{time:…} in request.query.t is not supported yet" },
        { "line break in header", requesting(URL ", \"headers\": { \"X-A\": \"a\\r\\nEvil: 1\" }"), 3, "/request/headers/X-A", "the value of the header X-A holds a line break" },
        { "NUL in header", requesting(URL ", \"headers\": { \"X-A\": \"a\\u0000\" }"), 3, "/request/headers/X-A", "the value of the header X-A holds a line break, a control character" },
        { "header name with colon", requesting(URL ", \"headers\": { \"X:A\": \"a\" }"), 3, "/request/headers/X:A", "a header's name can't hold spaces, colons" },
        { "header name with line break", requesting(URL ", \"headers\": { \"X\\nA\": \"a\" }"), 3, "/request/headers/X\nA", "a header's name can't hold" },
        { "Host", requesting(URL ", \"headers\": { \"host\": \"x\" }"), 3, "/request/headers/host", "the header host can't be set" },
        { "Content-Length", requesting(URL ", \"headers\": { \"Content-Length\": \"0\" }"), 3, "/request/headers/Content-Length", "can't be set" },
        { "Accept-Encoding", requesting(URL ", \"headers\": { \"Accept-Encoding\": \"br\" }"), 3, "/request/headers/Accept-Encoding", "can't be set" },
        { "If-None-Match", requesting(URL ", \"headers\": { \"If-None-Match\": \"x\" }"), 3, "/request/headers/If-None-Match", "can't be set" },
        { "header twice", requesting(URL ", \"headers\": { \"Accept\": \"a\", \"accept\": \"b\" }"), 3, "/request/headers/accept", "the header accept is given twice" },
    };
    return rows;
}

const QList<Bad> &badAuth()
{
    static const QList<Bad> rows {
        { "key in URL", requesting("\"url\": \"https://api.example.com/v1?api-key=aB3dE6gH9\""), 3, "/request/url", "request.url holds what looks like a key (its item api-key)" },
        { "token in URL, encoded", requesting("\"url\": \"https://api.example.com/v1?a=1&access%5Ftoken=aB3dE6gH9\""), 3, "/request/url", "declare \"auth\" and put the key in the keychain" },
        { "key in query", requesting(URL ", \"query\": { \"appid\": \"0123456789abcdef\" }"), 3, "/request/query/appid", "this looks like a key" },
        { "key in header", requesting(URL ", \"headers\": { \"X-Api-Key\": \"0123456789abcdef\" }"), 3, "/request/headers/X-Api-Key", "this looks like a key" },
        { "Authorization", requesting(URL ", \"headers\": { \"Authorization\": \"Bearer x\" }"), 3, "/request/headers/Authorization", "the header Authorization can't stand in a definition" },
        { "login cookie", requesting(URL ", \"headers\": { \"Cookie\": \"lang=en; sid=0123456789abcdef01\" }"), 3, "/request/headers/Cookie", "this looks like a key" },
        { "key as default", with("\"params\": { \"api_key\": { \"default\": \"0123456789abcdef\" } }"), 4, "/params/api_key/default", "this looks like a key" },
        { "key for its name", with("\"auth\": { \"type\": \"bearer\", \"key\": \"0123456789abcdef0123\" }"), 4, "/auth/key", "auth.key looks like the key itself" },
        { "key name with spaces", with("\"auth\": { \"type\": \"bearer\", \"key\": \"my key\" }"), 4, "/auth/key", "the name of a key has at most 64 letters" },
        { "unused key", with("\"auth\": { \"type\": \"bearer\", \"key\": \"token\" },\n \"keys\": { \"api-key\": {} }"), 5, "/keys/api-key", "keys.api-key is used by nothing; \"auth\" uses token" },
        { "key without auth", with("\"keys\": { \"api-key\": {} }"), 4, "/keys/api-key", "there is no \"auth\"" },
        { "key's page", with("\"auth\": { \"type\": \"bearer\", \"key\": \"t\" },\n \"keys\": { \"t\": {\n \"url\": \"javascript:alert(1)\" } }"), 6, "/keys/t/url", "keys.t.url is no web address" },
        { "keys_from itself", with("\"auth\": { \"type\": \"bearer\", \"key\": \"t\" },\n \"keys_from\": \"test\""), 5, "/keys_from", "keys_from names this channel itself" },
        { "keys_from without auth", with("\"keys_from\": \"other\""), 4, "/keys_from", "keys_from has no use without \"auth\"" },
        { "auth's header", with("\"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": \"Host\", \"key\": \"k\" }"), 4, "/auth/name", "the header Host can't be set" },
        { "auth's header name", with("\"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": \"X A\", \"key\": \"k\" }"), 4, "/auth/name", "a header's name can't hold" },
        { "auth's header again", "{\n \"name\": \"test\",\n \"request\": { " URL ", \"headers\": { \"X-Key\": \"a\" } },\n \"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": \"X-Key\", \"key\": \"k\" }\n}", 3, "/request/headers/X-Key", "is the one that \"auth\" fills in" },
        { "auth's query item again", "{\n \"name\": \"test\",\n \"request\": { " URL ", \"query\": { \"k\": \"a\" } },\n \"auth\": { \"type\": \"api_key\", \"in\": \"query\", \"name\": \"k\", \"key\": \"k\" }\n}", 3, "/request/query/k", "is the one that \"auth\" fills in" },
        { "auth of a replay", "{\n \"name\": \"test\", \"fetcher\": \"replay\",\n \"replay\": { \"files\": \"a.json\" },\n \"auth\": { \"type\": \"bearer\", \"key\": \"k\" }\n}", 4, "/auth", "auth has no use where recorded bodies are replayed" },
    };
    return rows;
}

const QList<Bad> &badRest()
{
    static const QList<Bad> rows {
        { "name with a way up", "{\n \"name\": \"../test\",\n \"request\": { " URL " }\n}", 2, "/name", "name is \"../test\"; it must be at most 64 lower-case letters" },
        { "name in capitals", "{\n \"name\": \"Test\",\n \"request\": { " URL " }\n}", 2, "/name", "name is \"Test\"; it must be" },
        { "name with a line break", "{\n \"name\": \"test\\n\",\n \"request\": { " URL " }\n}", 2, "/name", "it must be at most 64 lower-case letters" },
        { "name of another file", "{\n \"name\": \"other\",\n \"request\": { " URL " }\n}", 2, "/name", "name is \"other\", but the file is called test.json" },
        { "doc_url", with("\"doc_url\": \"javascript:alert(1)\""), 4, "/doc_url", "doc_url is no web address" },
        { "terms", with("\"terms\": \"ask us\""), 4, "/terms", "terms is no web address" },
        { "param called token", with("\"params\": { \"token\": {} }"), 4, "/params/token", "a param can't be called \"token\"" },
        { "param with underscore", with("\"params\": { \"_p\": {} }"), 4, "/params/_p", "a param's name has at most 64 letters" },
        { "param with space", with("\"params\": {\n \"a b\": {} }"), 5, "/params/a b", "a param's name has at most 64 letters" },
        { "default not in enum", with("\"params\": { \"p\": { \"enum\": [\"a\", \"b\"], \"default\": \"c\" } }"), 4, "/params/p/default", "the default of p is none of its enum; it must be one of a, b" },
        { "default not matching whole", with("\"params\": { \"p\": { \"pattern\": \"[a-z]+\", \"default\": \"abc1\" } }"), 4, "/params/p/default", "the default of p does not match its pattern [a-z]+ as a whole" },
        { "choice not matching", with("\"params\": { \"p\": { \"pattern\": \"[a-z]+\", \"enum\": [\"a\", \"1\"] } }"), 4, "/params/p/enum/1", "a choice of p does not match" },
        { "pattern broken", with("\"params\": { \"p\": { \"pattern\": \"[a-z\" } }"), 4, "/params/p/pattern", "the pattern of p is no regular expression" },
        { "pattern that breaks out", with("\"params\": { \"p\": { \"pattern\": \"a)|(b\" } }"), 4, "/params/p/pattern", "is no regular expression" },
        { "items is no pointer", with("\"items\": \"results\""), 4, "/items", "items is no JSON Pointer" },
        { "items with bad escape", with("\"items\": \"/a~2\""), 4, "/items", "items is no JSON Pointer" },
        { "id_field pointer", with("\"id_field\": \"/a~\""), 4, "/id_field", "id_field is no JSON Pointer" },
        { "id_field in list", with("\"id_field\": [\"a\", \"/~\"]"), 4, "/id_field/1", "id_field[1] is no JSON Pointer" },
        { "id_field twice", with("\"id_field\": [\"a\", \"a\"]"), 4, "/id_field/1", "id_field[1] is there already" },
        { "ignore is no pointer", with("\"ignore\": [\"/a\", \"b\"]"), 4, "/ignore/1", "ignore[1] is no JSON Pointer" },
        { "ignore everything", with("\"ignore\": [\"\"]"), 4, "/ignore/0", "ignore[0] is the whole item" },
        { "after in a window", with("\"removal\": { \"mode\": \"window\", \"after\": 2 }"), 4, "/removal/after", "removal.after has no meaning with \"window\"" },
        { "always unknown param", with("\"poll\": \"always\", \"always\": [ { \"x\": \"1\" } ]"), 4, "/always/0", "test has no param \"x\"; it takes none" },
        { "always without default", with("\"params\": { \"p\": {} },\n \"poll\": \"always\""), 5, "/poll", "poll is \"always\", but param \"p\" is missing" },
        { "always too many", with("\"params\": { \"p\": {} }, \"max_streams\": 1,\n \"poll\": \"always\", \"always\": [ { \"p\": \"1\" }, { \"p\": \"2\" } ]"), 5, "/always", "always lists 2 streams, but max_streams is 1" },
        { "replay outside", with("\"replay\": { \"files\": \"../*.json\" }"), 4, "/replay/files", "replay.files must stay inside the definition's folder" },
        { "replay absolute", with("\"replay\": { \"files\": \"/etc/*.json\" }"), 4, "/replay/files", "must stay inside" },
        { "replay of a resource", with("\"replay\": { \"files\": \":/catalog/a.json\" }"), 4, "/replay/files", "must stay inside" },
        { "replay up in the middle", with("\"replay\": { \"files\": \"a/../../b.json\" }"), 4, "/replay/files", "must stay inside" },
    };
    return rows;
}

const QList<Bad> &notYet()
{
    static const QList<Bad> rows {
        { "POST", requesting(URL ", \"method\": \"POST\""), 3, "/request/method", "request.method \"POST\" is not supported yet; use \"GET\"" },
        { "body", requesting(URL ", \"body\": { \"a\": 1 }"), 3, "/request/body", "request.body is not supported yet" },
        { "ndjson", with("\"format\": \"ndjson\""), 4, "/format", "format \"ndjson\" is not supported yet; use \"json\"" },
        { "csv", with("\"format\": \"csv\""), 4, "/format", "format \"csv\" is not supported yet" },
        { "csv options", with("\"csv\": { \"delimiter\": \";\" }"), 4, "/csv", "csv is not supported yet; leave it out" },
        { "pagination", with("\"pagination\": { \"type\": \"link\" }"), 4, "/pagination", "pagination is not supported yet" },
        { "command", with("\"command\": [\"a\"]"), 4, "/command", "command is not supported yet" },
        { "persistent", with("\"persistent\": true"), 4, "/persistent", "persistent is not supported yet" },
        { "oauth1", with("\"auth\": { \"type\": \"oauth1\", \"consumer_key\": \"a\", \"consumer_secret\": \"b\" }"), 4, "/auth/type", "auth.type \"oauth1\" is not supported yet; use api_key, bearer or basic" },
        { "oauth2", with("\"auth\": { \"type\": \"oauth2\", \"grant\": \"client_credentials\", \"token_url\": \"https://a.example\", \"client_id\": \"a\", \"client_secret\": \"b\" }"), 4, "/auth/type", "auth.type \"oauth2\" is not supported yet" },
        { "ttl", with("\"ttl\": { \"at\": \"/ttl\" }"), 4, "/ttl", "ttl is not supported yet" },
        { "throttled", with("\"throttled\": []"), 4, "/throttled", "throttled is not supported yet" },
        { "adaptive interval", with("\"poll_interval\": { \"min\": 10, \"max\": 60 }"), 4, "/poll_interval", "poll_interval with min and max is not supported yet; give one number of seconds" },
    };
    return rows;
}

/// The example of docs/channel.md, whole.
const QByteArray &bigExample()
{
    static const QByteArray json = R"({
  "name": "nyt-top",
  "description": "New York Times top stories",
  "doc_url": "https://developer.nytimes.com/docs/top-stories-product/1/overview",
  "group": "news", "icon": "newspaper", "terms": "https://developer.nytimes.com/terms", "attribution": "Data by NYT",
  "fetcher": "http",
  "request": {
    "url": "https://api.nytimes.com/svc/topstories/v2/{section}.json",
    "method": "GET",
    "query":   { "limit": "{count}" },
    "headers": { "Accept": "application/json" },
    "body": { "any": "JSON" },
    "timeout": 30,
    "max_body": 67108864,
    "private": false
  },
  "auth": { "type": "api_key", "in": "query", "name": "api-key", "key": "api-key" },
  "keys": { "api-key": { "description": "NYT developer key", "url": "https://developer.nytimes.com/get-started" } },
  "keys_from": "nyt-newswire",
  "params": {
    "section": { "default": "home", "pattern": "[a-z]+", "description": "A section of the paper" },
    "count":   { "required": false, "enum": ["10", "20"] }
  },
  "format": "json",
  "csv": { "delimiter": ",", "numbers": false },
  "items": "/results",
  "shape": "array",
  "id_field": "short_url",
  "ignore": ["/last_reported"],
  "removal": "snapshot",
  "ordered": false,
  "max_items": 10000,
  "history": { "changesets": 1000, "hours": 24, "bytes": 16777216 },
  "poll_interval": 100,
  "poll": "subscribed",
  "always": [ {"section":"home"} ],
  "max_streams": 20,
  "ttl": { "at": "/ttl", "unit": 1 },
  "quota": [ { "calls": 500, "per": 86400 }, { "calls": 5, "per": 60 } ],
  "throttled": [ { "status": 403, "header": "X-Rate", "contains": "over limit", "wait": 60 } ],
  "pagination": { "type": "link", "max_pages": 10 },
  "command": ["python3", "fetch.py"],
  "persistent": false,
  "replay": { "files": "quakes/*.json", "every": 5, "loop": true }
})";
    return json;
}

/// Every schema under `node` that describes a member, with its way.
void visitMembers(const QJsonObject &node, const QString &way,
                  const std::function<void(const QString &, const QJsonObject &)> &visit)
{
    const QJsonObject properties = node.value(u"properties").toObject();
    for (auto it = properties.begin(); it != properties.end(); ++it) {
        visit(way + u'/' + it.key(), it.value().toObject());
        visitMembers(it.value().toObject(), way + u'/' + it.key(), visit);
    }
    for (const QString &nested : { QStringLiteral("additionalProperties"), QStringLiteral("items") }) {
        if (node.value(nested).isObject() && !node.value(nested).toObject().contains(u"$ref")) {
            visit(way + u'/' + nested, node.value(nested).toObject());
            visitMembers(node.value(nested).toObject(), way + u'/' + nested, visit);
        }
    }
    for (const QJsonValue &choice : node.value(u"anyOf").toArray())
        visitMembers(choice.toObject(), way, visit);
}

}

class TestDefinitionReader final : public QObject
{
    Q_OBJECT

private slots:
    void badDefinition_isOneProblemWithItsPlace_data();
    void badDefinition_isOneProblemWithItsPlace();
    void problems_areAllToldAtOnceInOrderOfTheFile();
    void bigExample_isRefusedOnlyForWhatIsNotSupportedYet();
    void bigExample_isReadWhole();
    void defaults_areThoseOfTheDocument();
    void minimalDefinitions_areAccepted_data();
    void minimalDefinitions_areAccepted();
    void unknownMembers_passAndStayInTheSource();
    void queryAndHeaders_keepTheOrderOfTheFile();
    void alwaysPoll_fillsInDefaults();
    void secrets_areNeverRepeated_data();
    void secrets_areNeverRepeated();
    void longStrings_areJudgedWithoutHarm();
    void problemText_namesFileLineAndMember();
    void missingFile_isAProblemOfTheFile();
    void identity_changesWithTheRequestOnly();
    void keyNames_areThoseOfTheAuth();
    void schema_describesEveryMember();
};

void TestDefinitionReader::badDefinition_isOneProblemWithItsPlace_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("line");
    QTest::addColumn<QString>("member");
    QTest::addColumn<QString>("message");
    for (const QList<Bad> &rows : { badTexts(), badMembers(), badRequests(), badAuth(), badRest(), notYet() }) {
        for (const Bad &row : rows)
            QTest::newRow(row.what) << row.json << row.line << QString::fromUtf8(row.member) << QString::fromUtf8(row.message);
    }
}

void TestDefinitionReader::badDefinition_isOneProblemWithItsPlace()
{
    QFETCH(QByteArray, json);
    QFETCH(int, line);
    QFETCH(QString, member);
    QFETCH(QString, message);
    const DefinitionRead read = readDefinition(json, file);
    QVERIFY2(read.problems.size() == 1, qPrintable(QStringLiteral("%1 problems:\n").arg(read.problems.size()) + listed(read.problems)));
    const DefinitionProblem &problem = read.problems.first();
    QVERIFY2(problem.message.contains(message), qPrintable(problem.message));
    QCOMPARE(problem.member, member);
    QCOMPARE(problem.line, line);
    QCOMPARE(problem.file, file);
}

void TestDefinitionReader::problems_areAllToldAtOnceInOrderOfTheFile()
{
    const QByteArray json = R"({
  "poll_interval": 0,
  "name": "test",
  "auth": { "type": "oauth", "in": "body" },
  "request": {
    "url": "https://{p}/x",
    "timeout": "x",
    "headers": { "Host": "a", "Authorization": "Bearer abc" }
  },
  "params": { "p": { "pattern": "[" , "default": 3 } },
  "items": "x",
  "pagination": { "type": "scroll" },
  "max_items": -1
})";
    QStringList members;
    for (const DefinitionProblem &problem : readDefinition(json, file).problems)
        members << QString::number(problem.line) + problem.member;
    const QStringList expected { QStringLiteral("2/poll_interval"),
                                 QStringLiteral("4/auth/type"),
                                 QStringLiteral("4/auth/in"),
                                 QStringLiteral("8/request/headers/Host"),
                                 QStringLiteral("8/request/headers/Authorization"),
                                 QStringLiteral("7/request/timeout"),
                                 QStringLiteral("10/params/p/pattern"),
                                 QStringLiteral("10/params/p/default"),
                                 QStringLiteral("11/items"),
                                 QStringLiteral("12/pagination/type"),
                                 QStringLiteral("13/max_items") };
    for (const QString &member : expected)
        QVERIFY2(members.contains(member), qPrintable(member + u" is missing in " + members.join(u' ')));
    QCOMPARE(members.size(), expected.size());
    QVERIFY(std::is_sorted(members.cbegin(), members.cend(), [](const QString &a, const QString &b) {
        return a.section(u'/', 0, 0).toInt() < b.section(u'/', 0, 0).toInt();
    }));
}

void TestDefinitionReader::bigExample_isRefusedOnlyForWhatIsNotSupportedYet()
{
    const DefinitionRead read = readDefinition(bigExample(), QStringLiteral("/channels/nyt-top.json"));
    QStringList members;
    for (const DefinitionProblem &problem : read.problems) {
        members << problem.member;
        QVERIFY2(problem.message.contains(u" is not supported yet"), qPrintable(problem.text()));
    }
    QCOMPARE(members, QStringList({ QStringLiteral("/request/body"), QStringLiteral("/csv"), QStringLiteral("/ttl"),
                                    QStringLiteral("/throttled"), QStringLiteral("/pagination"), QStringLiteral("/command") }));
}

void TestDefinitionReader::bigExample_isReadWhole()
{
    const ChannelDefinition definition
        = readDefinition(bigExample(), QStringLiteral("/channels/nyt-top.json"), true).definition;
    QCOMPARE(definition.name, QStringLiteral("nyt-top"));
    QCOMPARE(definition.group, QStringLiteral("news"));
    QCOMPARE(definition.icon, QStringLiteral("newspaper"));
    QCOMPARE(definition.attribution, QStringLiteral("Data by NYT"));
    QCOMPARE(definition.request.url, QStringLiteral("https://api.nytimes.com/svc/topstories/v2/{section}.json"));
    QCOMPARE(definition.request.query.first().second, QStringLiteral("{count}"));
    QCOMPARE(definition.request.maxBody, 67108864);
    QCOMPARE(definition.auth.type, AuthDefinition::Type::ApiKey);
    QCOMPARE(definition.auth.place, AuthDefinition::Place::Query);
    QCOMPARE(definition.keyNames(), QStringList { QStringLiteral("api-key") });
    QCOMPARE(definition.keyOwner(), QStringLiteral("nyt-newswire"));
    QCOMPARE(definition.keyHelp.value(QStringLiteral("api-key")).description, QStringLiteral("NYT developer key"));
    QCOMPARE(definition.params.value(QStringLiteral("section")).defaultValue, QStringLiteral("home"));
    QVERIFY(!definition.params.value(QStringLiteral("count")).required);
    QCOMPARE(definition.params.value(QStringLiteral("count")).enumValues.size(), 2);
    QCOMPARE(definition.items, QStringLiteral("/results"));
    QCOMPARE(definition.shape, ChannelDefinition::Shape::Array);
    QCOMPARE(definition.idField, QStringList { QStringLiteral("short_url") });
    QCOMPARE(definition.ignore, QStringList { QStringLiteral("/last_reported") });
    QCOMPARE(definition.quota, QList<QuotaRule>({ { 500, 86400 }, { 5, 60 } }));
    QCOMPARE(definition.replay.files, QStringLiteral("quakes/*.json"));
    QCOMPARE(definition.always.size(), 0); // it is polled only while someone is subscribed
    QVERIFY(definition.builtIn);
    QCOMPARE(definition.file, QStringLiteral("/channels/nyt-top.json"));
    QCOMPARE(definition.folder, QStringLiteral("/channels"));
    QCOMPARE(definition.source, QJsonDocument::fromJson(bigExample()).object());
}

void TestDefinitionReader::defaults_areThoseOfTheDocument()
{
    const DefinitionRead read = readDefinition(with("\"items\": \"\""), file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
    const ChannelDefinition &definition = read.definition;
    QCOMPARE(definition.fetcher, ChannelDefinition::FetcherKind::Http);
    QCOMPARE(definition.request.timeoutSeconds, 30.0);
    QCOMPARE(definition.request.maxBody, 64 * 1024 * 1024);
    QVERIFY(!definition.request.allowPrivate);
    QCOMPARE(definition.shape, ChannelDefinition::Shape::Auto);
    QCOMPARE(definition.removal.mode, RemovalRule::Mode::Snapshot);
    QCOMPARE(definition.removal.after, 1);
    QCOMPARE(definition.maxItems, 10000);
    QCOMPARE(definition.history.changesets, 1000);
    QCOMPARE(definition.history.hours, 24.0);
    QCOMPARE(definition.pollIntervalSeconds, 100.0);
    QCOMPARE(definition.poll, ChannelDefinition::PollMode::Subscribed);
    QCOMPARE(definition.maxStreams, 20);
    QVERIFY(definition.quota.isEmpty());
    QCOMPARE(definition.keyOwner(), QStringLiteral("test"));
}

void TestDefinitionReader::minimalDefinitions_areAccepted_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf") + with("\"items\": \"\"");
    QTest::newRow("replay alone") << QByteArray(R"({"name":"test","fetcher":"replay","replay":{"files":"a/*.json"}})");
    QTest::newRow("http by word") << with("\"fetcher\": \"http\"");
    QTest::newRow("bearer") << with("\"auth\": { \"type\": \"bearer\", \"key\": \"token\" }");
    QTest::newRow("basic") << with("\"auth\": { \"type\": \"basic\", \"user\": \"user\", \"password\": \"access-token-secret\" }");
    QTest::newRow("raw key in Authorization") << with("\"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": \"Authorization\", \"key\": \"k\" }");
    QTest::newRow("removal as object") << with("\"removal\": { \"mode\": \"snapshot\", \"after\": 3 }");
    QTest::newRow("composite id") << with("\"id_field\": [\"a\", \"/b/0\", \"/c~1d~0\"]");
    QTest::newRow("quota as object") << with("\"quota\": { \"calls\": 60, \"per\": 3600 }");
    QTest::newRow("half a second more") << with("\"poll_interval\": 1.5");
    QTest::newRow("local host") << requesting("\"url\": \"http://localhost:8080/{p}\"");
    QTest::newRow("address with brackets") << requesting("\"url\": \"http://[::1]:8080/a\"");
    QTest::newRow("param in host") << requesting("\"url\": \"https://{host}.example.com/{e}?x={p}\"");
    QTest::newRow("absent query entry") << requesting(URL ", \"query\": { \"a\": \"{opt}\" }");
    QTest::newRow("public demo key") << requesting(URL ", \"query\": { \"api_key\": \"DEMO_KEY\" }");
    QTest::newRow("sort key") << requesting(URL ", \"query\": { \"sort_key\": \"createdAt2024\", \"key\": \"name\" }");
    QTest::newRow("key from a param") << requesting(URL ", \"query\": { \"key\": \"{p}\" }");
    QTest::newRow("consent cookie") << requesting(URL ", \"headers\": { \"Cookie\": \"consent=yes1; lang=en\" }");
    QTest::newRow("own user agent") << requesting(URL ", \"headers\": { \"User-Agent\": \"me (me@example.com)\" }");
    QTest::newRow("dot in replay") << QByteArray(R"({"name":"test","fetcher":"replay","replay":{"files":"v1.2/[0-9]*.json"}})");
}

void TestDefinitionReader::minimalDefinitions_areAccepted()
{
    QFETCH(QByteArray, json);
    const DefinitionRead read = readDefinition(json, file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
}

void TestDefinitionReader::unknownMembers_passAndStayInTheSource()
{
    const DefinitionRead read = readDefinition(with("\"from_version_9\": { \"a\": [1] }, \"history\": { \"zip\": true }"), file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
    QCOMPARE(read.definition.source.value(u"from_version_9").toObject().value(u"a").toArray().size(), 1);
}

void TestDefinitionReader::queryAndHeaders_keepTheOrderOfTheFile()
{
    const DefinitionRead read = readDefinition(
        requesting(URL ", \"query\": { \"z\": \"1\", \"a\": \"2\", \"m\": \"3\" }, \"headers\": { \"X-B\": \"1\", \"X-A\": \"2\" }"), file);
    QVERIFY2(read.ok(), qPrintable(listed(read.problems)));
    QCOMPARE(read.definition.request.query[0].first, QStringLiteral("z"));
    QCOMPARE(read.definition.request.query[1].first, QStringLiteral("a"));
    QCOMPARE(read.definition.request.query[2].first, QStringLiteral("m"));
    QCOMPARE(read.definition.request.headers[0].first, QStringLiteral("X-B"));
}

void TestDefinitionReader::alwaysPoll_fillsInDefaults()
{
    const char *params = "\"params\": { \"a\": { \"default\": \"1\" }, \"b\": { \"required\": false } }, \"poll\": \"always\"";
    const auto alwaysOf = [](const QByteArray &json) { return readDefinition(json, file).definition.always; };
    QCOMPARE(alwaysOf(with(params)), (QList<QMap<QString, QString>> { { { QStringLiteral("a"), QStringLiteral("1") } } }));
    const QByteArray listedParams = QByteArray(params) + ", \"always\": [ {}, { \"a\": \"1\" }, { \"b\": \"2\" } ]";
    const QMap<QString, QString> first { { QStringLiteral("a"), QStringLiteral("1") } };
    const QMap<QString, QString> second { { QStringLiteral("a"), QStringLiteral("1") }, { QStringLiteral("b"), QStringLiteral("2") } };
    QCOMPARE(alwaysOf(with(listedParams.constData())), (QList<QMap<QString, QString>> { first, second }));
}

void TestDefinitionReader::secrets_areNeverRepeated_data()
{
    QTest::addColumn<QByteArray>("json");
    const QByteArray secret = "Zx81SecretValue77qq";
    const auto add = [&secret](const char *name, QByteArray json) { QTest::newRow(name) << json.replace("SECRET", secret); };
    add("URL", requesting("\"url\": \"https://api.example.com/v1?apikey=SECRET\""));
    add("user in URL", requesting("\"url\": \"https://me:SECRET@api.example.com/v1\""));
    add("URL of the wrong scheme", requesting("\"url\": \"SECRET://x\""));
    add("query", requesting(URL ", \"query\": { \"token\": \"SECRET\" }"));
    add("header", requesting(URL ", \"headers\": { \"X-Auth-Token\": \"SECRET\" }"));
    add("Authorization", requesting(URL ", \"headers\": { \"Authorization\": \"Bearer SECRET\" }"));
    add("auth.key", with("\"auth\": { \"type\": \"bearer\", \"key\": \"SECRET\" }"));
    add("auth.token", with("\"auth\": { \"type\": \"bearer\", \"key\": \"k\", \"token\": \"SECRET\" }"));
    add("auth", with("\"auth\": \"SECRET\""));
    add("auth.type", with("\"auth\": { \"type\": \"SECRET\" }"));
    add("keys", with("\"auth\": { \"type\": \"bearer\", \"key\": \"k\" }, \"keys\": { \"k\": \"SECRET\" }"));
    add("default", with("\"params\": { \"key\": { \"default\": \"SECRET\", \"pattern\": \"[a-z]+\", \"enum\": [\"a\"] } }"));
    add("elsewhere", with("\"poll_interval\": \"SECRET\""));
    add("cut off", with("\"x\": \"SECRET"));
    add("not a literal", with("\"x\": SECRET"));
}

void TestDefinitionReader::secrets_areNeverRepeated()
{
    QFETCH(QByteArray, json);
    const QString text = listed(readDefinition(json, file).problems);
    QVERIFY(!text.isEmpty());
    QVERIFY2(!text.contains(u"Zx81") && !text.contains(u"SecretValue"), qPrintable(text));
}

void TestDefinitionReader::longStrings_areJudgedWithoutHarm()
{
    const QByteArray longName(500'000, 'a');
    QVERIFY(!readDefinition(R"({"name":")" + longName + R"(","request":{"url":"https://a.example/)" + longName + R"("}})", file).ok());
}

void TestDefinitionReader::problemText_namesFileLineAndMember()
{
    const DefinitionRead read = readDefinition(with("\"poll_interval\": 0"), file);
    QCOMPARE(listed(read.problems),
             QStringLiteral("/channels/test.json:4: /poll_interval: poll_interval is 0; it must be 1 to 604800 seconds"));
}

void TestDefinitionReader::missingFile_isAProblemOfTheFile()
{
    const DefinitionRead read = readDefinitionFile(QStringLiteral("/nowhere/test.json"));
    QCOMPARE(read.problems.size(), 1);
    QCOMPARE(read.problems.first().line, 0);
    QVERIFY(read.problems.first().message.startsWith(u"the file can't be read"));
}

void TestDefinitionReader::identity_changesWithTheRequestOnly()
{
    const ChannelDefinition base = readDefinition(with("\"items\": \"/a\""), file).definition;
    const auto changed = [&base](const std::function<void(ChannelDefinition &)> &change) {
        ChannelDefinition other = base;
        change(other);
        return other.identity() != base.identity();
    };
    QCOMPARE(base.identity().size(), 64);
    QVERIFY(!changed([](auto &d) { d.pollIntervalSeconds = 7; }));
    QVERIFY(!changed([](auto &d) { d.file = QStringLiteral("/elsewhere/x.json"); }));
    QVERIFY(!changed([](auto &d) { d.description = QStringLiteral("x"); }));
    QVERIFY(changed([](auto &d) { d.request.url += u'x'; }));
    QVERIFY(changed([](auto &d) { d.request.query.append({ QStringLiteral("a"), QStringLiteral("b") }); }));
    QVERIFY(changed([](auto &d) { d.request.headers.append({ QStringLiteral("a"), QStringLiteral("b") }); }));
    QVERIFY(changed([](auto &d) { d.items = QStringLiteral("/b"); }));
    QVERIFY(changed([](auto &d) { d.shape = ChannelDefinition::Shape::Map; }));
    QVERIFY(changed([](auto &d) { d.idField = QStringList { QStringLiteral("id") }; }));
    QVERIFY(changed([](auto &d) { d.auth.type = AuthDefinition::Type::Bearer; }));
    QVERIFY(changed([](auto &d) { d.fetcher = ChannelDefinition::FetcherKind::Replay; }));
    QVERIFY(changed([](auto &d) { d.replay.files = QStringLiteral("x"); }));
}

void TestDefinitionReader::keyNames_areThoseOfTheAuth()
{
    AuthDefinition auth;
    auth.key = QStringLiteral("k");
    auth.user = QStringLiteral("u");
    auth.password = QStringLiteral("p");
    QVERIFY(auth.keyNames().isEmpty());
    auth.type = AuthDefinition::Type::Bearer;
    QCOMPARE(auth.keyNames(), QStringList { QStringLiteral("k") });
    auth.type = AuthDefinition::Type::Basic;
    QCOMPARE(auth.keyNames(), QStringList({ QStringLiteral("u"), QStringLiteral("p") }));
}

void TestDefinitionReader::schema_describesEveryMember()
{
    QFile schema(QStringLiteral(":/schema/channel.schema.json"));
    QVERIFY(schema.open(QIODevice::ReadOnly));
    const QByteArray text = schema.readAll();
    QCOMPARE(DefinitionText(text).faults().size(), 0);
    int members = 0;
    QStringList incomplete;
    visitMembers(QJsonDocument::fromJson(text).object(), {}, [&](const QString &way, const QJsonObject &member) {
        ++members;
        const bool anything = way == u"/request/body";
        if (member.value(u"description").toString().isEmpty()
            || (!anything && !member.value(u"errorMessage").toString().startsWith(u"must be")))
            incomplete << way;
    });
    QCOMPARE(incomplete, QStringList());
    QVERIFY(members > 90);
}

QTEST_GUILESS_MAIN(TestDefinitionReader)
#include "tst_definitionreader.moc"
