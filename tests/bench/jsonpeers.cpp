#include "jsonpeers.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <nlohmann/json.hpp>

#include <string>
#include <unordered_map>
#include <vector>

namespace restream::bench {
namespace {

class QtPeer final : public JsonPeer
{
public:
    qsizetype take(const QByteArray &body) override
    {
        const QJsonDocument document = QJsonDocument::fromJson(body);
        if (document.isNull())
            qFatal("QJsonDocument could not read the body");
        QHash<QString, QJsonObject> polled;
        std::vector<std::pair<QJsonObject, QJsonObject>> updated;
        qsizetype added = 0;
        const QJsonArray items = document.object().value(QLatin1String("features")).toArray();
        polled.reserve(items.size());
        for (const auto &value : items) {
            const QJsonObject item = value.toObject();
            const QString id = item.value(QLatin1String("id")).toString();
            const auto before = m_held.constFind(id);
            if (before == m_held.constEnd())
                ++added;
            else if (*before != item)
                updated.emplace_back(*before, item);
            polled.insert(id, item);
        }
        const qsizetype removed = m_held.size() + added - polled.size();
        m_held = std::move(polled);
        return added + qsizetype(updated.size()) + removed;
    }

private:
    QHash<QString, QJsonObject> m_held;
};

class NlohmannPeer final : public JsonPeer
{
public:
    qsizetype take(const QByteArray &body) override
    {
        using nlohmann::json;
        json document = json::parse(body.begin(), body.end());
        json &items = document.at("features");
        std::unordered_map<std::string, json> polled;
        polled.reserve(items.size());
        std::vector<json> patches;
        qsizetype added = 0;
        for (json &item : items) {
            std::string id = item.at("id").get<std::string>();
            const auto before = m_held.find(id);
            if (before == m_held.end())
                ++added;
            else if (before->second != item)
                patches.push_back(json::diff(before->second, item));
            polled.insert_or_assign(std::move(id), std::move(item));
        }
        const auto removed = qsizetype(m_held.size()) + added - qsizetype(polled.size());
        m_held = std::move(polled);
        return added + qsizetype(patches.size()) + removed;
    }

private:
    std::unordered_map<std::string, nlohmann::json> m_held;
};

}

std::unique_ptr<JsonPeer> qtPeer()
{
    return std::make_unique<QtPeer>();
}

std::unique_ptr<JsonPeer> nlohmannPeer()
{
    return std::make_unique<NlohmannPeer>();
}

}
