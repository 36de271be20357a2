#pragma once

#include "core/config/keystore.h"

#include <QObject>

#include <chrono>

namespace restream {

/// See makeKeychainStore(). QtKeychain with what it lacks: a time-out, and the difference between a locked keyring and a missing key.
class KeychainStore final : public KeyStore
{
public:
    explicit KeychainStore(std::chrono::milliseconds patience = std::chrono::seconds(10));
    ~KeychainStore() override; ///< Drops what is under way.

    void read(const QString &channel, const QString &name,
              std::function<void(Result<QString>)> done) override;
    void write(const QString &channel, const QString &name, const QString &value,
               std::function<void(Result<void>)> done) override;
    void remove(const QString &channel, const QString &name,
                std::function<void(Result<void>)> done) override;
    [[nodiscard]] QString description() const override;

private:
    class Task;
    friend class Task;

    void changed() const;

    std::chrono::milliseconds m_patience;
    int m_prompts = 0; ///< jobs that may be waiting for the user to unlock the keyring
    QObject m_tasks; ///< parent of what is under way
};

}
