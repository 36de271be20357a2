#pragma once

#include "core/config/channeldefinition.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace restream {

/// What is wrong with a definition, and what would be right.
struct DefinitionProblem
{
    QString file; ///< as given to the reader
    int line = 0; ///< 1 is the first; 0: of the file as a whole
    QString member; ///< JSON Pointer to the member at fault, "" is the whole
    QString message;

    /// "FILE:LINE: /member: message".
    [[nodiscard]] QString text() const;
};

struct DefinitionRead
{
    ChannelDefinition definition; ///< usable only where there is no problem
    QList<DefinitionProblem> problems; ///< all at once, in the order of the file

    [[nodiscard]] bool ok() const { return problems.isEmpty(); }
};

/// Reads one channel definition (docs/channel.md): strict JSON, then the JSON Schema, then what a schema can't say. Pure; any thread.
/// `file`: its path; the base name without .json must be the channel's name, relative files are found in its folder. Members that no version knows are
/// kept in `source` and pass; members of later versions that are known but not supported yet are a problem that says so.
DefinitionRead readDefinition(const QByteArray &json, const QString &file, bool builtIn = false);

/// The same of a file on disk; one that can't be read is a problem of its own.
DefinitionRead readDefinitionFile(const QString &file, bool builtIn = false);

}
