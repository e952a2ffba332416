// The port on which the host answers, kept for it while it is away. A port that nobody has bound
// may go to any outgoing connection of this machine, and a host that is started again could not
// come back where it was. Linux gives no such connection a port that is bound, listening or not,
// and lets the host listen beside this socket because both allow their address to be shared
// (SO_REUSEADDR).
#pragma once

#include <cstdint>

#include "core/base/result.h"

namespace nsl::client::dev {

class ReservedPort {
 public:
  // Of 127.0.0.1; 0 is any free one. Code::conflict when another program has it.
  static Result<ReservedPort> take(std::uint16_t port);
  ~ReservedPort();
  ReservedPort(ReservedPort&& other) noexcept;
  ReservedPort& operator=(ReservedPort&&) = delete;
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  ReservedPort(int descriptor, std::uint16_t number) : descriptor_(descriptor), number_(number) {}
  int descriptor_;
  std::uint16_t number_;
};

}  // namespace nsl::client::dev
