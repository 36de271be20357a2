#pragma once

#include "core/config/channeldefinition.h"
#include "core/config/definitionreader.h"
#include "core/config/definitiontext.h"

#include <QStringList>

namespace restream {

/// What the checks work on: a definition read as far as the schema let it.
class DefinitionCheck final
{
public:
    DefinitionCheck(const DefinitionText &text, const ChannelDefinition &definition, QString file,
                    QList<DefinitionProblem> &problems)
        : m_text(text),
          m_definition(definition),
          m_file(std::move(file)),
          m_problems(problems)
    {
    }

    [[nodiscard]] const ChannelDefinition &definition() const { return m_definition; }
    [[nodiscard]] const QJsonObject &source() const { return m_text.root(); } ///< as written
    [[nodiscard]] const QString &file() const { return m_file; }
    [[nodiscard]] bool hasProblemUnder(const QString &pointer) const;

    void problem(const QString &pointer, const QString &message) const;

private:
    const DefinitionText &m_text;
    const ChannelDefinition &m_definition;
    QString m_file;
    QList<DefinitionProblem> &m_problems;
};

/// The params in `text`, in order: names as written, whatever stands between braces.
struct Placeholders
{
    QStringList names;
    bool unbalanced = false; ///< a brace without its partner

    static Placeholders in(const QString &text);
};

/// Makes the value of what passed the schema; members of `root` may be missing. `text` knows the order in the file.
ChannelDefinition buildDefinition(const QJsonObject &root, const DefinitionText &text);

/// Whether Restream, or HTTP itself, answers for a header of this name, so that a definition can't set it.
bool isOwnHeader(const QString &name);

// What a schema can't say, by theme.
void checkNames(const DefinitionCheck &check); ///< the file's name, links that people are shown
void checkSupported(const DefinitionCheck &check); ///< members of later versions
void checkUrl(const DefinitionCheck &check);
void checkHeaders(const DefinitionCheck &check);
void checkPlaceholders(const DefinitionCheck &check);
void checkSecrets(const DefinitionCheck &check); ///< a key where everybody would see it
void checkAuth(const DefinitionCheck &check);
void checkParams(const DefinitionCheck &check);
void checkItems(const DefinitionCheck &check); ///< items, id_field, ignore, removal
void checkFormat(const DefinitionCheck &check);
void checkReplay(const DefinitionCheck &check);
/// The params of each stream that is polled always, defaults filled in; what can't be resolved is a problem.
QList<QMap<QString, QString>> resolveAlways(const DefinitionCheck &check);

}
