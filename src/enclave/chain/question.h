// Question: what is asked of nodes beside what Chain names itself, with the type its answer has.
// Answers of several nodes are compared as values, never as text.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/application_log.h"
#include "core/neo/block.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/manifest.h"
#include "core/neo/network.h"

namespace nsl::enclave::chain {

// A contract as nodes tell it; natives too.
struct ContractState {
  neo::UInt160 hash;
  std::int32_t id = 0;
  std::uint32_t update_counter = 0;
  neo::Manifest manifest;
  std::string compiler;
  std::string source;
  std::uint32_t checksum = 0;
  Bytes script;
  friend bool operator==(const ContractState&, const ContractState&) = default;
};

using Answer = std::variant<neo::BlockIndex, neo::Block, neo::ApplicationLog, neo::InvocationResult,
                            ContractState, Bytes, std::vector<neo::UInt160>>;

struct Question {
  std::string_view method;
  // A JSON array.
  std::string parameters;
  // Checks that the result answers this question.
  std::function<Result<Answer>(const neo::JsonValue&)> parse;
};

}  // namespace nsl::enclave::chain
