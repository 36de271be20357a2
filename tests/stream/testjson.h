#pragma once

#include <QByteArray>
#include <QRandomGenerator>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

/// A JSON value for tests, made without any of the code under test: parsed, written, compared, and changed by RFC 6902 and RFC 7396.
struct TestJson
{
    enum class Kind { Null, False, True, Number, String, Array, Object };
    struct Member;

    Kind kind = Kind::Null;
    QString text; ///< of a number as written, of a string its content in UTF-16
    std::vector<TestJson> elements;
    std::vector<Member> members;

    static TestJson parse(const QByteArray &json); ///< valid JSON
    static TestJson ofString(const QString &content);
    static TestJson ofNumber(const QString &text);
    static TestJson random(QRandomGenerator &random, int depth = 4);

    /// With white space, escapes, order of members and forms of numbers by chance; what is written is equal to this.
    [[nodiscard]] QByteArray write(QRandomGenerator &random, bool plain = false) const;
    /// A copy with some changes.
    [[nodiscard]] TestJson mutated(QRandomGenerator &random) const;
    [[nodiscard]] bool hasDuplicates() const;

    /// By value: numbers as decimals (exponents of at most 15 digits), members in any order.
    bool operator==(const TestJson &other) const;

    /// RFC 6902 add, remove and replace. Nothing: an operation can't be applied.
    [[nodiscard]] std::optional<TestJson> patched(const TestJson &operations) const;
    /// RFC 7396.
    [[nodiscard]] TestJson merged(const TestJson &patch) const;

    [[nodiscard]] const TestJson *member(const QString &name) const;
    TestJson *member(const QString &name);
};

struct TestJson::Member
{
    QString name;
    TestJson value;
};
