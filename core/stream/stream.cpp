#include "core/stream/stream.h"

namespace restream {

Stream::Stream(ChannelDefinition definition, Params params)
    : m_name(streamName(definition.name, params)),
      m_definition(std::move(definition)),
      m_params(std::move(params)),
      m_history(m_definition.history)
{
}

}
