#pragma once

#include "core/stream/jsontext.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <vector>

namespace restream {

/// A JSON object under construction, whose members keep the order in which they are added.
class OrderedJson final
{
public:
    void add(const QString &name, const QByteArray &json); ///< valid JSON
    void addString(const QString &name, const QString &value);

    [[nodiscard]] bool isEmpty() const { return m_members.empty(); }
    [[nodiscard]] QByteArray text() const; ///< compact

private:
    std::vector<std::pair<QString, QByteArray>> m_members;
};

/// A list of strings as JSON.
QByteArray jsonStrings(const QStringList &strings);
/// A number of seconds, without digits that say nothing.
QByteArray jsonNumber(double value);
/// Valid JSON for people: two blanks a level, and on one line what fits into 100 columns. The outermost object is always spread. Ends without a line break.
QByteArray prettyJson(QByteArrayView json);

}
