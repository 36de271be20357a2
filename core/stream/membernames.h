#pragma once

#include "core/stream/jsonscan.h"

#include <QList>
#include <QVarLengthArray>

namespace restream::jsonscan {

/// Names of members, to find out whether any comes twice. The text must outlive it.
class MemberNames final
{
public:
    [[nodiscard]] qsizetype size() const { return m_names.size(); }
    /// `written`: of a valid member, with its quotes.
    void add(QByteArrayView written);
    /// Forgets all but the first `count`; gives whether the forgotten ones all differed.
    bool takeDistinct(qsizetype count = 0);

private:
    struct Name
    {
        quint64 key; ///< the same for the same name, and mostly for no other
        QByteArrayView text; ///< escapes resolved

        bool operator==(const Name &other) const { return key == other.key && text == other.text; }
        bool operator<(const Name &other) const
        {
            return key != other.key ? key < other.key : text < other.text;
        }
    };

    static bool areDistinct(Name *begin, Name *end);

    QVarLengthArray<Name, 32> m_names;
    QList<QByteArray> m_decoded; ///< those that were written with escapes
};

/// Whether any object in a valid value has two members of one name.
bool hasDuplicateMembers(QByteArrayView value);

}
