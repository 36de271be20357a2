#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace restream {

/// What an option of curl means for a channel.
enum class CurlOption {
    Url,
    Request,
    Header,
    Data, ///< form encoded, a leading @ names a file
    RawData, ///< as Data, but @ is a character
    Json,
    UrlEncode,
    Get,
    Head,
    User,
    Bearer,
    Cookie,
    UserAgent,
    Referer,
    MaxTime,
    UrlQuery,
    Quiet, ///< a switch that changes nothing about the request
    QuietValue, ///< the same with a value
    Note, ///< a switch that people should know is not taken
    NoteValue, ///< the same with a value
    Refused, ///< sends files or more than one request
    RefusedValue
};

/// An option and what people are told of it.
struct CurlOptionInfo
{
    CurlOption option = CurlOption::Quiet;
    bool takesValue = false;
    QString why; ///< of those that are noted or refused
};

/// Of a long name (without its dashes) or a short one ("X"). Nothing: no option that is known.
std::optional<CurlOptionInfo> curlOption(const QString &name);

}
