#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace restream {

/// The two executables: restreamd, with its commands, and restream, the window.
enum class Program { Daemon, Window };

/// One option as it is parsed and as --help shows it.
struct OptionSpec
{
    QString name;
    QString value; ///< what stands for the value in help; empty: a switch
    QString description;
};

/// One command of restreamd, or (with an empty name) running a program.
struct CommandSpec
{
    QString name; ///< "fetch", "keys set"
    QString arguments; ///< "CHANNEL [name=value…]"
    QString summary; ///< one sentence
    QString details; ///< paragraphs for its own --help; may be empty
    QStringList options; ///< names
    QStringList examples; ///< whole command lines, each with a "# why" where that helps
};

QString programName(Program program);
/// All options of any command.
const QList<OptionSpec> &allOptions();
/// The commands, running first.
const QList<CommandSpec> &commandSpecs(Program program);
/// What --help prints: of the program, or of one of its commands, or of a group ("keys").
QString helpText(Program program, const QString &command);
/// The one of `candidates` that was probably meant; empty: none is close.
QString closest(const QString &word, const QStringList &candidates);

}
