// JSON-RPC 2.0 batches: several requests in one exchange, and the reply taken apart.
//
// TRUST: a reply is a node's word and may be anything: what is not a full answer to the batch is
// refused as a whole. Its size is bounded by the connection.
#pragma once

#include <simdjson.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::host::nodes {

struct RpcRequest {
  std::string_view method;
  // A JSON array.
  std::string parameters;
};

// At most limits::kNodeBatchMax requests. Their ids are 1, 2, and so on.
std::string to_batch_text(std::span<const RpcRequest> requests);

class RpcReplies {
 public:
  // The reply to a batch of `count` requests, in any order, each once.
  // Code::node_malformed_reply when it is none; when the node refuses the batch as a whole, the
  // code of its error (core/neo/rpc_error.h).
  static Result<RpcReplies> parse(std::string_view text, std::size_t count);

  std::size_t size() const { return replies_.size(); }
  // What request `index` gave, counted from 0; valid as long as this is. A node's error comes back
  // as its code.
  Result<simdjson::dom::element> result(std::size_t index) const;

 private:
  RpcReplies() : parser_(std::make_unique<simdjson::dom::parser>()) {}

  // Owns what the elements point into.
  std::unique_ptr<simdjson::dom::parser> parser_;
  std::vector<simdjson::dom::element> replies_;
};

// Code::node_malformed_reply, naming what is wrong.
std::unexpected<Error> malformed_reply(std::string_view what);
// A member that must be text; valid as long as `object` is.
Result<std::string_view> text_at(const simdjson::dom::element& object, const char* member);
// An element that must be a number of 32 bits.
Result<std::uint32_t> to_number(const simdjson::dom::element& element);

}  // namespace nsl::host::nodes
