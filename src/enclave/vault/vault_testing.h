// For tests of this and other folders: a store in memory behind a transport, which can fail, lose
// replies, hold requests back and lie; and an unlocker in memory.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/random.h"
#include "core/wire/service.h"
#include "enclave/vault/vault.h"
#include "nsl/internal/v1/store.service.h"

namespace nsl::enclave::vault::testing {

enum class Fault : std::uint8_t {
  none,
  fail_before,  // not done, and the caller is told of a failure
  fail_after,   // done, but the reply is lost
  hold,         // not done now; release_held() does it later
};

class MemoryStore final : public wire::Transport {
 public:
  using Records = std::map<std::string, internal::v1::StoredRecord>;
  using Logs = std::map<std::string, std::vector<std::string>>;
  struct Contents {
    Records records;
    Logs logs;
    std::map<std::string, std::uint32_t> jobs;
  };

  // Asked before each call, with the method's name.
  void set_fault(std::function<Fault(std::string_view method)> fault) {
    MutexLock lock(mutex_);
    fault_ = std::move(fault);
  }
  // May change the reply to a call that succeeded.
  void set_lie(std::function<void(std::string_view method, std::string& reply)> lie) {
    MutexLock lock(mutex_);
    lie_ = std::move(lie);
  }
  Contents contents() {
    MutexLock lock(mutex_);
    return contents_;
  }
  void set_contents(Contents contents) {
    MutexLock lock(mutex_);
    contents_ = std::move(contents);
  }
  int calls(const std::string& method) {
    MutexLock lock(mutex_);
    return calls_[method];
  }
  Deadline last_deadline() {
    MutexLock lock(mutex_);
    return last_deadline_;
  }
  // What is held back happens just before the next commit.
  void release_held_before_commit() {
    MutexLock lock(mutex_);
    is_release_due_ = true;
  }
  // How many of the commits held back succeed now.
  int release_held() {
    MutexLock lock(mutex_);
    return commit_held();
  }

  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& deadline) override {
    MutexLock lock(mutex_);
    last_deadline_ = deadline;
    NSL_ASSERT(service == "nsl.internal.v1.StoreService");
    ++calls_[std::string(method)];
    if (method == "Commit" && std::exchange(is_release_due_, false)) commit_held();
    const Fault fault = fault_ ? fault_(method) : Fault::none;
    if (fault == Fault::hold) held_.push_back(std::move(payload));
    if (fault == Fault::hold || fault == Fault::fail_before) return fail(Code::unavailable);
    auto reply = serve(method, payload);
    if (fault == Fault::fail_after) return fail(Code::deadline_exceeded);
    if (reply.has_value() && lie_) lie_(method, *reply);
    return reply;
  }

 private:
  template <class Message>
  static Message parsed(const std::string& payload) {
    Message message;
    NSL_ASSERT(message.ParseFromString(payload));
    return message;
  }

  int commit_held() NSL_REQUIRES(mutex_) {
    int succeeded = 0;
    for (const std::string& payload : held_) {
      const auto request = parsed<internal::v1::StoreCommitRequest>(payload);
      if (commit(request).has_value()) ++succeeded;
    }
    held_.clear();
    return succeeded;
  }

  Result<std::string> serve(std::string_view method, const std::string& payload)
      NSL_REQUIRES(mutex_) {
    if (method == "Get") return get(parsed<internal::v1::StoreGetRequest>(payload));
    if (method == "List") return list(parsed<internal::v1::StoreListRequest>(payload));
    if (method == "ReadLog") return read_log(parsed<internal::v1::StoreReadLogRequest>(payload));
    NSL_ASSERT(method == "Commit");
    return commit(parsed<internal::v1::StoreCommitRequest>(payload));
  }

  Result<std::string> get(const internal::v1::StoreGetRequest& request) NSL_REQUIRES(mutex_) {
    internal::v1::StoreGetReply reply;
    reply.mutable_record()->set_key(request.key());
    const auto found = contents_.records.find(request.key());
    if (found != contents_.records.end()) *reply.mutable_record() = found->second;
    return reply.SerializeAsString();
  }

  // Small pages, so that paging is always exercised.
  Result<std::string> list(const internal::v1::StoreListRequest& request) NSL_REQUIRES(mutex_) {
    internal::v1::StoreListReply reply;
    for (const auto& [key, record] : contents_.records) {
      if (key <= request.after_key() || !key.starts_with(request.prefix())) continue;
      if (reply.records_size() == 3) {
        reply.set_has_more(true);
        break;
      }
      *reply.add_records() = record;
    }
    return reply.SerializeAsString();
  }

