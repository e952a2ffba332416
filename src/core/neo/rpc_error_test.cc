#include "core/neo/rpc_error.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace nsl::neo {
namespace {

// Every code of NEP-23 and of JSON-RPC 2.0 section 5.1.
TEST(RpcError, HasARuleForEveryNumberOfTheStandards) {
  std::set<std::int64_t> standard = {-32700, -32600, -32601, -32602, -32603};
  for (std::int64_t number = -109; number <= -101; ++number) standard.insert(number);
  for (std::int64_t number = -304; number <= -300; ++number) standard.insert(number);
  for (std::int64_t number = -512; number <= -500; ++number) standard.insert(number);
  for (std::int64_t number = -608; number <= -601; ++number) standard.insert(number);
  for (const std::int64_t number : standard) {
    EXPECT_EQ(rpc_error_rule(number).number, number) << number;
  }
  EXPECT_EQ(rpc_error_rules().size(), standard.size() + 1);
}

TEST(RpcError, TakesWhatIsTheCaseAlreadyForSuccess) {
  for (const std::int64_t number : {-501, -503}) {
    EXPECT_EQ(rpc_error_rule(number).code, Code::already_exists);
    EXPECT_EQ(rpc_error_rule(number).retry, RpcRetry::is_done);
  }
}

TEST(RpcError, AsksLaterForWhatANodeDoesNotHaveYet) {
  for (const std::int64_t number : {-101, -103, -105, -109}) {
    EXPECT_EQ(rpc_error_rule(number).code, Code::not_found);
    EXPECT_EQ(rpc_error_rule(number).retry, RpcRetry::later);
  }
}

TEST(RpcError, CallsARefusedTransactionRefusedForGood) {
  for (const std::int64_t number : {-500, -505, -506, -507, -508, -509, -512}) {
    EXPECT_EQ(rpc_error_rule(number).code, Code::transaction_rejected);
    EXPECT_EQ(rpc_error_rule(number).retry, RpcRetry::never);
  }
  EXPECT_EQ(rpc_error_rule(-502).code, Code::mempool_full);
  EXPECT_EQ(rpc_error_rule(-502).retry, RpcRetry::later);
  EXPECT_EQ(rpc_error_rule(-504).code, Code::network_fee_too_low);
  EXPECT_EQ(rpc_error_rule(-510).code, Code::transaction_expired);
  EXPECT_EQ(rpc_error_rule(-511).code, Code::insufficient_gas);
}

TEST(RpcError, SaysWhatIsRetryableAsTheCodeDoes) {
  for (const RpcErrorRule& rule : rpc_error_rules()) {
    if (code_is_retryable(rule.code)) {
      EXPECT_NE(rule.retry, RpcRetry::never) << rule.name;
    }
  }
}

TEST(RpcError, MakesNothingOfANumberNobodyWroteDown) {
  for (const std::int64_t number : {0L, 1L, -1L, -110L, -32000L, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(rpc_error_rule(number).code, Code::node_refused);
    EXPECT_EQ(rpc_error_rule(number).retry, RpcRetry::other_node);
  }
}

}  // namespace
}  // namespace nsl::neo
