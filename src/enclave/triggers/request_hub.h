// What a request hub (contracts/requesthub) keeps in storage about the event Requested: under "r"
// and the request's id, a serialised struct of caller, function id and arguments, until the request
// is answered or withdrawn. The event carries the id, the caller, the function id and the SHA-256
// of the arguments, so that every word of it can be compared with what is stored.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"

namespace nsl::enclave::triggers {

inline constexpr const char* kRequestedEvent = "Requested";

struct Request {
  std::int64_t id = 0;
  Bytes caller;
  Bytes function_id;
  Bytes arguments_hash;
};

// `arguments_json` is the node's JSON of the event's items. Code::invalid_proof when they are not
// those of a request.
Result<Request> parse_request(std::string_view arguments_json);
Bytes storage_key(const Request& request);
// Code::invalid_proof unless `stored` is the request the event speaks of.
Result<void> check_stored_request(const Request& request, ByteView stored);

}  // namespace nsl::enclave::triggers
