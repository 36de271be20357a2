#pragma once

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QString>

namespace restream {

/// A definition's JSON, checked strictly (RFC 8259), and where in the file each member stands. Members are named by JSON Pointers.
class DefinitionText final
{
public:
    struct Fault
    {
        int line = 0; ///< 1 is the first; 0: of the file as a whole
        QString pointer;
        QString message;
    };

    static constexpr qsizetype maxBytes = 1024 * 1024;
    static constexpr int maxDepth = 64;

    explicit DefinitionText(const QByteArray &json);

    /// Empty where anything stands in the way of reading it.
    [[nodiscard]] const QJsonObject &root() const { return m_root; }
    /// Not JSON, not an object, a member given twice, nested too deep.
    [[nodiscard]] const QList<Fault> &faults() const { return m_faults; }
    [[nodiscard]] bool isReadable() const { return m_readable; }

    /// Of the member, or of the nearest one around it that is there.
    [[nodiscard]] int lineOf(const QString &pointer) const { return placeOf(pointer).line; }
    /// Ascends through the file.
    [[nodiscard]] int orderOf(const QString &pointer) const { return placeOf(pointer).order; }

private:
    struct Place
    {
        int line = 1;
        int order = 0;
    };
    class Walker;

    [[nodiscard]] Place placeOf(QString pointer) const;

    QJsonObject m_root;
    QHash<QString, Place> m_places;
    QList<Fault> m_faults;
    bool m_readable = false;
};

/// RFC 6901: `parent` and one token more, escaped.
QString memberPointer(const QString &parent, const QString &token);
/// The tokens of a pointer, unescaped.
QStringList pointerTokens(const QString &pointer);
/// How people read it: "/quota/0/calls" is "quota[0].calls", "" is "the definition".
QString memberLabel(const QString &pointer);

}
