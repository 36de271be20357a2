#include "app/options.h"

#include <QRegularExpression>
#include <QVarLengthArray>

#include <algorithm>
#include <numeric>

namespace restream {

QString programName(Program program)
{
    return program == Program::Daemon ? QStringLiteral("restreamd") : QStringLiteral("restream");
}

const QList<OptionSpec> &allOptions()
{
    static const QList<OptionSpec> options = {
        { u"config"_qs, u"DIR"_qs,
          u"Folder of your own channels (channels/*.json). Default: $XDG_CONFIG_HOME/restream"_qs },
        { u"data"_qs, u"DIR"_qs,
          u"Folder of what is kept over restarts. Default: $XDG_DATA_HOME/restream"_qs },
        { u"port"_qs, u"PORT"_qs, u"Port to listen on; 0 takes a free one. Default: 7999"_qs },
        { u"bind"_qs, u"ADDRESS"_qs,
          u"Loopback address to listen on. Default: 127.0.0.1, and ::1 where there is one"_qs },
        { u"allow-origin"_qs, u"ORIGIN"_qs,
          u"Lets web pages of this origin in, as https://example.org (or null: pages opened from disk); may be repeated"_qs },
        { u"keys-file"_qs, u"FILE"_qs,
          u"Keeps API keys in this file (mode 0600) instead of the keychain: {\"nyt-top\":{\"api-key\":\"…\"}}"_qs },
        { u"curl"_qs, u"COMMAND"_qs,
          u"The request as a curl command, as browsers copy it; - reads it from standard input"_qs },
        { u"server"_qs, u"URL"_qs,
          u"The server to subscribe to. Default: http://127.0.0.1:7999/"_qs },
        { u"updates"_qs, u"FORM"_qs,
          u"How updated items travel: item, patch (RFC 6902) or merge (RFC 7396). Default: item"_qs },
        { u"tray"_qs, QString(),
          u"Begins in the desktop's tray, minimised where there is none"_qs },
        { u"help"_qs, QString(), u"Prints this help"_qs },
        { u"version"_qs, QString(), u"Prints the version"_qs },
    };
    return options;
}

namespace {

QList<CommandSpec> keysCommands()
{
    const QStringList keys = { u"config"_qs, u"keys-file"_qs };
    return {
        { u"keys list"_qs,
          u"[CHANNEL]"_qs,
          u"Lists the keys that channels need, and whether each is set. Never a value."_qs,
          QString(),
          keys,
          { u"restreamd keys list"_qs } },
        { u"keys set"_qs,
          u"CHANNEL KEY"_qs,
          u"Stores a key's value, read from standard input or asked for without echo."_qs,
          QString(),
          keys,
          { u"restreamd keys set nyt-newswire api-key"_qs,
            u"pass show nyt | restreamd keys set nyt-newswire api-key"_qs } },
        { u"keys remove"_qs,
          u"CHANNEL KEY"_qs,
          u"Forgets a key."_qs,
          QString(),
          keys,
          { u"restreamd keys remove nyt-newswire api-key"_qs } },
        { u"keys import"_qs,
          u"FILE"_qs,
          u"Stores every key of a keys file, {\"nyt-top\":{\"api-key\":\"…\"}}; - is standard input."_qs,
          QString(),
          keys,
          { u"restreamd keys import keys.json"_qs } },
    };
}

QList<CommandSpec> daemonCommands()
{
    const QStringList run = { u"config"_qs, u"data"_qs,         u"port"_qs,
                              u"bind"_qs,   u"allow-origin"_qs, u"keys-file"_qs };
    return {
        { QString(),
          QString(),
          u"Polls REST APIs and serves what changed, over WebSocket and HTTP on one port."_qs,
          u"Prints \"listening on http://127.0.0.1:7999/\" once clients can connect, logs to "
          u"standard error, and ends cleanly on "
          "SIGTERM and SIGINT."_qs,
          run,
          { u"restreamd                                      # serve on port 7999"_qs,
            u"restreamd --port 0 --data /tmp/try             # a free port, a store of its own"_qs,
            u"restreamd tail demo-quakes                     # watch a stream of that server"_qs,
            u"restreamd fetch usgs-quakes window=day | jq .  # poll once, without a server"_qs,
            u"restreamd keys set nyt-newswire api-key        # asks for the value"_qs } },
        { u"channels"_qs,
          QString(),
          u"Lists the channels: name, interval, keys needed, description."_qs,
          u"One line a channel. Definitions that could not be read are named on standard error."_qs,
          { u"config"_qs },
          { u"restreamd channels"_qs } },
        { u"check"_qs,
          u"PATH…"_qs,
          u"Validates channel definitions: files, or folders of *.json."_qs,
          u"Prints FILE:LINE: /member: message for each problem, and ends with 1 where there is one."_qs,
          { u"config"_qs },
          { u"restreamd check ~/.config/restream/channels"_qs,
            u"restreamd check my-channel.json"_qs } },
    };
}

QList<CommandSpec> streamCommands()
{
    return {
        { u"fetch"_qs,
          u"CHANNEL [name=value…]"_qs,
          u"Polls a channel once and prints its items."_qs,
          u"One line of JSON an item: {\"id\":…,\"item\":…}. A summary goes to standard error. The "
          u"call counts for the "
          "channel's quota, also beside a running server."_qs,
          { u"config"_qs, u"data"_qs, u"keys-file"_qs },
          { u"restreamd fetch demo-quakes"_qs,
            u"restreamd fetch usgs-quakes level=all window=hour | jq .item.properties.mag"_qs } },
        { u"guess"_qs,
          u"[URL] [FILE…]"_qs,
          u"Proposes the definition of a channel from a URL or a curl command and what it answers."_qs,
          u"The definition goes to standard output; why it is so, what to look at before keeping "
          u"it, "
          u"and how to store a key that was found go to standard error. Without a FILE the URL is "
          u"called once, as fetch does. FILEs are recorded answers, one poll after another: the "
          u"more, "
          u"the better the proposal. A key in what was given is in neither output."_qs,
          { u"data"_qs, u"curl"_qs },
          { u"restreamd guess https://api.example.com/v1/items > items.json"_qs,
            u"restreamd guess --curl \"curl 'https://api.example.com/items' -H 'X-Api-Key: …'\""_qs,
            u"restreamd guess https://api.example.com/items monday.json tuesday.json"_qs } },
        { u"tail"_qs,
          u"CHANNEL [name=value…]"_qs,
          u"Subscribes to a running server and prints its messages."_qs,
          u"One message a line, as sent. When the server goes away it is asked again until SIGINT, "
          u"and what was missed "
          "meanwhile follows: nothing is skipped or repeated as long as the server still holds it."_qs,
          { u"server"_qs, u"updates"_qs },
          { u"restreamd tail demo-quakes"_qs,
            u"restreamd tail usgs-quakes window=day --updates patch"_qs,
            u"restreamd tail nyt-top --server http://127.0.0.1:8000/"_qs } },
    };
}

QList<CommandSpec> windowCommands()
{
    return {
        { QString(),
          QString(),
          u"The window of Restream: its channels, what they bring as it changes, and the server for other programs."_qs,
          u"It serves as restreamd does, in the tray too when its window is closed while somebody "
          u"subscribes; Quit and SIGTERM end it cleanly. "
          u"A second start on the same data folder brings the first one's window forward."_qs,
          { u"config"_qs, u"data"_qs, u"port"_qs, u"bind"_qs, u"allow-origin"_qs, u"keys-file"_qs,
            u"tray"_qs },
          { u"restream"_qs,
            u"restream --port 0 --data /tmp/try             # a free port, a store of its own"_qs } }
    };
}

QString wrapped(const QString &text, qsizetype indent, qsizetype width)
{
    QString result;
    QString line;
    for (const QString &word : text.split(u' ')) {
        if (!line.isEmpty() && line.size() + 1 + word.size() > width - indent) {
            result += line % u'\n' % QString(indent, u' ');
            line.clear();
        }
        line += line.isEmpty() ? word : QString(u' ' % word);
    }
    return result + line;
}

constexpr qsizetype lineWidth = 90;

/// A list of names with what they mean, the latter in one column.
QString table(const QList<std::pair<QString, QString>> &rows)
{
    qsizetype width = 0;
    for (const auto &[name, meaning] : rows)
        width = std::max(width, name.size());
    QString text;
    for (const auto &[name, meaning] : rows)
        text += QLatin1String("  ") % name.leftJustified(width + 2)
            % wrapped(meaning, width + 4, lineWidth) % u'\n';
    return text;
}

QString optionTable(const QStringList &names)
{
    static const QStringList always = { u"help"_qs, u"version"_qs };
    QList<std::pair<QString, QString>> rows;
    for (const OptionSpec &option : allOptions()) {
        if (names.contains(option.name) || always.contains(option.name))
            rows.append({ QLatin1String("--") % option.name
                              % (option.value.isEmpty() ? QString() : u' ' % option.value),
                          option.description });
    }
    return u"\nOptions:\n" % table(rows);
}

QString examples(const QStringList &lines)
{
    QString text = lines.isEmpty() ? QString() : u"\nExamples:\n"_qs;
    for (const QString &line : lines)
        text += QLatin1String("  ") % line % u'\n';
    return text;
}

QString usageLine(Program program, const CommandSpec &command)
{
    return QStringList { programName(program), command.name,
                         command.options.isEmpty() ? QString() : u"[options]"_qs,
                         command.arguments }
        .filter(QRegularExpression(u"."_qs))
        .join(u' ');
}

QString commandHelp(Program program, const CommandSpec &command)
{
    QString text = u"Usage: " % usageLine(program, command) % u"\n\n"
        % wrapped(command.summary, 0, lineWidth) % u'\n';
    if (!command.details.isEmpty())
        text += wrapped(command.details, 0, lineWidth) % u'\n';
    return text % optionTable(command.options) % examples(command.examples);
}

/// The commands whose names start with `prefix`, as a table.
QString commandTable(Program program, const QString &prefix)
{
    QList<std::pair<QString, QString>> rows;
    for (const CommandSpec &command : commandSpecs(program)) {
        if (!command.name.isEmpty() && command.name.startsWith(prefix))
            rows.append({ command.arguments.isEmpty()
                              ? command.name
                              : QString(command.name % u' ' % command.arguments),
                          command.summary });
    }
    return rows.isEmpty() ? QString()
                          : QString(u"\nCommands (each has its own --help):\n" % table(rows));
}

QString exitCodes(Program program)
{
    // The window says that the port is in use, and runs on.
    return u"\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 data folder in use"
        % (program == Program::Daemon ? u", 4 port in use.\n"_qs : u".\n"_qs);
}

}

const QList<CommandSpec> &commandSpecs(Program program)
{
    static const QList<CommandSpec> daemon = daemonCommands() + streamCommands() + keysCommands();
    static const QList<CommandSpec> window = windowCommands();
    return program == Program::Daemon ? daemon : window;
}

QString helpText(Program program, const QString &command)
{
    const QList<CommandSpec> &commands = commandSpecs(program);
    for (const CommandSpec &spec : commands) {
        if (spec.name == command && !command.isEmpty())
            return commandHelp(program, spec);
    }
    if (!command.isEmpty())
        return u"Usage: " % programName(program) % u' ' % command % u" COMMAND …\n"
            % commandTable(program, command % u' ');
    const CommandSpec &run = commands.first();
    QString text = u"Usage: " % usageLine(program, run) % u'\n';
    if (commands.size() > 1)
        text += u"       " % programName(program) % u" COMMAND …\n";
    text += u'\n' % wrapped(run.summary, 0, lineWidth) % u'\n' % wrapped(run.details, 0, lineWidth)
        % u'\n';
    return text % commandTable(program, QString()) % optionTable(run.options)
        % examples(run.examples) % exitCodes(program);
}

namespace {

/// Insertions, removals and replacements between two words.
qsizetype distance(const QString &a, const QString &b)
{
    QVarLengthArray<qsizetype, 64> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        qsizetype diagonal = row[0];
        row[0] = i;
        for (qsizetype j = 1; j < row.size(); ++j) {
            const qsizetype replaced = diagonal + (a.at(i - 1) == b.at(j - 1) ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({ row[j] + 1, row[j - 1] + 1, replaced });
        }
    }
    return row.last();
}

}

QString closest(const QString &word, const QStringList &candidates)
{
    QString best;
    qsizetype least = std::max<qsizetype>(2, word.size() / 3) + 1;
    for (const QString &candidate : candidates) {
        const bool begins =
            word.size() >= 3 && (candidate.startsWith(word) || word.startsWith(candidate));
        const qsizetype d = begins ? 1 : distance(word, candidate);
        if (d < least && d < word.size()) {
            least = d;
            best = candidate;
        }
    }
    return best;
}

}
