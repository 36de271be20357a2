#include "core/config/keychainstore.h"

#include "core/config/secretservice.h"
#include "core/logging.h"

#include <QPointer>
#include <QTimer>
#include <qt6keychain/keychain.h>

namespace restream {
namespace {

const QString serviceName = QStringLiteral("restream");

QString setCommand(const QString &channel, const QString &name)
{
    return QStringLiteral("restreamd keys set %1 %2").arg(channel, name);
}

}

/// One question to the keychain: asks how the keyring stands, runs a job, and ends exactly once, at the latest when patience is over.
class KeychainStore::Task final : public QObject
{
public:
    struct Entry
    {
        QString channel;
        QString name;
        [[nodiscard]] QString key() const { return channel % QLatin1Char('/') % name; }
    };
    using Ended = std::function<void(const QKeychain::Job &)>;

    Task(KeychainStore &store, Entry entry, std::function<void(Error)> failed)
        : QObject(&store.m_tasks),
          m_store(store),
          m_entry(std::move(entry)),
          m_failed(std::move(failed))
    {
        m_patience.setSingleShot(true);
        connect(&m_patience, &QTimer::timeout, this, [this] { outOfPatience(); });
    }

    /// Runs `job` (which deletes itself) once the keyring's state is known; `ended` gets one that succeeded.
    void run(QKeychain::Job *job, Ended ended);
    /// Says that all is done; nothing of the task is called any more.
    void finish()
    {
        m_over = true;
        deleteLater();
    }

private:
    void start(QKeychain::Job *job, Ended ended);
    void jobFinished(const QKeychain::Job &job, const Ended &ended);
    void outOfPatience();
    void fail(Error error);
    [[nodiscard]] Error errorOf(const QKeychain::Job &job) const;
    [[nodiscard]] Error locked() const;
    [[nodiscard]] Error unavailable() const;

    KeychainStore &m_store;
    Entry m_entry;
    std::function<void(Error)> m_failed;
    bool m_over = false;
    KeyringState m_state = KeyringState::Unavailable;
    QTimer m_patience;
};

void KeychainStore::Task::run(QKeychain::Job *job, Ended ended)
{
    job->setKey(m_entry.key());
    job->setParent(this); // until it is started
    m_patience.start(m_store.m_patience);
    askKeyringState(
        this, m_store.m_patience, [this, job, ended = std::move(ended)](KeyringState state) {
            m_state = state;
            if (m_over)
                return;
            if (state == KeyringState::NoAnswer)
                outOfPatience();
            else if (state == KeyringState::Locked && m_store.m_prompts > 0)
                fail(locked()); // the user was asked already; a second window would not help
            else
                start(job, ended);
        });
}

void KeychainStore::Task::start(QKeychain::Job *job, Ended ended)
{
    job->setParent(nullptr); // it outlives the task when patience is over
    const bool prompts = m_state == KeyringState::Locked;
    if (prompts)
        ++m_store.m_prompts;
    KeychainStore &store = m_store;
    const QPointer<Task> self = this;
    connect(job, &QKeychain::Job::finished, &store.m_tasks,
            [&store, self, prompts, ended = std::move(ended)](QKeychain::Job *finished) {
                if (prompts)
                    --store.m_prompts;
                Task *task = self.data();
                if (task && !task->m_over)
                    task->jobFinished(*finished, ended);
                else if (prompts && finished->error() == QKeychain::NoError)
                    store.changed(); // unlocked at last: whoever gave up can ask again
            });
    job->start();
}

void KeychainStore::Task::jobFinished(const QKeychain::Job &job, const Ended &ended)
{
    m_patience.stop();
    if (job.error() != QKeychain::NoError)
        return fail(errorOf(job));
    ended(job);
}

void KeychainStore::Task::outOfPatience()
{
    if (m_state == KeyringState::Locked)
        return fail(locked());
    fail({ QStringLiteral("keychain_timeout"),
           QStringLiteral("the keychain did not answer within %1 s; restart it (log out and in), "
                          "or use --keys-file")
               .arg(QString::number(double(m_store.m_patience.count()) / 1000)) });
}

void KeychainStore::Task::fail(Error error)
{
    deleteLater();
    m_patience.stop();
    qCInfo(logKeys).noquote() << m_entry.key() << error.code;
    m_over = true;
    // The handler may destroy the store, and this with it.
    const auto failed = m_failed;
    failed(std::move(error));
}

Error KeychainStore::Task::locked() const
{
    return { QStringLiteral("keychain_locked"),
             QStringLiteral("the keychain is locked; unlock the keyring (log in to the desktop, or "
                            "open it in \"Passwords and Keys\")") };
}

Error KeychainStore::Task::unavailable() const
{
    return { QStringLiteral("keychain_unavailable"),
             QStringLiteral("there is no keychain here (no Secret Service such as gnome-keyring or "
                            "KWallet answers); start one, or use --keys-file FILE") };
}

Error KeychainStore::Task::errorOf(const QKeychain::Job &job) const
{
    if (m_state == KeyringState::Locked)
        return locked();
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        if (m_state == KeyringState::Unavailable)
            return unavailable();
        return { QStringLiteral("key_missing"),
                 QStringLiteral("the keychain has no key %2 of %1; run: %3")
                     .arg(m_entry.channel, m_entry.name,
                          setCommand(m_entry.channel, m_entry.name)) };
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return unavailable();
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return { QStringLiteral("keychain_failed"),
                 QStringLiteral("the keychain denied access to %1; allow it and try again")
                     .arg(m_entry.key()) };
    default:
        if (m_state == KeyringState::Unavailable)
            return unavailable();
        if (m_state == KeyringState::NoKeyring) {
            return { QStringLiteral("keychain_unavailable"),
                     QStringLiteral("the keychain has no keyring yet; make one (\"Passwords and "
                                    "Keys\", named Login), or use --keys-file FILE") };
        }
        return { QStringLiteral("keychain_failed"),
                 QStringLiteral("the keychain could not handle %1; is libsecret installed and the "
                                "keyring in order?")
                     .arg(m_entry.key()) };
    }
}

