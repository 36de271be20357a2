#pragma once

#include "app/options.h"
#include "core/config/params.h"
#include "core/result.h"
#include "core/serve/serveoptions.h"

#include <QStringList>
#include <QUrl>

namespace restream {

enum class Command {
    Run,
    Channels,
    Check,
    Fetch,
    Guess,
    Tail,
    KeysList,
    KeysSet,
    KeysRemove,
    KeysImport
};

/// A command line that makes sense.
struct CommandLine
{
    Command command = Command::Run;
    QString configFolder; ///< absolute
    QString dataFolder; ///< absolute
    QString keysFile; ///< empty: not given
    ServeOptions serve;
    bool inTray = false; ///< the window: begins without being seen
    QStringList paths; ///< Check, KeysImport (one), Guess (files and a URL)
    QString curl; ///< Guess: a curl command, or "-"; empty: not given
    QString channel; ///< Fetch, Tail, KeysSet, KeysRemove; KeysList: may be empty
    QString key; ///< KeysSet, KeysRemove
    Params params; ///< Fetch, Tail: as given
    QUrl server; ///< Tail: ws://…/v1/stream
    QString updates; ///< Tail: "item", "patch" or "merge"
};

/// What to do with the arguments of a program.
struct ParsedArguments
{
    enum class Outcome { Proceed, Print, UsageError };

    Outcome outcome = Outcome::Proceed;
    CommandLine line; ///< Proceed
    QString text; ///< Print: for standard output. UsageError: what is wrong and what would be right
};

/// Reads the arguments (without the program's name). Pure but for the environment that defaults come from.
ParsedArguments parseArguments(Program program, const QStringList &arguments);

/// `text` as browsers write an origin: "https://example.org", default ports left out; "null" is one. Error: `usage`.
Result<QString> parseOrigin(const QString &text);
/// The loopback address that `text` says ("localhost" is 127.0.0.1). Error: `usage`.
Result<QHostAddress> parseBind(const QString &text);
/// Where a client of the server at `text` subscribes: ws://127.0.0.1:7999/v1/stream. Error: `usage`.
Result<QUrl> parseServer(const QString &text);
/// "name=value" each, a name once. Error: `usage`.
Result<Params> parseParams(const QStringList &words);

}
