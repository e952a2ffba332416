#include "enclave/triggers/event_filter.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::triggers {
namespace {

// A Transfer: from, to, amount.
constexpr const char* kTransfer =
    R"([{"type":"Any"},{"type":"ByteString","value":"AQIDBAUGBwgJEBESExQVFhcYGSA="},)"
    R"({"type":"Integer","value":"150000000"}])";

nsl::v1::RunEvent event() {
  nsl::v1::RunEvent result;
  result.set_block(120);
  result.set_contract("0x1234567890123456789012345678901234567890");
  result.set_event("Transfer");
  result.set_transaction("0x01");
  return result;
}

Code code_of(const Result<void>& checked) {
  return checked.has_value() ? Code::internal : checked.error().code();
}

TEST(EventFilter, IsMetByEveryEventWhenEmpty) {
  EXPECT_TRUE(check_filter("").has_value());
  EXPECT_EQ(meets_filter("", event(), "[]"), true);
}

TEST(EventFilter, LooksAtTheArgumentsOfTheEvent) {
  const char* filter = "args[0] == null && size(args[1]) == 20 && args[2] >= 100000000";
  ASSERT_TRUE(check_filter(filter).has_value()) << check_filter(filter).error().message();
  EXPECT_EQ(meets_filter(filter, event(), kTransfer), true);
  EXPECT_EQ(meets_filter("args[2] < 100000000", event(), kTransfer), false);
}

TEST(EventFilter, LooksAtWhereTheEventStands) {
  const char* filter =
      "block == 120 && event == 'Transfer' && contract.startsWith('0x1234') && "
      "transaction == '0x01'";
  ASSERT_TRUE(check_filter(filter).has_value()) << check_filter(filter).error().message();
  EXPECT_EQ(meets_filter(filter, event(), "[]"), true);
}

TEST(EventFilter, RefusesWhatIsNoConditionAndSaysWhere) {
  EXPECT_EQ(code_of(check_filter("args[")), Code::expression_malformed);
  EXPECT_EQ(code_of(check_filter("amount > 1")), Code::expression_ill_typed);
  EXPECT_EQ(code_of(check_filter("block + 1")), Code::expression_ill_typed);
  EXPECT_EQ(code_of(check_filter("block > 'a'")), Code::expression_ill_typed);
  EXPECT_TRUE(check_filter("args[").error().message().starts_with("/filter: 1:"));
}

TEST(EventFilter, FailsWhenTheConditionHasNoValue) {
  EXPECT_EQ(meets_filter("args[7] == 1", event(), kTransfer).error().code(),
            Code::expression_failed);
}

TEST(EventFilter, EndsWhateverItIsGiven) {
  const char* endless =
      "[1,2,3,4,5,6,7,8].all(a, [1,2,3,4,5,6,7,8].all(b, [1,2,3,4,5,6,7,8].all(c, "
      "[1,2,3,4,5,6,7,8].all(d, [1,2,3,4,5,6,7,8].all(e, [1,2,3,4,5,6,7,8].all(f, "
      "a + b + c + d + e + f > 0))))))";
  EXPECT_EQ(meets_filter(endless, event(), "[]").error().code(), Code::expression_cost_exceeded);
}

TEST(EventFilter, LooksAtTypedArgumentsAtAnyDepth) {
  // A struct of an integer beyond 64 bits, a map, and an array in an array.
  const char* nested =
      R"([{"type":"Struct","value":[)"
      R"({"type":"Integer","value":"170141183460469231731687303715884105728"},)"
      R"({"type":"Map","value":[{"key":{"type":"ByteString","value":"cHJpY2U="},)"
      R"("value":{"type":"Array","value":[{"type":"Array","value":[)"
      R"({"type":"ByteString","value":"AQIDBAUGBwgJEBESExQVFhcYGSA="},{"type":"Boolean","value":true}]}]}}]}]}])";
  for (const char* met :
       {"args[0][0] == 170141183460469231731687303715884105728", "args[0][0] > 9223372036854775807",
        "has(args[0][1].price)", "args[0][1].price[0][1]", "size(args[0][1].price[0][0]) == 20",
        "address(args[0][1].price[0][0]).startsWith('N')",
        "args[0][1].price[0].exists(x, x == true)"}) {
    ASSERT_TRUE(check_filter(met).has_value()) << met;
    const auto is_met = meets_filter(met, event(), nested);
    ASSERT_TRUE(is_met.has_value()) << met << ": " << is_met.error().message();
    EXPECT_TRUE(*is_met) << met;
  }
}

}  // namespace
}  // namespace nsl::enclave::triggers
