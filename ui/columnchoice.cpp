#include "ui/columnchoice.h"

#include "core/pointerbelow.h"

#include <QHash>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <array>

namespace restream {
namespace {

constexpr size_t sampleSize = 200;
constexpr int deepest = 4;
constexpr qsizetype mostCandidates = 300; ///< an object used as a map has no end of member names

/// What the sample says of one member.
struct Candidate
{
    QByteArray pointer;
    QStringList path;
    qsizetype present = 0; ///< not null
    qsizetype numbers = 0;
    qsizetype links = 0;
    qsizetype containers = 0;
    qsizetype sameAsId = 0;
    qsizetype length = 0; ///< in all
    QSet<QByteArray> values;
    double score = 0;
};

class Sample final
{
public:
    void add(const Item &item)
    {
        ++m_items;
        m_id = item.id();
        const JsonSlice slice(item.text());
        if (slice.isObject() || slice.isArray())
            walk(slice, {}, {});
    }

    /// The best members in the order in which they were met, those that are worth nothing left out.
    std::vector<Candidate> best(size_t count)
    {
        std::vector<Candidate *> good;
        for (Candidate &candidate : m_candidates) {
            candidate.score = score(candidate);
            if (candidate.score > 0.15)
                good.push_back(&candidate);
        }
        std::stable_sort(good.begin(), good.end(), [](const Candidate *a, const Candidate *b) {
            return a->score > b->score;
        });
        good.resize(std::min(good.size(), count));
        std::sort(good.begin(), good.end()); // back into the order of the items' own members
        std::vector<Candidate> chosen;
        chosen.reserve(good.size());
        for (const Candidate *candidate : good)
            chosen.push_back(*candidate);
        return chosen;
    }

private:
    void walk(const JsonSlice &value, const QByteArray &pointer, const QStringList &path)
    {
        if (value.isObject()) {
            for (const JsonSlice::Member &member : value.members()) {
                const QByteArray name = member.key.string();
                visit(member.value, pointerBelow(pointer, name),
                      path + QStringList { QString::fromUtf8(name) });
            }
            return;
        }
        int i = 0;
        for (const JsonSlice &element : value.elements()) {
            visit(element, pointer + '/' + QByteArray::number(i),
                  path + QStringList { QString::number(i) });
            ++i;
        }
    }

    void visit(const JsonSlice &value, const QByteArray &pointer, const QStringList &path)
    {
        if (value.isObject() && path.size() < deepest)
            walk(value, pointer, path);
        else
            note(value, pointer, path);
    }

    void note(const JsonSlice &value, const QByteArray &pointer, const QStringList &path)
    {
        auto place = m_places.constFind(pointer);
        if (place == m_places.constEnd()) {
            if (qsizetype(m_candidates.size()) >= mostCandidates)
                return;
            place = m_places.insert(pointer, m_candidates.size());
            m_candidates.push_back({});
            m_candidates.back().pointer = pointer;
            m_candidates.back().path = path;
        }
        Candidate &candidate = m_candidates[*place];
        const JsonSlice::Kind kind = value.kind();
        if (kind == JsonSlice::Kind::Null)
            return;
        const QByteArray text = value.isString() ? value.string() : value.text().toByteArray();
        ++candidate.present;
        candidate.length += text.size();
        candidate.values.insert(text);
        candidate.numbers += kind == JsonSlice::Kind::Number;
        candidate.containers += value.isObject() || value.isArray();
        candidate.links += text.startsWith("http://") || text.startsWith("https://");
        candidate.sameAsId += text == m_id;
    }

    [[nodiscard]] double score(const Candidate &candidate) const
    {
        if (candidate.present == 0 || candidate.sameAsId == candidate.present)
            return 0;
        static const QSet<QString> telling = { u"title"_qs, u"name"_qs,          u"headline"_qs,
                                               u"event"_qs, u"place"_qs,         u"mag"_qs,
                                               u"price"_qs, u"current_price"_qs, u"status"_qs,
                                               u"state"_qs, u"severity"_qs,      u"time"_qs,
                                               u"date"_qs,  u"updated"_qs,       u"type"_qs };
        const double length = double(candidate.length) / double(candidate.present);
        const auto mostly = [&](qsizetype count) { return count * 2 > candidate.present; };
        double score = double(candidate.present) / double(m_items);
        score -= m_items >= 3 && candidate.values.size() == 1 ? 0.6 : 0;
        score -= length > 200 ? 0.8 : length > 60 ? 0.3 : 0;
        score -= mostly(candidate.links) ? 0.6 : 0;
        score -= mostly(candidate.containers) ? 0.4 : 0;
        score -= 0.05 * double(candidate.path.size() - 1);
        score += telling.contains(candidate.path.last().toLower()) ? 0.4 : 0;
        return score;
    }

    std::vector<Candidate> m_candidates; ///< in the order in which they were met
    QHash<QByteArray, size_t> m_places;
    QByteArrayView m_id; ///< of the item that is being added
    qsizetype m_items = 0;
};

bool isTitle(const Column &column)
{
    static const QSet<QString> names = { u"title"_qs, u"name"_qs, u"headline"_qs, u"event"_qs };
    return names.contains(column.title.section(u'.', -1).toLower());
}

}

std::vector<Column> chooseColumns(const std::vector<Item> &items)
{
    if (items.empty())
        return {};
    Sample sample;
    const size_t step = std::max<size_t>(1, items.size() / sampleSize);
    for (size_t i = 0; i < items.size(); i += step)
        sample.add(items[i]);
    std::vector<Column> columns;
    for (const Candidate &candidate : sample.best(mostColumns - 1)) {
        columns.push_back({ Column::Kind::Member, candidate.pointer, candidate.path.join(u'.'),
                            candidate.numbers * 2 > candidate.present });
    }
    if (columns.empty()) {
        const JsonSlice first(items.front().text());
        const bool named = items.front().id() != cellText(first).toUtf8();
        columns.push_back(
            { Column::Kind::Whole, {}, u"value"_qs, first.kind() == JsonSlice::Kind::Number });
        if (!named)
            return columns;
    }
    std::stable_partition(columns.begin(), columns.end(), isTitle);
    columns.insert(columns.begin(), { Column::Kind::Id, {}, u"id"_qs, false });
    return columns;
}

QString cellText(const JsonSlice &value)
{
    if (value.isNull() || value.kind() == JsonSlice::Kind::Null)
        return {};
    QString text =
        QString::fromUtf8(value.isString() ? value.string() : value.text().toByteArray());
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control)
            c = u' ';
    }
    return text;
}

}
