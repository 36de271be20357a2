#pragma once

#include "core/config/params.h"

#include <QByteArray>
#include <QString>

#include <functional>

namespace restream {

/// A text of a definition with its {param} placeholders filled in.
struct FilledText
{
    QByteArray text;
    QStringList params; ///< that stand in it, in order
    QString absent; ///< the first of them that has no value; the text is not usable then
};

/// How a piece of text gets into the result.
using TextCoder = std::function<QByteArray(const QString &)>;

/// Fills in `text`: what stands outside of braces goes through `literal`, each param's value through `value`.
FilledText fillPlaceholders(const QString &text, const Params &params, const TextCoder &literal,
                            const TextCoder &value);

/// Percent-encodes all but RFC 3986's unreserved characters.
QByteArray encodeValue(const QString &value);

/// Percent-encodes what may not stand in a URL's path or query; what is encoded already, and delimiters, stay.
QByteArray encodeUrlText(const QString &text);

}
