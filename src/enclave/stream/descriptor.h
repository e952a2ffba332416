// Stream sockets of the enclave: who owns a descriptor, how one is listened on, accepted,
// connected, read and written. AF_UNIX or AF_VSOCK is chosen by the endpoint. The only folder of
// the enclave (beside the runner's pipes) that calls the kernel's socket functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/wire/endpoint.h"

namespace nsl::enclave::stream {

// Owns one open file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// Wakes a thread that waits in accept_from. May be used from any thread.
class Waker {
 public:
  Waker();
  void wake() const;
  int number() const { return event_.number(); }

 private:
  Descriptor event_;
};

// A socket file left by a dead process is replaced; the new one has mode 0600.
Result<Descriptor> listen_on(const wire::Endpoint& endpoint);
// Blocks until a connection comes; Code::cancelled once the waker was woken.
Result<Descriptor> accept_from(const Descriptor& listener, const Waker& waker);
// A non-blocking descriptor, connected.
Result<Descriptor> connect_to(const wire::Endpoint& endpoint, const Deadline& deadline,
                              const Clock& clock);

// Blocking. 0 is the end of the stream.
Result<std::size_t> read_some(const Descriptor& descriptor, std::span<std::uint8_t> into);
// Blocking; writes at most limits::kFrameWriteBytesMax at a time.
Result<void> write_all(const Descriptor& descriptor, ByteView bytes);
// Ends both directions: a thread blocked in read_some or write_all returns.
void shut_down(const Descriptor& descriptor);

enum class Readiness : std::uint8_t { readable, writable };
// Waits until the descriptor is ready (or broken: the next call on it says so), or
// deadline_exceeded.
Result<void> wait_until_ready(int descriptor, Readiness readiness, const Deadline& deadline,
                              const Clock& clock);

}  // namespace nsl::enclave::stream
