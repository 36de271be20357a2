#include "fetchers/replayfetcher.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cmath>

namespace restream {
namespace {

FetchResult failure(const char *code, const QString &message)
{
    FetchResult result;
    result.kind = FetchResult::Kind::Failed;
    result.error = { QString::fromLatin1(code), message };
    return result;
}

// What tells two recordings, and two versions of one, apart.
QByteArray etagOf(const QFileInfo &file)
{
    const QString identity = file.fileName() % QLatin1Char('/') % QString::number(file.size())
        % QLatin1Char('/') % QString::number(file.lastModified().toMSecsSinceEpoch());
    return '"'
        + QCryptographicHash::hash(identity.toUtf8(), QCryptographicHash::Sha1).toHex().left(16)
        + '"';
}

// A recording has no Content-Type, but a name.
QByteArray typeOf(const QString &file)
{
    static const QHash<QString, QByteArray> types {
        { QStringLiteral("atom"), "application/xml" },
        { QStringLiteral("csv"), "text/csv" },
        { QStringLiteral("json"), "application/json" },
        { QStringLiteral("jsonl"), "application/x-ndjson" },
        { QStringLiteral("kml"), "application/xml" },
        { QStringLiteral("ndjson"), "application/x-ndjson" },
        { QStringLiteral("rss"), "application/xml" },
        { QStringLiteral("xml"), "application/xml" },
    };
    return types.value(QFileInfo(file).suffix().toLower());
}

}

ReplayFetcher::ReplayFetcher(Clock &clock, ChannelDefinition channel)
    : m_clock(clock),
      m_channel(std::move(channel))
{
}

ReplayFetcher::~ReplayFetcher() = default;

void ReplayFetcher::fetch(const FetchRequest &request, std::function<void(FetchResult)> done)
{
    m_later = std::make_unique<QObject>();
    QMetaObject::invokeMethod(
        m_later.get(),
        [this, known = request.validators, done = std::move(done)] {
            // The handler may fetch again, or destroy this.
            const auto later = std::move(m_later);
            done(play(known));
        },
        Qt::QueuedConnection);
}

FetchResult ReplayFetcher::play(const Validators &known)
{
    const ReplayDefinition &replay = m_channel.replay;
    const QStringList files = findRecordings(m_channel.folder, replay.files);
    if (files.isEmpty()) {
        return failure(
            "no_recordings",
            QStringLiteral(
                "there is no file %1 in %2; put recordings there, or correct replay.files")
                .arg(replay.files, m_channel.folder));
    }
    if (!m_startMs)
        m_startMs = m_clock.monotonicMs();
    const qint64 stepMs = std::max<qint64>(1, std::llround(replay.everySeconds * 1000));
    const qint64 step = (m_clock.monotonicMs() - *m_startMs) / stepMs;
    const qint64 index =
        replay.loop ? step % files.size() : std::min<qint64>(step, files.size() - 1);
    const QString &name = files.at(qsizetype(index));

    const QByteArray etag = etagOf(QFileInfo(name));
    FetchResult result;
    result.validators.etag = etag;
    if (known.etag == etag) {
        result.kind = FetchResult::Kind::NotModified;
        return result;
    }
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return failure(
            "unreadable",
            QStringLiteral("the recording %1 can't be read (%2)").arg(name, file.errorString()));
    if (file.size() > m_channel.request.maxBody)
        return failure(
            "too_large",
            QStringLiteral("the recording %1 is longer than request.max_body").arg(name));
    result.kind = FetchResult::Kind::Body;
    result.body = file.readAll();
    result.contentType = typeOf(name);
    return result;
}

QStringList findRecordings(const QString &folder, const QString &glob)
{
    const QStringList parts = glob.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    if (parts.isEmpty() || parts.contains(QLatin1String("..")) || glob.startsWith(QLatin1Char('/'))
        || glob.startsWith(QLatin1Char(':')))
        return {};
    QStringList found { folder };
    for (qsizetype i = 0; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        QStringList next;
        for (const QString &place : std::as_const(found)) {
            const QDir dir(place);
            for (const QString &name :
                 dir.entryList({ parts.at(i) },
                               last ? QDir::Files : QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
                next.append(dir.filePath(name));
        }
        found = std::move(next);
    }
    return found;
}

}
