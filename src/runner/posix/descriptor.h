// Descriptors, sockets, polling and processes as values and Results: the raw system calls of the
// runner's engine-free half are in this folder's _unsafe.cc files.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::runner::posix {

// Owns one file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }
  void reset();
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

struct SocketPair {
  Descriptor ours;
  Descriptor theirs;
};

// Both ends close-on-exec; ours does not block, theirs does.
Result<SocketPair> make_stream_pair();
// Like the above with message boundaries.
Result<SocketPair> make_packet_pair();

Result<void> set_nonblocking(int number);

struct Transfer {
  std::size_t count = 0;
  bool is_closed = false;  // the peer is gone
};

// At most one system call each; a count of 0 without is_closed means: not now.
Transfer read_some(int number, std::span<std::uint8_t> buffer);
Transfer write_some(int number, std::string_view bytes);

struct Packet {
  Bytes bytes;
  Descriptor passed;
};

// One message of a packet socket, with at most one descriptor. send_packet gives false when the
// socket is full; receive_packet gives nothing when there is none on a socket that does not block.
Result<bool> send_packet(int number, ByteView bytes, int passed);
Result<std::optional<Packet>> receive_packet(int number);

struct PollEntry {
  int number = -1;
  bool wants_read = false;
  bool wants_write = false;
  bool can_read = false;  // or closed, or failed: reading tells which
  bool can_write = false;
};

// Waits for one of the entries, at most `timeout_ms` (below 0: for ever).
void poll_entries(std::span<PollEntry> entries, std::int64_t timeout_ms);

}  // namespace nsl::runner::posix
