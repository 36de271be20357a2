#pragma once

#include "core/serve/httpconnection.h"
#include "core/serve/session.h"

#include <memory>
#include <vector>

namespace restream {

/// Connections of one kind, each knowing its place, so that one of 20,000 goes without a search.
template<typename Client>
class Clients final
{
public:
    Client &add(std::unique_ptr<Client> client)
    {
        client->place = m_clients.size();
        m_clients.push_back(std::move(client));
        return *m_clients.back();
    }

    /// Destroys those that have ended.
    void reap()
    {
        for (size_t i = 0; i < m_clients.size();) {
            if (!m_clients[i]->isGone()) {
                ++i;
                continue;
            }
            std::swap(m_clients[i], m_clients.back());
            m_clients.pop_back();
        }
    }

    [[nodiscard]] size_t size() const { return m_clients.size(); }
    [[nodiscard]] bool isEmpty() const { return m_clients.empty(); }
    void clear() { m_clients.clear(); }

    template<typename F>
    void forEach(F f)
    {
        for (const auto &client : m_clients)
            f(*client);
    }
    /// Every `step`-th, beginning with `first`.
    template<typename F>
    void forSome(size_t first, size_t step, F f)
    {
        for (size_t i = first; i < m_clients.size(); i += step)
            f(*m_clients[i]);
    }

private:
    std::vector<std::unique_ptr<Client>> m_clients;
};

}
