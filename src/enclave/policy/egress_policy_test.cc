#include "enclave/policy/egress_policy.h"

#include <gtest/gtest.h>

namespace nsl::enclave::policy {
namespace {

TEST(EgressPolicy, AddsTheHttpsPort) {
  EXPECT_EQ(parse_egress_entry("api.example.com"), "api.example.com:443");
  EXPECT_EQ(parse_egress_entry("127.0.0.1:8443"), "127.0.0.1:8443");
}

TEST(EgressPolicy, RefusesEverythingElse) {
  for (const char* bad :
       {"", "*", "*.example.com", "https://example.com", "example.com/", "Example.com", ".com",
        "a..b", "a.", "-a", "a:0", "a:65536", "a:080", "a:", "a:1:2", "user@host", "[::1]:443"}) {
    EXPECT_FALSE(parse_egress_entry(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace nsl::enclave::policy
