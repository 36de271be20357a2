#include "tests/config/baddefinitions.h"

namespace restream {
namespace {

#define URL "\"url\": \"https://api.example.com/v1\""

const QList<BadDefinition> &badTexts()
{
    static const QList<BadDefinition> rows {
        { "empty", "", 0, "", "the file is empty" },
        { "white space", " \n\n", 0, "", "the file is empty" },
        { "not JSON", "{\n \"name\": \"test\",\n}", 3, "", "this is not JSON: unexpected '}'" },
        { "cut off", "{\n \"name\": \"test\",\n \"request\": {", 3, "",
          "this is not JSON: unexpected end of input" },
        { "comment", "{\n // no\n \"name\": \"test\" }", 2, "", "this is not JSON" },
        { "number without digit", definitionWith("\"poll_interval\": .5"), 4, "",
          "this is not JSON" },
        { "number with bare dot", definitionWith("\"poll_interval\": 1."), 4, "",
          "this is not JSON" },
        { "leading zero", definitionWith("\"poll_interval\": 010"), 4, "", "this is not JSON" },
        { "huge number", definitionWith("\"poll_interval\": 1e400"), 4, "",
          "this is not JSON: a number is out of range" },
        { "raw line break", definitionWith("\"description\": \"a\nb\""), 4, "",
          "this is not JSON" },
        { "invalid UTF-8", definitionWith("\"description\": \"\xff\""), 4, "", "this is not JSON" },
        { "two values", "{}\n{}", 2, "", "this is not JSON" },
        { "a list", "[\n]", 1, "", "a channel definition is one JSON object" },
        { "nested", QByteArray(70, '['), 1, "", "nested more than 64 deep" },
        { "huge", QByteArray(1024 * 1024 + 1, ' '), 0, "", "a definition has at most 1048576" },
        { "given twice", definitionWith("\"items\": \"/a\",\n \"items\": \"/b\""), 5, "/items",
          "items is given twice" },
    };
    return rows;
}

// NOLINTNEXTLINE(readability-function-size): a table
const QList<BadDefinition> &badMembers()
{
    static const QList<BadDefinition> rows {
        { "no name", "{\n \"request\": { " URL " }\n}", 1, "/name",
          "name is missing; it must be at most 64 lower-case letters" },
        { "nothing to ask", "{\n \"name\": \"test\"\n}", 1, "/request",
          "request is missing; it must be an object with at least \"url\"" },
        { "no URL", definitionRequesting(""), 3, "/request/url",
          "request.url is missing; it must be the API's address" },
        { "replay without files", definitionWith("\"fetcher\": \"replay\""), 1, "/replay",
          "replay is missing" },
        { "empty URL", definitionRequesting("\"url\": \"\""), 3, "/request/url",
          "it must be the API's address" },
        { "name of another type", "{\n \"name\": 7,\n \"request\": { " URL " }\n}", 2, "/name",
          "name is 7; it must be" },
        { "description is a number", definitionWith("\"description\": 1"), 4, "/description",
          "description is 1; it must be a string of at most 1000 characters" },
        { "icon is a path", definitionWith("\"icon\": \"../x.png\""), 4, "/icon",
          "icon is \"../x.png\"; it must be the name of an icon" },
        { "unknown fetcher", definitionWith("\"fetcher\": \"pigeon\""), 4, "/fetcher",
          "fetcher is \"pigeon\"; it must be http, process or replay" },
        { "unknown method", definitionRequesting(URL ", \"method\": \"PUT\""), 3, "/request/method",
          "request.method is \"PUT\"; it must be GET or POST" },
        { "unknown auth", definitionWith("\"auth\": { \"type\": \"oauth\" }"), 4, "/auth/type",
          "auth.type is \"oauth\"; it must be api_key, bearer or basic" },
        { "auth without type", definitionWith("\"auth\": { \"key\": \"k\" }"), 4, "/auth/type",
          "auth.type is missing" },
        { "auth is a string", definitionWith("\"auth\": \"Bearer\""), 4, "/auth",
          "auth is a string that does not fit; it must be an object" },
        { "bearer without key", definitionWith("\"auth\": { \"type\": \"bearer\" }"), 4,
          "/auth/key", "auth.key is missing" },
        { "api_key without place",
          definitionWith("\"auth\": { \"type\": \"api_key\", \"name\": \"k\", \"key\": \"k\" }"), 4,
          "/auth/in", "auth.in is missing; it must be query or header" },
        { "basic without password",
          definitionWith("\"auth\": { \"type\": \"basic\", \"user\": \"user\" }"), 4,
          "/auth/password", "auth.password is missing" },
        { "unknown shape", definitionWith("\"shape\": \"list\""), 4, "/shape",
          "shape is \"list\"; it must be array, map or single" },
        { "unknown removal", definitionWith("\"removal\": \"never\""), 4, "/removal",
          "removal is \"never\"; it must be \"snapshot\", \"window\", or" },
        { "removal without mode", definitionWith("\"removal\": { \"after\": 3 }"), 4,
          "/removal/mode", "removal.mode is missing; it must be snapshot or window" },
        { "removal after zero",
          definitionWith("\"removal\": { \"mode\": \"snapshot\", \"after\": 0 }"), 4,
          "/removal/after", "removal.after is 0; it must be 1 to 10000 polls" },
        { "removal after half",
          definitionWith("\"removal\": { \"mode\": \"snapshot\", \"after\": 1.5 }"), 4,
          "/removal/after", "removal.after is 1.5; it must be 1 to 10000 polls, a whole number" },
        { "ordered is a string", definitionWith("\"ordered\": \"true\""), 4, "/ordered",
          "ordered is \"true\"; it must be true or false" },
        { "max_items zero", definitionWith("\"max_items\": 0"), 4, "/max_items",
          "max_items is 0; it must be 1 to 1000000 items" },
        { "max_items huge", definitionWith("\"max_items\": 100000000000"), 4, "/max_items",
          "max_items is 100000000000; it must be 1 to 1000000 items" },
        { "history negative", definitionWith("\"history\": { \"changesets\": -1 }"), 4,
          "/history/changesets", "history.changesets is -1; it must be 1 to 100000" },
        { "history hours", definitionWith("\"history\": {\n  \"hours\": 0 }"), 5, "/history/hours",
          "history.hours is 0; it must be 0.1 to 8760 hours" },
        { "history bytes", definitionWith("\"history\": { \"bytes\": 10 }"), 4, "/history/bytes",
          "it must be 65536 to 1073741824 bytes" },
        { "interval zero", definitionWith("\"poll_interval\": 0"), 4, "/poll_interval",
          "poll_interval is 0; it must be 1 to 604800 seconds" },
        { "interval negative", definitionWith("\"poll_interval\": -5"), 4, "/poll_interval",
          "poll_interval is -5; it must be 1 to 604800 seconds" },
        { "interval huge", definitionWith("\"poll_interval\": 604801"), 4, "/poll_interval",
          "poll_interval is 604801; it must be 1 to 604800 seconds" },
        { "interval is a string", definitionWith("\"poll_interval\": \"60\""), 4, "/poll_interval",
          "poll_interval is \"60\"; it must be 1 to 604800 seconds" },
        { "interval is null", definitionWith("\"poll_interval\": null"), 4, "/poll_interval",
          "poll_interval is null; it must be" },
        { "timeout zero", definitionRequesting(URL ", \"timeout\": 0"), 3, "/request/timeout",
          "request.timeout is 0; it must be 1 to 600 seconds" },
        { "timeout huge", definitionRequesting(URL ", \"timeout\": 601"), 3, "/request/timeout",
          "request.timeout is 601" },
        { "max_body huge", definitionRequesting(URL ", \"max_body\": 2000000000"), 3,
          "/request/max_body",
          "request.max_body is 2000000000; it must be 1024 to 1073741824 bytes" },
        { "private is a number", definitionRequesting(URL ", \"private\": 1"), 3,
          "/request/private", "request.private is 1; it must be true or false" },
        { "query value is a number", definitionRequesting(URL ", \"query\": { \"n\": 10 }"), 3,
          "/request/query/n", "request.query.n is 10; it must be a string" },
        { "header is a list", definitionRequesting(URL ", \"headers\": { \"Accept\": [] }"), 3,
          "/request/headers/Accept", "request.headers.Accept is a list; it must be a string" },
        { "max_streams zero", definitionWith("\"max_streams\": 0"), 4, "/max_streams",
          "max_streams is 0; it must be 1 to 1000 streams" },
        { "unknown poll", definitionWith("\"poll\": \"never\""), 4, "/poll",
          "poll is \"never\"; it must be subscribed or always" },
        { "quota without window", definitionWith("\"quota\": { \"calls\": 5 }"), 4, "/quota/per",
          "quota.per is missing; it must be 1 to 31622400 seconds" },
        { "second quota",
          definitionWith(
              "\"quota\": [ { \"calls\": 5, \"per\": 60 },\n  { \"calls\": 0, \"per\": 60 } ]"),
          5, "/quota/1/calls", "quota[1].calls is 0; it must be 1 to 10000000 calls" },
        { "no quota at all", definitionWith("\"quota\": []"), 4, "/quota",
          "quota is a list; it must be an object like" },
        { "id_field is a number", definitionWith("\"id_field\": 1"), 4, "/id_field",
          "id_field is 1; it must be a member's name" },
        { "id_field is empty", definitionWith("\"id_field\": []"), 4, "/id_field",
          "id_field is a list; it must be" },
        { "params is a list", definitionWith("\"params\": []"), 4, "/params",
          "params is a list; it must be an object of at most 16 params" },
        { "enum is empty", definitionWith("\"params\": { \"p\": { \"enum\": [] } }"), 4,
          "/params/p/enum",
          "params.p.enum is a list; it must be a list of 1 to 500 different strings" },
        { "enum twice", definitionWith("\"params\": { \"p\": { \"enum\": [\"a\", \"a\"] } }"), 4,
          "/params/p/enum", "it must be a list of 1 to 500 different strings" },
        { "enum of numbers", definitionWith("\"params\": { \"p\": { \"enum\": [\n   10] } }"), 5,
          "/params/p/enum/0", "params.p.enum[0] is 10; it must be a string" },
        { "replay every", definitionWith("\"replay\": { \"files\": \"a.json\", \"every\": 0 }"), 4,
          "/replay/every", "replay.every is 0; it must be 0.1 to 86400 seconds" },
        { "keys_from is no name",
          definitionWith(
              "\"auth\": { \"type\": \"bearer\", \"key\": \"k\" },\n \"keys_from\": \"../other\""),
          5, "/keys_from", "it must be the name of another channel" },
    };
    return rows;
}

const QList<BadDefinition> &badRest()
{
    static const QList<BadDefinition> rows {
        { "name with a way up", "{\n \"name\": \"../test\",\n \"request\": { " URL " }\n}", 2,
          "/name", "name is \"../test\"; it must be at most 64 lower-case letters" },
        { "name in capitals", "{\n \"name\": \"Test\",\n \"request\": { " URL " }\n}", 2, "/name",
          "name is \"Test\"; it must be" },
        { "name with a line break", "{\n \"name\": \"test\\n\",\n \"request\": { " URL " }\n}", 2,
          "/name", "it must be at most 64 lower-case letters" },
        { "name of another file", "{\n \"name\": \"other\",\n \"request\": { " URL " }\n}", 2,
          "/name", "name is \"other\", but the file is called test.json" },
        { "doc_url", definitionWith("\"doc_url\": \"javascript:alert(1)\""), 4, "/doc_url",
          "doc_url is no web address" },
        { "terms", definitionWith("\"terms\": \"ask us\""), 4, "/terms",
          "terms is no web address" },
        { "param called token", definitionWith("\"params\": { \"token\": {} }"), 4, "/params/token",
          "a param can't be called \"token\"" },
        { "param with underscore", definitionWith("\"params\": { \"_p\": {} }"), 4, "/params/_p",
          "a param's name has at most 64 letters" },
        { "param with space", definitionWith("\"params\": {\n \"a b\": {} }"), 5, "/params/a b",
          "a param's name has at most 64 letters" },
        { "default not in enum",
          definitionWith("\"params\": { \"p\": { \"enum\": [\"a\", \"b\"], \"default\": \"c\" } }"),
          4, "/params/p/default", "the default of p is none of its enum; it must be one of a, b" },
        { "default not matching whole",
          definitionWith(
              "\"params\": { \"p\": { \"pattern\": \"[a-z]+\", \"default\": \"abc1\" } }"),
          4, "/params/p/default", "the default of p does not match its pattern [a-z]+ as a whole" },
        { "choice not matching",
          definitionWith(
              "\"params\": { \"p\": { \"pattern\": \"[a-z]+\", \"enum\": [\"a\", \"1\"] } }"),
          4, "/params/p/enum/1", "a choice of p does not match" },
        { "pattern broken", definitionWith("\"params\": { \"p\": { \"pattern\": \"[a-z\" } }"), 4,
          "/params/p/pattern", "the pattern of p is no regular expression" },
        { "pattern that breaks out",
          definitionWith("\"params\": { \"p\": { \"pattern\": \"a)|(b\" } }"), 4,
          "/params/p/pattern", "is no regular expression" },
        { "items is no pointer", definitionWith("\"items\": \"results\""), 4, "/items",
          "items is no JSON Pointer" },
        { "items with bad escape", definitionWith("\"items\": \"/a~2\""), 4, "/items",
          "items is no JSON Pointer" },
        { "id_field pointer", definitionWith("\"id_field\": \"/a~\""), 4, "/id_field",
          "id_field is no JSON Pointer" },
        { "id_field in list", definitionWith("\"id_field\": [\"a\", \"/~\"]"), 4, "/id_field/1",
          "id_field[1] is no JSON Pointer" },
        { "id_field twice", definitionWith("\"id_field\": [\"a\", \"a\"]"), 4, "/id_field/1",
          "id_field[1] is there already" },
        { "ignore is no pointer", definitionWith("\"ignore\": [\"/a\", \"b\"]"), 4, "/ignore/1",
          "ignore[1] is no JSON Pointer" },
        { "ignore everything", definitionWith("\"ignore\": [\"\"]"), 4, "/ignore/0",
          "ignore[0] is the whole item" },
        { "after in a window",
          definitionWith("\"removal\": { \"mode\": \"window\", \"after\": 2 }"), 4,
          "/removal/after", "removal.after has no meaning with \"window\"" },
        { "always unknown param",
          definitionWith("\"poll\": \"always\", \"always\": [ { \"x\": \"1\" } ]"), 4, "/always/0",
          "test has no param \"x\"; it takes none" },
        { "always without default",
          definitionWith("\"params\": { \"p\": {} },\n \"poll\": \"always\""), 5, "/poll",
          "poll is \"always\", but param \"p\" is missing" },
        { "always too many",
          definitionWith("\"params\": { \"p\": {} }, \"max_streams\": 1,\n \"poll\": \"always\", "
                         "\"always\": [ { \"p\": \"1\" }, { \"p\": \"2\" } ]"),
          5, "/always", "always lists 2 streams, but max_streams is 1" },
        { "replay outside", definitionWith("\"replay\": { \"files\": \"../*.json\" }"), 4,
          "/replay/files", "replay.files must stay inside the definition's folder" },
        { "replay absolute", definitionWith("\"replay\": { \"files\": \"/etc/*.json\" }"), 4,
          "/replay/files", "must stay inside" },
        { "replay of a resource", definitionWith("\"replay\": { \"files\": \":/catalog/a.json\" }"),
          4, "/replay/files", "must stay inside" },
        { "replay up in the middle",
          definitionWith("\"replay\": { \"files\": \"a/../../b.json\" }"), 4, "/replay/files",
          "must stay inside" },
    };
    return rows;
}

const QList<BadDefinition> &badFormats()
{
    static const QList<BadDefinition> rows {
        { "unknown format", definitionWith("\"format\": \"yaml\""), 4, "/format",
          "format is \"yaml\"; it must be json, ndjson, xml or csv" },
        { "csv is no object", definitionWith("\"csv\": \";\""), 4, "/csv",
          "it must be an object, like { \"delimiter\": \",\" }" },
        { "no delimiter", definitionWith("\"csv\": { \"delimiter\": \"\" }"), 4, "/csv/delimiter",
          "it must be one character" },
        { "long delimiter", definitionWith("\"csv\": { \"delimiter\": \"||\" }"), 4,
          "/csv/delimiter", "it must be one character" },
        { "quote as delimiter", definitionWith("\"csv\": { \"delimiter\": \"\\\"\" }"), 4,
          "/csv/delimiter", "csv.delimiter can't be a quote or a line end" },
        { "line end as delimiter", definitionWith("\"csv\": { \"delimiter\": \"\\n\" }"), 4,
          "/csv/delimiter", "csv.delimiter can't be a quote or a line end" },
        { "numbers is a text", definitionWith("\"csv\": { \"numbers\": \"yes\" }"), 4,
          "/csv/numbers", "it must be true or false" },
        { "items of csv", definitionWith("\"format\": \"csv\",\n \"items\": \"/rows\""), 5,
          "/items", "items has no meaning with this format" },
        { "items of ndjson", definitionWith("\"format\": \"ndjson\",\n \"items\": \"/0\""), 5,
          "/items", "items has no meaning with this format" },
    };
    return rows;
}

const QList<BadDefinition> &notYet()
{
    static const QList<BadDefinition> rows {
        { "POST", definitionRequesting(URL ", \"method\": \"POST\""), 3, "/request/method",
          "request.method \"POST\" is not supported yet; use \"GET\"" },
        { "body", definitionRequesting(URL ", \"body\": { \"a\": 1 }"), 3, "/request/body",
          "request.body is not supported yet" },
        { "pagination", definitionWith("\"pagination\": { \"type\": \"link\" }"), 4, "/pagination",
          "pagination is not supported yet" },
        { "command", definitionWith("\"command\": [\"a\"]"), 4, "/command",
          "command is not supported yet" },
        { "persistent", definitionWith("\"persistent\": true"), 4, "/persistent",
          "persistent is not supported yet" },
        { "oauth1",
          definitionWith("\"auth\": { \"type\": \"oauth1\", \"consumer_key\": \"a\", "
                         "\"consumer_secret\": \"b\" }"),
          4, "/auth/type",
          "auth.type \"oauth1\" is not supported yet; use api_key, bearer or basic" },
        { "oauth2",
          definitionWith(
              "\"auth\": { \"type\": \"oauth2\", \"grant\": \"client_credentials\", \"token_url\": "
              "\"https://a.example\", \"client_id\": \"a\", \"client_secret\": \"b\" }"),
          4, "/auth/type", "auth.type \"oauth2\" is not supported yet" },
        { "ttl", definitionWith("\"ttl\": { \"at\": \"/ttl\" }"), 4, "/ttl",
          "ttl is not supported yet" },
        { "throttled", definitionWith("\"throttled\": []"), 4, "/throttled",
          "throttled is not supported yet" },
        { "adaptive interval", definitionWith("\"poll_interval\": { \"min\": 10, \"max\": 60 }"), 4,
          "/poll_interval",
          "poll_interval with min and max is not supported yet; give one number of seconds" },
    };
    return rows;
}

}

QByteArray definitionWith(const char *members)
{
    return QByteArrayLiteral("{\n \"name\": \"test\",\n \"request\": { \"url\": "
                             "\"https://api.example.com/v1\" },\n ")
        + members + QByteArrayLiteral("\n}\n");
}

QByteArray definitionRequesting(const char *request)
{
    return QByteArrayLiteral("{\n \"name\": \"test\",\n \"request\": { ") + request
        + QByteArrayLiteral(
               " },\n \"params\": { \"p\": {}, \"e\": { \"enum\": [\"a\", \"b\"] },\n"
               "  \"host\": { \"pattern\": \"[a-z]+\" }, \"opt\": { \"required\": false } }\n}\n");
}

QList<BadDefinition> badDefinitions()
{
    return badTexts() + badMembers() + badRest() + badFormats() + notYet() + badRequests();
}

}
