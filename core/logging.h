#pragma once

#include <QLoggingCategory>

namespace restream {

// The categories of the log; QT_LOGGING_RULES="restream.http.debug=true" shows more of one of them.
Q_DECLARE_LOGGING_CATEGORY(logConfig) ///< restream.config: definitions, folders
Q_DECLARE_LOGGING_CATEGORY(logKeys) ///< restream.keys: the key store; never a value
Q_DECLARE_LOGGING_CATEGORY(logHttp) ///< restream.http: calls; never a query that may hold a key
Q_DECLARE_LOGGING_CATEGORY(logPoll) ///< restream.poll: schedules, outcomes
Q_DECLARE_LOGGING_CATEGORY(logStore) ///< restream.store: the database
Q_DECLARE_LOGGING_CATEGORY(logServe) ///< restream.serve: clients, refusals
Q_DECLARE_LOGGING_CATEGORY(logEngine) ///< restream.engine: start and stop

}
