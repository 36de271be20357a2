#pragma once

#include <QMutex>
#include <QObject>
#include <QString>

#include <deque>
#include <vector>

namespace restream {

struct LogLine
{
    enum class Level { Debug, Info, Warning, Error };

    qint64 timeMs = 0; ///< wall clock
    Level level = Level::Info;
    QString category; ///< "restream.poll"
    QString text;
};

/// The last lines of the program's log, for whoever shows them. Lines come from any thread; they are read on the thread of this object.
class LogBook final : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t mostLines = 5000;

    using QObject::QObject;

    void add(LogLine line); ///< any thread
    /// What is held, oldest first.
    [[nodiscard]] std::vector<LogLine> lines() const;

signals:
    /// On this object's thread, in order.
    void added(const restream::LogLine &line);

private:
    mutable QMutex m_mutex;
    std::deque<LogLine> m_lines; ///< as told by added()
    std::vector<LogLine> m_fresh; ///< that are still to be told

    void tell();
};

}
