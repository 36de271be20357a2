#include "core/guess/curloptions.h"

#include <QHash>

namespace restream {
namespace {

struct Row
{
    CurlOption option;
    const char *names; ///< long and short ones, with spaces between them
    const char *why = "";
};

constexpr Row rows[] = {
    { CurlOption::Url, "url" },
    { CurlOption::Request, "request X" },
    { CurlOption::Header, "header H" },
    { CurlOption::Data, "data data-ascii data-binary d" },
    { CurlOption::RawData, "data-raw" },
    { CurlOption::Json, "json" },
    { CurlOption::UrlEncode, "data-urlencode" },
    { CurlOption::Get, "get G" },
    { CurlOption::Head, "head I" },
    { CurlOption::User, "user u" },
    { CurlOption::Bearer, "oauth2-bearer" },
    { CurlOption::Cookie, "cookie b" },
    { CurlOption::UserAgent, "user-agent A" },
    { CurlOption::Referer, "referer e" },
    { CurlOption::MaxTime, "max-time m" },
    { CurlOption::UrlQuery, "url-query" },
    { CurlOption::Quiet,
      "silent s show-error S include i verbose v fail f fail-with-body compressed globoff g "
      "http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only 0 ipv4 4 ipv6 6 no-buffer N "
      "progress-bar # no-progress-meter remote-name O remote-name-all remote-header-name J "
      "create-dirs tcp-nodelay no-keepalive tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 1 2 3 basic "
      "path-as-is raw styled-output no-sessionid parallel Z disable q location L remove-on-error "
      "tr-encoding trace-time ssl-reqd ssl" },
    { CurlOption::QuietValue,
      "output o write-out w connect-timeout retry retry-delay retry-max-time max-redirs "
      "keepalive-time limit-rate speed-limit Y speed-time y stderr dump-header D cookie-jar c "
      "output-dir ciphers tls13-ciphers tls-max trace trace-ascii max-filesize dns-servers "
      "parallel-max expect100-timeout happy-eyeballs-timeout-ms libcurl create-file-mode" },
    { CurlOption::Note, "insecure k", "certificates are always checked" },
    { CurlOption::Note, "location-trusted",
      "a key is never sent on to another server that the first redirects to" },
    { CurlOption::Note, "digest ntlm negotiate anyauth netrc n netrc-optional",
      "this way of signing in is not supported" },
    { CurlOption::NoteValue, "proxy x preproxy proxy-user U socks4 socks4a socks5 socks5-hostname",
      "proxies are not supported" },
    { CurlOption::NoteValue, "noproxy", "proxies are not used anyway" },
    { CurlOption::NoteValue, "cacert capath",
      "the certificates that this machine trusts are used" },
    { CurlOption::NoteValue, "cert E key cert-type key-type pass pinnedpubkey",
      "client certificates are not supported" },
    { CurlOption::NoteValue, "aws-sigv4 netrc-file service-name krb delegation",
      "this way of signing in is not supported" },
    { CurlOption::NoteValue, "resolve connect-to interface local-port unix-socket doh-url",
      "the host is found by its own name" },
    { CurlOption::NoteValue, "range r continue-at C time-cond z etag-compare etag-save",
      "the whole body is asked for" },
    { CurlOption::NoteValue, "config K variable", "its file is not read" },
    { CurlOption::RefusedValue, "form F form-string", "a channel sends no forms with files" },
    { CurlOption::RefusedValue, "upload-file T", "a channel only reads" },
    { CurlOption::Refused, "next :", "a channel makes one request; paste one" },
};

bool takesValue(CurlOption option)
{
    switch (option) {
    case CurlOption::Get:
    case CurlOption::Head:
    case CurlOption::Quiet:
    case CurlOption::Note:
    case CurlOption::Refused:
        return false;
    default:
        return true;
    }
}

QHash<QString, CurlOptionInfo> readRows()
{
    QHash<QString, CurlOptionInfo> options;
    for (const Row &row : rows) {
        const CurlOptionInfo info { row.option, takesValue(row.option),
                                    QString::fromLatin1(row.why) };
        for (const QString &name : QString::fromLatin1(row.names).split(u' '))
            options.insert(name, info);
    }
    return options;
}

}

std::optional<CurlOptionInfo> curlOption(const QString &name)
{
    static const QHash<QString, CurlOptionInfo> options = readRows();
    const auto found = options.constFind(name);
    if (found != options.cend())
        return *found;
    // curl takes --no-NAME for any switch.
    if (name.startsWith(u"no-") && options.contains(name.mid(3)))
        return CurlOptionInfo { CurlOption::Quiet, false, QString() };
    return {};
}

}
