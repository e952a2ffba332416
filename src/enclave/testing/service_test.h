// A fixture for services: a vault over a host in memory, a clock that stands still, and the calls
// of two accounts that must never see each other's things.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "enclave/keys/key_tree.h"
#include "enclave/keys/unlocker.h"
#include "enclave/router/call.h"
#include "enclave/testing/memory_host.h"
#include "enclave/vault/vault.h"

namespace nsl::enclave::testing {

class MemoryUnlocker final : public keys::Unlocker {
 public:
  Result<Secret<32>> unlock() override { return Secret<32>(); }
  Result<keys::StateHead> load_head() override { return head_; }
  Result<void> save_head(const keys::StateHead& head) override {
    head_ = head;
    return {};
  }

 private:
  keys::StateHead head_;
};

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    vault_ = vault::Vault::open({.transport = host_,
                                 .keys = keys_,
                                 .unlocker = unlocker_,
                                 .random = random_,
                                 .clock = system_clock_},
                                deadline_)
                 .value();
  }

  router::Call call_of(const char* account) {
    return {.deadline = deadline_,
            .caller = {.account = identity::AccountId(account), .scopes = {}},
            .request_id = "req_test",
            .if_match = {},
            .now = clock_.wall_time(),
            .random = random_};
  }
  // Gives acc_alice `count` records of a kind, for the bounds that count them.
  void fill(const char* kind, std::int64_t count) {
    vault::Batch batch;
    for (std::int64_t i = 0; i < count; ++i) {
      batch.put({.kind = kind, .account = "acc_alice", .id = "filler-" + std::to_string(i)}, {}, 0);
      if (i % 200 != 199 && i + 1 != count) continue;
      ASSERT_TRUE(vault_->commit(std::exchange(batch, {}), deadline_).has_value());
    }
  }
  router::Call alice() { return call_of("acc_alice"); }
  router::Call bob() { return call_of("acc_bob"); }

  ManualClock clock_{WallTime(1'700'000'000'000)};
  // Waiting threads need a clock that moves.
  SystemClock system_clock_;
  SeededRandom random_{42};
  MemoryHost host_;
  MemoryUnlocker unlocker_;
  keys::KeyTree keys_{Secret<32>(), keys::Epoch(1)};
  Deadline deadline_ = Deadline::after_ms(system_clock_, 60000);
  std::unique_ptr<vault::Vault> vault_;
};

}  // namespace nsl::enclave::testing
