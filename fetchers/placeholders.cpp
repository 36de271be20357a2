#include "fetchers/placeholders.h"

#include <QRegularExpression>
#include <QUrl>

namespace restream {

FilledText fillPlaceholders(const QString &text, const Params &params, const TextCoder &literal,
                            const TextCoder &value)
{
    static const QRegularExpression placeholder(QStringLiteral("\\{([A-Za-z][A-Za-z0-9_.-]*)\\}"));
    FilledText filled;
    qsizetype from = 0;
    for (auto matches = placeholder.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        filled.text += literal(text.mid(from, match.capturedStart() - from));
        from = match.capturedEnd();
        const QString name = match.captured(1);
        filled.params.append(name);
        if (const auto given = params.find(name); given != params.end())
            filled.text += value(*given);
        else if (filled.absent.isEmpty())
            filled.absent = name;
    }
    filled.text += literal(text.mid(from));
    return filled;
}

QByteArray encodeValue(const QString &value)
{
    return QUrl::toPercentEncoding(value);
}

QByteArray encodeUrlText(const QString &text)
{
    QByteArray encoded = QUrl::toPercentEncoding(text, "!$&'()*+,;=:@/?");
    const auto isHex = [&](qsizetype at) {
        return at < encoded.size() && isxdigit(static_cast<unsigned char>(encoded.at(at)));
    };
    // Qt encodes each percent sign; one that begins an escape was meant so.
    for (qsizetype at = encoded.indexOf("%25"); at >= 0; at = encoded.indexOf("%25", at + 1)) {
        if (isHex(at + 3) && isHex(at + 4))
            encoded.remove(at + 1, 2);
    }
    return encoded;
}

}
