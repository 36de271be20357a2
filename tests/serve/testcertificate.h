#pragma once

#include <QSslConfiguration>

#include <optional>

namespace restream {

/// A server's configuration with a certificate made for this run, once a process; nothing where there is no TLS or no openssl program.
const std::optional<QSslConfiguration> &testCertificate();

}
