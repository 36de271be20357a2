#pragma once

#include "core/serve/httpconnection.h"
#include "core/serve/session.h"

#include <memory>
#include <utility>
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

    /// Takes note of one that has ended or is about to.
    void leaves(Client &client)
    {
        if (!std::exchange(client.isLeaving, true))
            m_leaving.push_back(&client);
    }

    /// Destroys those that have ended, and gives those that are about to end to `settle`.
    template<typename F>
    void reap(F settle)
    {
        const std::vector<Client *> leaving = std::exchange(m_leaving, {});
        for (Client *client : leaving) {
            client->isLeaving = false;
            if (client->isGone())
                remove(client->place);
            else
                settle(*client);
        }
    }

    [[nodiscard]] size_t size() const { return m_clients.size(); }
    [[nodiscard]] bool isEmpty() const { return m_clients.empty(); }
    void clear()
    {
        // None may take note of itself while it is destroyed: its note would outlive it.
        const auto clients = std::exchange(m_clients, {});
        m_leaving.clear();
    }

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
    void remove(size_t place)
    {
        std::swap(m_clients[place], m_clients.back());
        m_clients[place]->place = place;
        m_clients.pop_back();
    }

    std::vector<std::unique_ptr<Client>> m_clients;
    std::vector<Client *> m_leaving;
};

}
