#pragma once

#include "core/config/keystore.h"

#include <QTimer>

#include <optional>

namespace restream {

/// Keys in memory; answers later, as a keychain does.
class FakeKeyStore final : public KeyStore
{
public:
    void read(const QString &channel, const QString &name,
              std::function<void(Result<QString>)> done) override
    {
        Result<QString> answer =
            Error { QStringLiteral("key_missing"), QStringLiteral("the key is missing") };
        if (failure)
            answer = *failure;
        else if (values.contains(channel) && values[channel].contains(name))
            answer = values[channel][name];
        later([done = std::move(done), answer] { done(answer); });
    }
    void write(const QString &channel, const QString &name, const QString &value,
               std::function<void(Result<void>)> done) override
    {
        if (!failure)
            values[channel][name] = value;
        later([done = std::move(done), answer = answer()] { done(answer); });
    }
    void remove(const QString &channel, const QString &name,
                std::function<void(Result<void>)> done) override
    {
        if (!failure)
            values[channel].remove(name);
        later([done = std::move(done), answer = answer()] { done(answer); });
    }
    [[nodiscard]] QString description() const override { return QStringLiteral("the fake"); }

    QMap<QString, Keys> values;
    std::optional<Error> failure; ///< of every call

private:
    [[nodiscard]] Result<void> answer() const
    {
        return failure ? Result<void>(*failure) : Result<void>();
    }
    static void later(std::function<void()> call) { QTimer::singleShot(0, std::move(call)); }
};

}
