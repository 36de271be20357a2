#pragma once

#include "core/config/channeldefinition.h"
#include "core/result.h"

#include <QByteArray>
#include <QString>

namespace restream {

/// A definition's text as it is in its file.
struct DefinitionSource
{
    QByteArray json;
    QString file; ///< absolute; of the catalog: a resource
    bool builtIn = false;
    /// Tells this text of the user's file from another; empty: there is no such file.
    QByteArray version;
};

/// The user's definitions as files that are edited: nothing is overwritten or deleted that the editor has not seen. Any thread.
class DefinitionFiles final
{
public:
    /// `folder`: CONFIG/channels; made where something is saved.
    explicit DefinitionFiles(QString folder) : m_folder(std::move(folder)) { }

    /// Where the user's definition of channel `name` is, or would be; absolute.
    [[nodiscard]] QString path(const QString &name) const;
    /// The text that `definition` was read from. Error `not_read`.
    static Result<DefinitionSource> read(const ChannelDefinition &definition);
    /// Checks `json` and writes it as NAME.json, atomically; it is on the disk when this returns. `basedOn`: version of the user's text that was edited, empty
    /// where there must be none yet. Errors: `bad_definition` (every problem, one a line), `changed_on_disk`, `not_saved`.
    [[nodiscard]] Result<DefinitionSource> save(const QString &name, const QByteArray &json,
                                                const QByteArray &basedOn) const;
    /// Deletes NAME.json. Errors: `changed_on_disk`, `not_saved`.
    [[nodiscard]] Result<void> remove(const QString &name, const QByteArray &basedOn) const;

private:
    [[nodiscard]] Result<void> expect(const QString &name, const QByteArray &version) const;

    QString m_folder;
};

}
