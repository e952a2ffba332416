// What the server counts. Counters are written by many threads; Statistics is one look at them.
#pragma once

#include <atomic>
#include <cstdint>

namespace nsl::enclave::server {

struct Statistics {
  std::uint64_t connections = 0;
  std::uint64_t broken_connections = 0;  // Ended by malformed bytes or an unread write queue.
  std::uint64_t requests = 0;
  std::uint64_t overloaded = 0;      // Requests refused because too many were in flight.
  std::uint64_t cancelled = 0;       // Requests the host no longer waited for.
  std::uint64_t ignored_frames = 0;  // Replayed, duplicated, or of an id nobody waits for.
  std::uint64_t outcalls = 0;
};

struct Counters {
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> broken_connections = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> overloaded = 0;
  std::atomic<std::uint64_t> cancelled = 0;
  std::atomic<std::uint64_t> ignored_frames = 0;
  std::atomic<std::uint64_t> outcalls = 0;

  Statistics look() const {
    return {.connections = connections,
            .broken_connections = broken_connections,
            .requests = requests,
            .overloaded = overloaded,
            .cancelled = cancelled,
            .ignored_frames = ignored_frames,
            .outcalls = outcalls};
  }
};

}  // namespace nsl::enclave::server
