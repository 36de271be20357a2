#include "fetchers/placeholders.h"

#include <QRegularExpression>
#include <QUrl>

namespace restream {

FilledText fillPlaceholders(const QString &text, const Params &params, const TextCoder &literal, const TextCoder &value)
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
    const QByteArray encoded = QUrl::toPercentEncoding(text, "%!$&'()*+,;=:@/?");
    const auto isHex = [&](qsizetype at) {
        return at < encoded.size() && isxdigit(static_cast<unsigned char>(encoded.at(at)));
    };
    QByteArray result;
    for (qsizetype i = 0; i < encoded.size(); ++i) {
        result += encoded.at(i);
        if (encoded.at(i) == '%' && !(isHex(i + 1) && isHex(i + 2)))
            result += "25";
    }
    return result;
}

}
