#include "tests/config/baddefinitions.h"

namespace restream {
namespace {

#define URL "\"url\": \"https://api.example.com/v1\""

const QList<BadDefinition> &badUrlsAndHeaders()
{
    static const QList<BadDefinition> rows {
        { "relative URL", definitionRequesting("\"url\": \"/v1/items\""), 3, "/request/url",
          "request.url is not absolute" },
        { "no scheme", definitionRequesting("\"url\": \"api.example.com/v1\""), 3, "/request/url",
          "request.url is not absolute" },
        { "file URL", definitionRequesting("\"url\": \"file:///etc/passwd\""), 3, "/request/url",
          "request.url is not absolute" },
        { "ftp URL", definitionRequesting("\"url\": \"ftp://example.com/a\""), 3, "/request/url",
          "must be an absolute URL that starts with https:// or http://" },
        { "user in URL", definitionRequesting("\"url\": \"https://me:pw@example.com/a\""), 3,
          "/request/url", "holds a user name or password" },
        { "fragment in URL", definitionRequesting("\"url\": \"https://example.com/a#b\""), 3,
          "/request/url", "has a fragment" },
        { "line break in URL", definitionRequesting("\"url\": \"https://example.com/a\\r\\nX: y\""),
          3, "/request/url", "holds a space or a control character" },
        { "bad port", definitionRequesting("\"url\": \"https://example.com:99999/\""), 3,
          "/request/url", "the host or port of request.url is not valid" },
        { "backslash after the host",
          definitionRequesting("\"url\": \"https://example.com\\\\@evil.example/\""), 3,
          "/request/url", "the host or port of request.url is not valid" },
        { "free host", definitionRequesting("\"url\": \"https://{p}/a\""), 3, "/request/url",
          "{p} stands in the host of request.url, so anybody could choose the server" },
        { "wide host",
          "{\n \"name\": \"test\",\n \"request\": { \"url\": \"https://{h}/a\" },\n \"params\": { "
          "\"h\": { \"pattern\": \".*\" } }\n}",
          3, "/request/url", "params.h allows more than letters, digits, dots and hyphens" },
        { "host enum with a path",
          "{\n \"name\": \"test\",\n \"request\": { \"url\": \"https://{h}/a\" },\n \"params\": { "
          "\"h\": { \"enum\": [\"a.example\", \"b.example/x\"] } }\n}",
          3, "/request/url", "params.h allows more than" },
        { "free scheme", definitionRequesting("\"url\": \"{p}://example.com/a\""), 3,
          "/request/url", "must be an absolute URL that starts with https:// or http://" },
        { "undeclared param", definitionRequesting("\"url\": \"https://example.com/{section}\""), 3,
          "/request/url", "{section} in request.url is no param of this channel" },
        { "undeclared in query", definitionRequesting(URL ", \"query\": { \"q\": \"{x}\" }"), 3,
          "/request/query/q", "{x} in request.query.q is no param" },
        { "undeclared in header", definitionRequesting(URL ", \"headers\": { \"X-A\": \"{x}\" }"),
          3, "/request/headers/X-A", "{x} in request.headers.X-A is no param" },
        { "optional in path", definitionRequesting("\"url\": \"https://example.com/{opt}\""), 3,
          "/request/url", "{opt} in request.url may be absent" },
        { "open brace", definitionRequesting("\"url\": \"https://example.com/{p\""), 3,
          "/request/url", "request.url has a brace without its partner" },
        { "time", definitionRequesting(URL ", \"query\": { \"t\": \"{time:-PT2H}\" }"), 3,
          "/request/query/t", "{time:…} in request.query.t is not supported yet" },
        { "line break in header",
          definitionRequesting(URL ", \"headers\": { \"X-A\": \"a\\r\\nEvil: 1\" }"), 3,
          "/request/headers/X-A", "the value of the header X-A holds a line break" },
        { "NUL in header", definitionRequesting(URL ", \"headers\": { \"X-A\": \"a\\u0000\" }"), 3,
          "/request/headers/X-A",
          "the value of the header X-A holds a line break, a control character" },
        { "header name with colon", definitionRequesting(URL ", \"headers\": { \"X:A\": \"a\" }"),
          3, "/request/headers/X:A", "a header's name can't hold spaces, colons" },
        { "header name with line break",
          definitionRequesting(URL ", \"headers\": { \"X\\nA\": \"a\" }"), 3,
          "/request/headers/X\nA", "a header's name can't hold" },
        { "Host", definitionRequesting(URL ", \"headers\": { \"host\": \"x\" }"), 3,
          "/request/headers/host", "the header host can't be set" },
        { "Content-Length",
          definitionRequesting(URL ", \"headers\": { \"Content-Length\": \"0\" }"), 3,
          "/request/headers/Content-Length", "can't be set" },
        { "Accept-Encoding",
          definitionRequesting(URL ", \"headers\": { \"Accept-Encoding\": \"br\" }"), 3,
          "/request/headers/Accept-Encoding", "can't be set" },
        { "If-None-Match", definitionRequesting(URL ", \"headers\": { \"If-None-Match\": \"x\" }"),
          3, "/request/headers/If-None-Match", "can't be set" },
        { "header twice",
          definitionRequesting(URL ", \"headers\": { \"Accept\": \"a\", \"accept\": \"b\" }"), 3,
          "/request/headers/accept", "the header accept is given twice" },
    };
    return rows;
}

const QList<BadDefinition> &badAuth()
{
    static const QList<BadDefinition> rows {
        { "key in URL",
          definitionRequesting("\"url\": \"https://api.example.com/v1?api-key=aB3dE6gH9\""), 3,
          "/request/url", "request.url holds what looks like a key (its item api-key)" },
        { "token in URL, encoded",
          definitionRequesting(
              "\"url\": \"https://api.example.com/v1?a=1&access%5Ftoken=aB3dE6gH9\""),
          3, "/request/url", "declare \"auth\" and put the key in the keychain" },
        { "key in query",
          definitionRequesting(URL ", \"query\": { \"appid\": \"0123456789abcdef\" }"), 3,
          "/request/query/appid", "this looks like a key" },
        { "key in header",
          definitionRequesting(URL ", \"headers\": { \"X-Api-Key\": \"0123456789abcdef\" }"), 3,
          "/request/headers/X-Api-Key", "this looks like a key" },
        { "Authorization",
          definitionRequesting(URL ", \"headers\": { \"Authorization\": \"Bearer x\" }"), 3,
          "/request/headers/Authorization",
          "the header Authorization can't stand in a definition" },
        { "login cookie",
          definitionRequesting(
              URL ", \"headers\": { \"Cookie\": \"lang=en; sid=0123456789abcdef01\" }"),
          3, "/request/headers/Cookie", "this looks like a key" },
        { "key as default",
          definitionWith("\"params\": { \"api_key\": { \"default\": \"0123456789abcdef\" } }"), 4,
          "/params/api_key/default", "this looks like a key" },
        { "key for its name",
          definitionWith("\"auth\": { \"type\": \"bearer\", \"key\": \"0123456789abcdef0123\" }"),
          4, "/auth/key", "auth.key looks like the key itself" },
        { "key name with spaces",
          definitionWith("\"auth\": { \"type\": \"bearer\", \"key\": \"my key\" }"), 4, "/auth/key",
          "the name of a key has at most 64 letters" },
        { "unused key",
          definitionWith("\"auth\": { \"type\": \"bearer\", \"key\": \"token\" },\n \"keys\": { "
                         "\"api-key\": {} }"),
          5, "/keys/api-key", "keys.api-key is used by nothing; \"auth\" uses token" },
        { "key without auth", definitionWith("\"keys\": { \"api-key\": {} }"), 4, "/keys/api-key",
          "there is no \"auth\"" },
        { "key's page",
          definitionWith("\"auth\": { \"type\": \"bearer\", \"key\": \"t\" },\n \"keys\": { \"t\": "
                         "{\n \"url\": \"javascript:alert(1)\" } }"),
          6, "/keys/t/url", "keys.t.url is no web address" },
        { "keys_from itself",
          definitionWith(
              "\"auth\": { \"type\": \"bearer\", \"key\": \"t\" },\n \"keys_from\": \"test\""),
          5, "/keys_from", "keys_from names this channel itself" },
        { "keys_from without auth", definitionWith("\"keys_from\": \"other\""), 4, "/keys_from",
          "keys_from has no use without \"auth\"" },
        { "auth's header",
          definitionWith("\"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": "
                         "\"Host\", \"key\": \"k\" }"),
          4, "/auth/name", "the header Host can't be set" },
        { "auth's header name",
          definitionWith("\"auth\": { \"type\": \"api_key\", \"in\": \"header\", \"name\": \"X "
                         "A\", \"key\": \"k\" }"),
          4, "/auth/name", "a header's name can't hold" },
        { "auth's header again",
          "{\n \"name\": \"test\",\n \"request\": { " URL
          ", \"headers\": { \"X-Key\": \"a\" } },\n \"auth\": { \"type\": \"api_key\", \"in\": "
          "\"header\", \"name\": \"X-Key\", \"key\": \"k\" }\n}",
          3, "/request/headers/X-Key", "is the one that \"auth\" fills in" },
        { "auth's query item again",
          "{\n \"name\": \"test\",\n \"request\": { " URL
          ", \"query\": { \"k\": \"a\" } },\n \"auth\": { \"type\": \"api_key\", \"in\": "
          "\"query\", \"name\": \"k\", \"key\": \"k\" }\n}",
          3, "/request/query/k", "is the one that \"auth\" fills in" },
        { "auth of a replay",
          "{\n \"name\": \"test\", \"fetcher\": \"replay\",\n \"replay\": { \"files\": \"a.json\" "
          "},\n \"auth\": { \"type\": \"bearer\", \"key\": \"k\" }\n}",
          4, "/auth", "auth has no use where recorded bodies are replayed" },
    };
    return rows;
}

}

QList<BadDefinition> badRequests()
{
    return badUrlsAndHeaders() + badAuth();
}

}
