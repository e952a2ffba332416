// Doubles: what stands in for the platform while a function is tested. Everything a function may
// call answers from a file; what the file does not answer is an error the test report names.
//
//   "doubles": {
//     "secrets": {"api-key": "test"},
//     "storage": {"count": 1},
//     "http": [{"url": "https://api.example.com/price", "method": "GET", "status": 200,
//               "headers": {"content-type": "application/json"}, "body": {"price": 12.5}}],
//     "calls": {"blockchain.getBlockHeight": 1234,
//               "blockchain.call": [{"when": {"method": "balanceOf"}, "result": "5"},
//                                   {"when": {"method": "pay"}, "error": "NSL-WALLET-0004"}]}}
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/function_test/runner_link.h"
#include "core/base/result.h"
#include "core/neo/json.h"

namespace nsl::client::function_test {

// Whether two values are the same JSON: members in any order, 1 and 1.0 alike.
bool is_same(const neo::JsonValue& left, const neo::JsonValue& right);
// Whether `actual` has everything `wanted` has: objects may have more members.
bool contains(const neo::JsonValue& actual, const neo::JsonValue& wanted);

class Doubles {
 public:
  // Null: none but the defaults (a fixed time, counted random bytes). Code::cli_usage when the
  // declaration is not one.
  static Result<Doubles> parse(const neo::JsonValue* declared);

  // Refused with the declared code, or as not found when nothing is declared.
  Answer answer(const runner::v1::HostCall& call);

  // "storage.get {...}", for each call nothing answers.
  const std::vector<std::string>& unanswered() const { return unanswered_; }

 private:
  Answer find_secret(const neo::JsonValue& arguments) const;
  Answer find_exchange(const neo::JsonValue& arguments) const;
  Answer find_call(const std::string& method, const neo::JsonValue& arguments) const;
  Answer use_storage(const std::string& method, const neo::JsonValue& arguments);
  Answer dispatch(const std::string& method, const neo::JsonValue& arguments);

  neo::JsonValue secrets_;
  neo::JsonValue http_;
  neo::JsonValue calls_;
  std::map<std::string, neo::JsonValue> storage_;
  std::vector<std::string> unanswered_;
};

}  // namespace nsl::client::function_test
