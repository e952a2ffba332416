// What one commit changes. Built by the caller, handed to Vault::commit, which applies all of it or
// nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace nsl::enclave::vault {

// Names a record. The host sees only keyed hashes of it. An empty account means the service itself.
struct RecordKey {
  std::string kind;
  std::string account;
  std::string id;

  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

struct Record {
  std::uint64_t version = 0;
  Bytes value;
};

// A record written with put_secret. Its plaintext never leaves secret memory.
struct SecretRecord {
  std::uint64_t version = 0;
  SecretBytes value;
};

class Batch {
 public:
  // The record gets the version expected_version + 1; 0 creates it. A key stands in a batch once.
  Batch& put(RecordKey key, Bytes value, std::uint64_t expected_version) {
    puts_.push_back(
        {std::move(key), std::move(value), {}, expected_version, Sensitivity::ordinary});
    return *this;
  }
  Batch& put_secret(RecordKey key, SecretBytes value, std::uint64_t expected_version) {
    puts_.push_back({std::move(key), {}, std::move(value), expected_version, Sensitivity::secret});
    return *this;
  }
  Batch& erase(RecordKey key, std::uint64_t expected_version) {
    erasures_.push_back({std::move(key), expected_version});
    return *this;
  }
  // The host calls the enclave back with this job; its id is visible to the host.
  Batch& enqueue(std::string job, std::uint32_t delay_ms) {
    jobs_.push_back({std::move(job), delay_ms});
    return *this;
  }
  // The next entry of the audit chain.
  Batch& append_audit(Bytes entry) {
    audit_entries_.push_back(std::move(entry));
    return *this;
  }

  bool empty() const {
    return puts_.empty() && erasures_.empty() && jobs_.empty() && audit_entries_.empty();
  }

  enum class Sensitivity : std::uint8_t { ordinary = 1, secret = 2 };
  struct Put {
    RecordKey key;
    Bytes value;
    SecretBytes secret_value;
    std::uint64_t expected_version;
    Sensitivity sensitivity;

    ByteView plaintext() const {
      return sensitivity == Sensitivity::secret ? secret_value.reveal() : ByteView(value);
    }
  };
  struct Erasure {
    RecordKey key;
    std::uint64_t expected_version;
  };
  struct Job {
    std::string id;
    std::uint32_t delay_ms;
  };

  const std::vector<Put>& puts() const { return puts_; }
  const std::vector<Erasure>& erasures() const { return erasures_; }
  const std::vector<Job>& jobs() const { return jobs_; }
  const std::vector<Bytes>& audit_entries() const { return audit_entries_; }

 private:
  std::vector<Put> puts_;
  std::vector<Erasure> erasures_;
  std::vector<Job> jobs_;
  std::vector<Bytes> audit_entries_;
};

}  // namespace nsl::enclave::vault
