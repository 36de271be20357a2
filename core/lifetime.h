#pragma once

#include <memory>
#include <utility>

namespace restream {

/// Lets a callback that comes later find out that the object it was made for is gone, or no longer waits for it. One thread.
class Lifetime final
{
public:
    Lifetime() = default;
    Lifetime(const Lifetime &) = delete;
    Lifetime &operator=(const Lifetime &) = delete;

    /// `f`, which does nothing once this is destroyed or ended.
    template<typename F>
    [[nodiscard]] auto guard(F f) const
    {
        return [life = std::weak_ptr<const char>(m_life),
                f = std::move(f)]<typename... A>(A &&...arguments) mutable {
            if (!life.expired())
                f(std::forward<A>(arguments)...);
        };
    }

    /// Silences every callback guarded so far.
    void end() { m_life = std::make_shared<const char>(); }

private:
    std::shared_ptr<const char> m_life = std::make_shared<const char>();
};

}