  Result<std::string> read_log(const internal::v1::StoreReadLogRequest& request)
      NSL_REQUIRES(mutex_) {
    internal::v1::StoreReadLogReply reply;
    const auto& entries = contents_.logs[request.log()];
    for (std::uint64_t sequence = request.from_sequence();
         sequence <= entries.size() &&
         static_cast<std::uint32_t>(reply.entries_size()) < request.limit();
         ++sequence) {
      auto* entry = reply.add_entries();
      entry->set_sequence(sequence);
      entry->set_entry(entries[sequence - 1]);
    }
    return reply.SerializeAsString();
  }

  Result<std::string> commit(const internal::v1::StoreCommitRequest& request) NSL_REQUIRES(mutex_) {
    Contents next = contents_;
    for (const auto& put : request.puts()) {
      const auto found = next.records.find(put.key());
      const std::uint64_t version = found == next.records.end() ? 0 : found->second.version();
      if (version != put.expected_version()) return fail(Code::store_conflict);
      if (put.is_delete()) {
        next.records.erase(put.key());
        continue;
      }
      internal::v1::StoredRecord& record = next.records[put.key()];
      record.set_key(put.key());
      record.set_version(put.version());
      record.set_value(put.value());
    }
    for (const auto& append : request.appends()) {
      auto& entries = next.logs[append.log()];
      if (append.sequence() != entries.size() + 1) return fail(Code::store_conflict);
      entries.push_back(append.entry());
    }
    for (const auto& job : request.jobs()) next.jobs[job.id()] = job.delay_ms();
    contents_ = std::move(next);
    return internal::v1::StoreCommitReply().SerializeAsString();
  }

  Mutex mutex_;
  Contents contents_ NSL_GUARDED_BY(mutex_);
  std::function<Fault(std::string_view)> fault_ NSL_GUARDED_BY(mutex_);
  std::function<void(std::string_view, std::string&)> lie_ NSL_GUARDED_BY(mutex_);
  std::map<std::string, int> calls_ NSL_GUARDED_BY(mutex_);
  std::vector<std::string> held_ NSL_GUARDED_BY(mutex_);
  bool is_release_due_ NSL_GUARDED_BY(mutex_) = false;
  Deadline last_deadline_ NSL_GUARDED_BY(mutex_) = Deadline::at(MonotonicTime(0));
};

class MemoryUnlocker final : public keys::Unlocker {
 public:
  explicit MemoryUnlocker(std::uint8_t seed_fill = 1) : seed_fill_(seed_fill) {}

  Result<Secret<32>> unlock() override {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(seed_fill_);
    return Secret<32>::copy_of(seed);
  }
  Result<keys::StateHead> load_head() override {
    MutexLock lock(mutex_);
    return head_;
  }
  Result<void> save_head(const keys::StateHead& head) override {
    MutexLock lock(mutex_);
    if (failures_left_ > 0) {
      --failures_left_;
      return fail(Code::io_failed);
    }
    head_ = head;
    return {};
  }
  void set_head(const keys::StateHead& head) {
    MutexLock lock(mutex_);
    head_ = head;
  }
  void fail_next_saves(int count) {
    MutexLock lock(mutex_);
    failures_left_ = count;
  }

 private:
  const std::uint8_t seed_fill_;
  Mutex mutex_;
  keys::StateHead head_ NSL_GUARDED_BY(mutex_);
  int failures_left_ NSL_GUARDED_BY(mutex_) = 0;
};

// A vault over a store in memory, and everything it needs.
class VaultFixture {
 public:
  explicit VaultFixture(std::uint8_t seed_fill = 1) : unlocker(seed_fill) {}

  Result<std::unique_ptr<Vault>> try_open() {
    return Vault::open({.transport = store,
                        .keys = keys,
                        .unlocker = unlocker,
                        .random = random,
                        .clock = clock,
                        .retry_ms = retry_ms,
                        .records_max = records_max},
                       deadline());
  }
  std::unique_ptr<Vault> must_open() {
    auto vault = try_open();
    NSL_ASSERT(vault.has_value());
    return std::move(*vault);
  }
  Deadline deadline(std::int64_t ms = 30000) const { return Deadline::after_ms(clock, ms); }

  std::int64_t retry_ms = 1;
  std::size_t records_max = limits::kRecordsMax;
  MemoryStore store;
  MemoryUnlocker unlocker;
  SystemRandom random;
  SystemClock clock;
  keys::KeyTree keys{*unlocker.unlock(), keys::Epoch(1)};
};

}  // namespace nsl::enclave::vault::testing