KeychainStore::KeychainStore(std::chrono::milliseconds patience) : m_patience(patience)
{
}

KeychainStore::~KeychainStore() = default;

QString KeychainStore::description() const
{
    return QStringLiteral("the keychain");
}

void KeychainStore::changed() const
{
    if (onChanged)
        onChanged();
}

void KeychainStore::read(const QString &channel, const QString &name,
                         std::function<void(Result<QString>)> done)
{
    auto *task =
        new Task(*this, { channel, name }, [done](Error error) { done(std::move(error)); });
    task->run(new QKeychain::ReadPasswordJob(serviceName), [task, done](const QKeychain::Job &job) {
        task->finish();
        done(static_cast<const QKeychain::ReadPasswordJob &>(job).textData());
    });
}

void KeychainStore::write(const QString &channel, const QString &name, const QString &value,
                          std::function<void(Result<void>)> done)
{
    auto *task = new Task(*this, { channel, name }, [done](Error error) {
        error.message = QStringLiteral("the key was not saved: ") % error.message;
        done(std::move(error));
    });
    auto *job = new QKeychain::WritePasswordJob(serviceName);
    job->setTextData(value);
    task->run(job, [this, task, value, done](const QKeychain::Job &) {
        task->run(
            new QKeychain::ReadPasswordJob(serviceName),
            [this, task, value, done](const QKeychain::Job &back) {
                task->finish();
                if (static_cast<const QKeychain::ReadPasswordJob &>(back).textData() != value) {
                    return done(Error { QStringLiteral("keychain_failed"),
                                        QStringLiteral("the key was not saved: the keychain gives "
                                                       "back another value; try again") });
                }
                changed();
                done({});
            });
    });
}

void KeychainStore::remove(const QString &channel, const QString &name,
                           std::function<void(Result<void>)> done)
{
    auto *task =
        new Task(*this, { channel, name }, [done](Error error) { done(std::move(error)); });
    task->run(new QKeychain::DeletePasswordJob(serviceName),
              [this, task, done](const QKeychain::Job &) {
                  task->finish();
                  changed();
                  done({});
              });
}

}
