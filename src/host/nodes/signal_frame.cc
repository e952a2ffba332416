#include "host/nodes/signal_frame.h"

#include "host/nodes/rpc_batch.h"

namespace nsl::host::nodes {

using simdjson::SUCCESS;
using simdjson::dom::element;

Result<SignalFrame> parse_signal_frame(std::string_view text) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(text.data(), text.size()).get(root) != SUCCESS) return malformed_reply("JSON");
  std::string_view method;
  if (root["method"].get_string().get(method) != SUCCESS) {
    element member;
    if (root["error"].get(member) == SUCCESS && !member.is_null()) {
      return SignalFrame{.kind = SignalFrame::Kind::refused, .index = {}};
    }
    if (root["result"].get(member) != SUCCESS) return malformed_reply("frame");
    return SignalFrame{.kind = SignalFrame::Kind::subscribed, .index = {}};
  }
  if (method == "event_missed") {
    return SignalFrame{.kind = SignalFrame::Kind::missed, .index = {}};
  }
  if (method != "header_of_added_block") return malformed_reply("method");
  element header;
  if (root["params"].at(0).get(header) != SUCCESS) return malformed_reply("params");
  element number;
  if (header["index"].get(number) != SUCCESS) return malformed_reply("index");
  NSL_TRY(const std::uint32_t index, to_number(number));
  return SignalFrame{.kind = SignalFrame::Kind::block, .index = neo::BlockIndex(index)};
}

}  // namespace nsl::host::nodes
