#include "core/config/definitionsecrets.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace restream {
namespace {

struct Letters
{
    bool lower = false;
    bool upper = false;
    bool digit = false;

    explicit Letters(QStringView text)
    {
        for (const QChar c : text) {
            lower = lower || c.isLower();
            upper = upper || c.isUpper();
            digit = digit || c.isDigit();
        }
    }
    [[nodiscard]] bool lettersAndDigits() const { return digit && (lower || upper); }
    [[nodiscard]] bool bothCases() const { return lower && upper; }
};

}

bool namesAKey(const QString &name)
{
    static const QSet<QString> names { QStringLiteral("key"),         QStringLiteral("auth"),
                                       QStringLiteral("appid"),       QStringLiteral("sig"),
                                       QStringLiteral("signature"),   QStringLiteral("pwd"),
                                       QStringLiteral("passwd"),      QStringLiteral("pass"),
                                       QStringLiteral("passphrase"),  QStringLiteral("credential"),
                                       QStringLiteral("credentials"), QStringLiteral("jwt"),
                                       QStringLiteral("bearer") };
    static const QStringList endings {
        QStringLiteral("apikey"),     QStringLiteral("appkey"),
        QStringLiteral("accesskey"),  QStringLiteral("authkey"),
        QStringLiteral("secretkey"),  QStringLiteral("privatekey"),
        QStringLiteral("licensekey"), QStringLiteral("subscriptionkey"),
        QStringLiteral("clientkey"),  QStringLiteral("userkey"),
        QStringLiteral("token"),      QStringLiteral("secret"),
        QStringLiteral("password"),   QStringLiteral("authorization")
    };
    QString bare = name.toLower();
    bare.removeIf([](QChar c) { return !c.isLetterOrNumber(); });
    return names.contains(bare)
        || std::any_of(endings.cbegin(), endings.cend(),
                       [&bare](const QString &ending) { return bare.endsWith(ending); });
}

bool looksLikeKey(const QString &text)
{
    if (text.size() < 8 || text.contains(u'{'))
        return false;
    const Letters letters(text);
    return letters.lettersAndDigits() || (letters.bothCases() && text.size() >= 16)
        || (text.size() >= 24 && !text.contains(u' '));
}

bool isKeyRatherThanName(const QString &text)
{
    static const QRegularExpression run(QStringLiteral("[A-Za-z0-9]+"));
    for (auto it = run.globalMatch(text); it.hasNext();) {
        const QString word = it.next().captured();
        const Letters letters(word);
        if (word.size() >= 12 && letters.lettersAndDigits())
            return true;
        if (word.size() >= 20 && letters.bothCases())
            return true;
    }
    return false;
}

bool mayBeShown(const QString &pointer, const QString &value)
{
    static const QRegularExpression plain(QStringLiteral("^/auth/(type|in|grant)$"));
    static const QRegularExpression delicate(QStringLiteral(
        "^/(auth|keys|always|request/(url|query|headers|body)|params/[^/]*/(default|enum))(/|$)"));
    if (isKeyRatherThanName(value))
        return false;
    return plain.match(pointer).hasMatch() || !delicate.match(pointer).hasMatch();
}

}
