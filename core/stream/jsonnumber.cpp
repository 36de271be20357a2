#include "core/stream/jsonscan.h"

#include <QStringBuilder>

#include <optional>

namespace restream::jsonscan {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// A valid JSON number as 0.DIGITS × 10^(exponent + shift): exact whatever its length, and nothing is copied.
class Decimal final
{
public:
    explicit Decimal(QByteArrayView text);

    bool operator==(const Decimal &other) const;

private:
    [[nodiscard]] bool isZero() const { return m_begin == m_end; }
    [[nodiscard]] bool sameDigits(const Decimal &other) const;
    [[nodiscard]] bool sameExponent(const Decimal &other) const;

    bool m_negative = false;
    const char *m_begin = nullptr; ///< the first digit that is not 0
    const char *m_end = nullptr; ///< behind the last one; a point may be between
    bool m_negativeExponent = false;
    QByteArrayView m_exponent; ///< digits without leading zeros; empty: 0
    qint64 m_shift = 0; ///< digits before the point; negative: zeros behind it
};

Decimal::Decimal(QByteArrayView text)
{
    const char *at = text.data();
    const char *const end = at + text.size();
    m_negative = *at == '-';
    at += m_negative;
    const char *point = nullptr;
    for (; at != end && (isDigit(*at) || *at == '.'); ++at) {
        if (*at == '.') {
            point = at;
        } else if (*at != '0') {
            m_begin = m_begin ? m_begin : at;
            m_end = at + 1;
        }
    }
    if (m_begin) {
        const char *const integerEnd = point ? point : at;
        m_shift = integerEnd - m_begin + (m_begin > integerEnd ? 1 : 0);
    }
    if (at == end)
        return;
    ++at; // the e
    m_negativeExponent = *at == '-';
    at += isDigit(*at) ? 0 : 1;
    while (at != end && *at == '0')
        ++at;
    m_exponent = { at, end };
}

bool Decimal::operator==(const Decimal &other) const
{
    if (isZero() || other.isZero())
        return isZero() && other.isZero();
    return m_negative == other.m_negative && sameDigits(other) && sameExponent(other);
}

bool Decimal::sameDigits(const Decimal &other) const
{
    const char *a = m_begin;
    const char *b = other.m_begin;
    for (;;) {
        a += a != m_end && *a == '.';
        b += b != other.m_end && *b == '.';
        if (a == m_end || b == other.m_end)
            return a == m_end && b == other.m_end;
        if (*a++ != *b++)
            return false;
    }
}

/// What fits with room for any shift.
std::optional<qint64> smallExponent(QByteArrayView digits, bool negative)
{
    if (digits.size() > 18)
        return {};
    qint64 result = 0;
    for (const char digit : digits)
        result = result * 10 + (digit - '0');
    return negative ? -result : result;
}

/// A natural number plus a change that is smaller by orders of magnitude, without leading zeros.
QByteArray sum(QByteArrayView digits, qint64 change)
{
    QByteArray result = '0' + digits.toByteArray();
    for (qsizetype i = result.size() - 1; i >= 0 && change != 0; --i) {
        change += result.at(i) - '0';
        const qint64 digit = (change % 10 + 10) % 10;
        result[i] = static_cast<char>('0' + digit);
        change = (change - digit) / 10;
    }
    qsizetype zeros = 0;
    while (zeros < result.size() && result.at(zeros) == '0')
        ++zeros;
    return result.sliced(zeros);
}

bool Decimal::sameExponent(const Decimal &other) const
{
    const auto mine = smallExponent(m_exponent, m_negativeExponent);
    const auto others = smallExponent(other.m_exponent, other.m_negativeExponent);
    if (mine && others)
        return *mine + m_shift == *others + other.m_shift;
    // One is beyond 10^18, where a shift, a length of text, can't turn the sign.
    const qint64 change = m_shift - other.m_shift;
    return m_negativeExponent == other.m_negativeExponent
        && sum(m_exponent, m_negativeExponent ? -change : change) == other.m_exponent;
}

}

bool sameNumber(QByteArrayView a, QByteArrayView b)
{
    return a == b || Decimal(a) == Decimal(b);
}

}
