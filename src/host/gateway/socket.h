// Non-blocking TCP sockets on loopback, as far as an HTTP server needs them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "host/gateway/http_message.h"

namespace nsl::host::gateway {

struct IoResult {
  enum class Kind : std::uint8_t {
    done,
    // Nothing can be moved now.
    would_block,
    // The peer has ended its direction (reading), or the connection is broken.
    ended,
  };
  Kind kind = Kind::done;
  // Bytes moved; at least 1 when done.
  std::size_t size = 0;
};

class Socket final {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // On 127.0.0.1; port 0 takes a free one.
  static Result<Socket> listen(std::uint16_t port);

  struct Accepted;
  // Nothing when nobody waits; fails when the process is out of descriptors or memory.
  Result<std::optional<Accepted>> accept();

  std::uint16_t local_port() const;
  IoResult read_some(std::span<char> target);
  IoResult write_some(std::string_view bytes);
  void shutdown_sending();
  void close();
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

struct Socket::Accepted {
  Socket socket;
  ClientAddress client;
};

}  // namespace nsl::host::gateway
