#include "app/commandline.h"

#include <QCommandLineParser>
#include <QDir>
#include <QRegularExpression>
#include <QStandardPaths>

namespace restream {
namespace {

Error usage(const QString &message)
{
    return { u"usage"_qs, message };
}

ParsedArguments print(const QString &text)
{
    return { ParsedArguments::Outcome::Print, {}, text };
}

ParsedArguments wrong(const QString &text)
{
    return { ParsedArguments::Outcome::UsageError, {}, text };
}

QString didYouMean(const QString &word, const QStringList &candidates, const QString &prefix)
{
    const QString found = closest(word, candidates);
    return found.isEmpty() ? QString() : QString(u"; did you mean " % prefix % found % u'?');
}

void addOptions(QCommandLineParser &parser)
{
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    for (const OptionSpec &option : allOptions()) {
        QStringList spelled = { option.name };
        if (option.name == u"help")
            spelled.append(u"h"_qs);
        parser.addOption(QCommandLineOption(spelled, option.description, option.value));
    }
}

QStringList optionNames()
{
    QStringList names;
    for (const OptionSpec &option : allOptions())
        names.append(option.name);
    return names;
}

/// The command that the first words name; takes them away. Nothing: running.
Result<const CommandSpec *> findCommand(Program program, QStringList &words)
{
    const QList<CommandSpec> &specs = commandSpecs(program);
    if (words.isEmpty())
        return &specs.first();
    if (specs.size() == 1)
        return usage(u"unexpected argument \"%1\""_qs.arg(words.first()));
    QStringList firstWords;
    QStringList secondWords;
    for (const CommandSpec &spec : specs) {
        if (spec.name.isEmpty())
            continue;
        const QStringList parts = spec.name.split(u' ');
        if (words.mid(0, parts.size()) == parts) {
            words = words.mid(parts.size());
            return &spec;
        }
        if (!firstWords.contains(parts.first()))
            firstWords.append(parts.first());
        if (parts.first() == words.first())
            secondWords.append(parts.last());
    }
    if (secondWords.isEmpty())
        return usage(u"unknown command \"%1\""_qs.arg(words.first())
                     % didYouMean(words.first(), firstWords, QString())
                     % u" (commands: %1)"_qs.arg(firstWords.join(u", "_qs)));
    const QString choice = u"one of %1"_qs.arg(secondWords.join(u", "_qs));
    if (words.size() == 1)
        return usage(u"\"%1\" needs %2"_qs.arg(words.first(), choice));
    return usage(u"unknown command \"%1 %2\""_qs.arg(words.at(0), words.at(1))
                 % didYouMean(words.at(1), secondWords, words.first() % u' ')
                 % u" (%1)"_qs.arg(choice));
}

Command commandOf(const QString &name)
{
    static const QMap<QString, Command> commands = {
        { QString(), Command::Run },
        { u"channels"_qs, Command::Channels },
        { u"check"_qs, Command::Check },
        { u"fetch"_qs, Command::Fetch },
        { u"guess"_qs, Command::Guess },
        { u"tail"_qs, Command::Tail },
        { u"keys list"_qs, Command::KeysList },
        { u"keys set"_qs, Command::KeysSet },
        { u"keys remove"_qs, Command::KeysRemove },
        { u"keys import"_qs, Command::KeysImport },
    };
    return commands.value(name);
}

/// Puts the words after the command where they belong; gives how many of them the command takes at least and at most.
std::pair<qsizetype, qsizetype> wordCount(Command command)
{
    constexpr qsizetype any = std::numeric_limits<qsizetype>::max();
    switch (command) {
    case Command::Run:
    case Command::Channels:
        return { 0, 0 };
    case Command::Guess:
        return { 0, any };
    case Command::Check:
    case Command::Fetch:
    case Command::Tail:
        return { 1, any };
    case Command::KeysList:
        return { 0, 1 };
    case Command::KeysImport:
        return { 1, 1 };
    case Command::KeysSet:
    case Command::KeysRemove:
        return { 2, 2 };
    }
    Q_UNREACHABLE();
}

Result<void> takeWords(const CommandSpec &spec, const QStringList &words, CommandLine &line)
{
    const auto [least, most] = wordCount(line.command);
    if (words.size() < least)
        return usage(u"\"%1\" needs %2"_qs.arg(spec.name, spec.arguments));
    // What is too much here may be a key's value: it is not repeated.
    if (words.size() > most && spec.name.startsWith(u"keys "))
        return usage(
            u"\"%1\" takes %2 only; values are read from standard input, never from arguments"_qs
                .arg(spec.name, spec.arguments));
    if (words.size() > most)
        return usage(u"unexpected argument \"%1\""_qs.arg(words.at(most)));
    if (line.command == Command::Check || line.command == Command::KeysImport
        || line.command == Command::Guess)
        line.paths = words;
    else
        line.channel = words.value(0);
    if (line.command == Command::KeysSet || line.command == Command::KeysRemove)
        line.key = words.at(1);
    if (line.command != Command::Fetch && line.command != Command::Tail)
        return {};
    Result<Params> params = parseParams(words.mid(1));
    if (!params)
        return params.error();
    line.params = *std::move(params);
    return {};
}

QString folderOf(const QCommandLineParser &parser, const QString &name,
                 QStandardPaths::StandardLocation place)
{
    if (parser.isSet(name))
        return QDir(parser.value(name)).absolutePath();
    return QStandardPaths::writableLocation(place) % QLatin1String("/restream");
}

Result<void> takeServeOptions(const QCommandLineParser &parser, ServeOptions &serve)
{
    if (parser.isSet(u"port"_qs)) {
        bool ok = false;
        serve.port = parser.value(u"port"_qs).toUShort(&ok);
        if (!ok)
            return usage(
                u"--port \"%1\": a number from 0 to 65535 is needed, 0 for a free port"_qs.arg(
                    parser.value(u"port"_qs)));
    }
    if (parser.isSet(u"bind"_qs)) {
        const Result<QHostAddress> bind = parseBind(parser.value(u"bind"_qs));
        if (!bind)
            return bind.error();
        serve.bind = *bind;
    }
    for (const QString &text : parser.values(u"allow-origin"_qs)) {
        const Result<QString> origin = parseOrigin(text);
        if (!origin)
            return origin.error();
        serve.allowedOrigins.append(*origin);
    }
    return {};
}

Result<void> takeOptions(const QCommandLineParser &parser, const QStringList &known,
                         CommandLine &line)
{
    for (const OptionSpec &option : allOptions()) {
        const QString &name = option.name;
        if (!option.value.isEmpty() && known.contains(name) && parser.isSet(name)
            && parser.value(name).isEmpty())
            return usage(u"--%1 needs a value"_qs.arg(name));
    }
    const auto has = [&](QLatin1String name) { return known.contains(name); };
    if (has(QLatin1String("config")))
        line.configFolder = folderOf(parser, u"config"_qs, QStandardPaths::GenericConfigLocation);
    if (has(QLatin1String("data")))
        line.dataFolder = folderOf(parser, u"data"_qs, QStandardPaths::GenericDataLocation);
    if (has(QLatin1String("keys-file")) && parser.isSet(u"keys-file"_qs))
        line.keysFile = QDir::current().absoluteFilePath(parser.value(u"keys-file"_qs));
    if (has(QLatin1String("curl"))) {
        line.curl = parser.value(u"curl"_qs);
        if (line.curl.isEmpty() && line.paths.isEmpty())
            return usage(u"\"guess\" needs a URL, files, or --curl"_qs);
    }
    line.inTray = parser.isSet(u"tray"_qs);
    if (has(QLatin1String("server"))) {
        const QString text =
            parser.isSet(u"server"_qs) ? parser.value(u"server"_qs) : u"http://127.0.0.1:7999/"_qs;
        Result<QUrl> server = parseServer(text);
        if (!server)
            return server.error();
        line.server = *std::move(server);
        line.updates = parser.isSet(u"updates"_qs) ? parser.value(u"updates"_qs) : u"item"_qs;
        if (!QStringList { u"item"_qs, u"patch"_qs, u"merge"_qs }.contains(line.updates))
            return usage(u"--updates \"%1\": item, patch or merge is needed"_qs.arg(line.updates));
    }
    return has(QLatin1String("port")) ? takeServeOptions(parser, line.serve) : Result<void>();
}

}

ParsedArguments parseArguments(Program program, const QStringList &arguments)
{
    // The parser takes the first argument for the program's name.
    const QStringList all = QStringList { programName(program) } + arguments;
    QCommandLineParser overall;
    addOptions(overall);
    const bool understood = overall.parse(all);
    const bool help = overall.isSet(u"help"_qs);
    if (overall.isSet(u"version"_qs))
        return print(programName(program) % QLatin1String(" " RESTREAM_VERSION "\n"));

    QStringList words = overall.positionalArguments();
    const Result<const CommandSpec *> found = findCommand(program, words);
    if (help && found)
        return print(helpText(program, (*found)->name));
    if (help && words == QStringList { u"keys"_qs })
        return print(helpText(program, u"keys"_qs));
    if (!overall.unknownOptionNames().isEmpty()) {
        const QString name = overall.unknownOptionNames().first();
        return wrong(u"unknown option --%1"_qs.arg(name)
                     % didYouMean(name, optionNames(), u"--"_qs));
    }
    if (!understood) {
        QString text = overall.errorText();
        text.replace(0, 1, text.left(1).toLower());
        return wrong(text.endsWith(u'.') ? text.chopped(1) : text);
    }
    if (!found)
        return wrong(found.error().message);

    const CommandSpec &spec = **found;
    for (const QString &name : optionNames()) {
        if (overall.isSet(name) && !spec.options.contains(name))
            return wrong(u"--%1 means nothing to %2"_qs.arg(
                name,
                spec.name.isEmpty() ? u"running %1"_qs.arg(programName(program))
                                    : u"\"%1\""_qs.arg(spec.name)));
    }
    ParsedArguments parsed;
    parsed.line.command = commandOf(spec.name);
    if (const Result<void> taken = takeWords(spec, words, parsed.line); !taken)
        return wrong(taken.error().message);
    if (const Result<void> taken = takeOptions(overall, spec.options, parsed.line); !taken)
        return wrong(taken.error().message);
    return parsed;
}

Result<QString> parseOrigin(const QString &text)
{
    if (text == u"null")
        return text;
    const Error error = usage(u"--allow-origin \"%1\": an origin is needed, scheme, host and port "
                              u"only, as https://example.org or "
                              "http://localhost:8080; or null"_qs.arg(text));
    static const QRegularExpression form(u"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\\s*]+$"_qs);
    const QUrl url(text, QUrl::StrictMode);
    if (!form.match(text).hasMatch() || !url.isValid() || url.host().isEmpty())
        return error;
    const QString scheme = url.scheme().toLower();
    const bool usual =
        (scheme == u"http" && url.port() == 80) || (scheme == u"https" && url.port() == 443);
    QString host = url.host(QUrl::FullyEncoded).toLower();
    if (host.contains(u':'))
        host = u'[' % host % u']';
    return QString(
        scheme % QLatin1String("://") % host
        % (url.port() < 0 || usual ? QString() : QString(u':' % QString::number(url.port()))));
}

Result<QHostAddress> parseBind(const QString &text)
{
    const QHostAddress address =
        text == u"localhost" ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(text);
    if (address.isNull())
        return usage(u"--bind \"%1\": an IP address is needed, as 127.0.0.1 or ::1"_qs.arg(text));
    if (!address.isLoopback())
        return usage(
            u"--bind %1: only loopback addresses (127.0.0.1, ::1) can be listened on, because there are no access tokens yet"_qs
                .arg(text));
    return address;
}

Result<QUrl> parseServer(const QString &text)
{
    QUrl url(text.contains(QLatin1String("://")) ? text : QString(u"http://" % text),
             QUrl::StrictMode);
    static const QMap<QString, QString> schemes = { { u"http"_qs, u"ws"_qs },
                                                    { u"https"_qs, u"wss"_qs },
                                                    { u"ws"_qs, u"ws"_qs },
                                                    { u"wss"_qs, u"wss"_qs } };
    if (!url.isValid() || url.host().isEmpty() || !schemes.contains(url.scheme()))
        return usage(u"--server \"%1\": a URL is needed, as http://127.0.0.1:7999/"_qs.arg(text));
    url.setScheme(schemes.value(url.scheme()));
    QString path = url.path();
    if (!path.endsWith(QLatin1String("/v1/stream"))) {
        while (path.endsWith(u'/'))
            path.chop(1);
        url.setPath(path % QLatin1String("/v1/stream"));
    }
    return url;
}

Result<Params> parseParams(const QStringList &words)
{
    Params params;
    for (const QString &word : words) {
        const qsizetype at = word.indexOf(u'=');
        if (at < 1)
            return usage(u"\"%1\": a param is needed, as name=value"_qs.arg(word));
        const QString name = word.left(at);
        if (params.contains(name))
            return usage(u"param \"%1\" is given twice"_qs.arg(name));
        params.insert(name, word.mid(at + 1));
    }
    return params;
}

}
