#include "core/config/definitionreader.h"

#include "core/config/definitionchecks.h"
#include "core/config/definitionschema.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace restream {
namespace {

/// `value` without the member that `tokens` leads to; of a list the whole list goes.
QJsonValue pruned(const QJsonValue &value, const QStringList &tokens, qsizetype depth)
{
    QJsonObject object = value.toObject();
    const QString &token = tokens[depth];
    if (!object.contains(token))
        return object;
    if (depth + 1 == tokens.size() || !object.value(token).isObject())
        object.remove(token);
    else
        object.insert(token, pruned(object.value(token), tokens, depth + 1));
    return object;
}

/// In the order of the file.
void sortByPlace(QList<DefinitionProblem> &problems, const DefinitionText &text)
{
    std::stable_sort(problems.begin(), problems.end(),
                     [&text](const DefinitionProblem &a, const DefinitionProblem &b) {
                         return text.orderOf(a.member) < text.orderOf(b.member);
                     });
}

/// Checks against the schema and gives what is left of the definition without the members at fault.
QJsonObject checkSchema(const DefinitionText &text, const QString &file,
                        QList<DefinitionProblem> &problems)
{
    QJsonValue root = text.root();
    for (const SchemaFault &fault : checkAgainstSchema(text.root())) {
        problems.append({ file, text.lineOf(fault.pointer), fault.pointer, fault.message });
        if (const QStringList tokens = pointerTokens(fault.pointer); !tokens.isEmpty())
            root = pruned(root, tokens, 0);
    }
    return root.toObject();
}

void check(ChannelDefinition &definition, const DefinitionText &text, const QString &file,
           QList<DefinitionProblem> &problems)
{
    const DefinitionCheck check(text, definition, file, problems);
    checkNames(check);
    checkSupported(check);
    checkUrl(check);
    checkHeaders(check);
    checkPlaceholders(check);
    checkParams(check);
    checkSecrets(check);
    checkAuth(check);
    checkItems(check);
    checkFormat(check);
    checkReplay(check);
    definition.always = resolveAlways(check);
}

}

namespace {

/// A definition may come from anybody: what it holds must not forge lines of a log or move a terminal's cursor.
QString printable(const QString &text)
{
    QString result;
    for (const QChar c : text)
        result += c.isPrint()
            ? QString(c)
            : QStringLiteral("\\u%1").arg(uint(c.unicode()), 4, 16, QLatin1Char('0'));
    return result;
}

}

QString DefinitionProblem::text() const
{
    QString place = file;
    if (line > 0)
        place += u':' + QString::number(line);
    if (!member.isEmpty())
        place += QStringLiteral(": ") + member;
    return printable(place + QStringLiteral(": ") + message);
}

DefinitionRead readDefinition(const QByteArray &json, const QString &file, bool builtIn)
{
    DefinitionRead read;
    const DefinitionText text(json);
    for (const DefinitionText::Fault &fault : text.faults())
        read.problems.append({ file, fault.line, fault.pointer, fault.message });
    if (!text.isReadable())
        return read;
    read.definition = buildDefinition(checkSchema(text, file, read.problems), text);
    if (!file.isEmpty()) {
        const QFileInfo info(file);
        read.definition.file = info.absoluteFilePath();
        read.definition.folder = info.absolutePath();
    }
    read.definition.builtIn = builtIn;
    read.definition.source = text.root();
    check(read.definition, text, file, read.problems);
    sortByPlace(read.problems, text);
    return read;
}

DefinitionRead readDefinitionFile(const QString &file, bool builtIn)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly)) {
        DefinitionRead read;
        read.problems.append(
            { file, 0, {}, QStringLiteral("the file can't be read: ") + source.errorString() });
        return read;
    }
    return readDefinition(source.read(DefinitionText::maxBytes + 1), file, builtIn);
}

}
