#include "core/logging.h"

namespace restream {

Q_LOGGING_CATEGORY(logConfig, "restream.config", QtInfoMsg)
Q_LOGGING_CATEGORY(logKeys, "restream.keys", QtInfoMsg)
Q_LOGGING_CATEGORY(logHttp, "restream.http", QtInfoMsg)
Q_LOGGING_CATEGORY(logPoll, "restream.poll", QtInfoMsg)
Q_LOGGING_CATEGORY(logStore, "restream.store", QtInfoMsg)
Q_LOGGING_CATEGORY(logServe, "restream.serve", QtInfoMsg)
Q_LOGGING_CATEGORY(logEngine, "restream.engine", QtInfoMsg)

}
