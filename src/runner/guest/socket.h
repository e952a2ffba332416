// The run's end of its socket, blocking: frames out, frames in. When the supervisor is gone the
// process ends.
#pragma once

#include <string_view>

#include "runner/abi/abi.h"
#include "runner/abi/frame_buffer.h"

namespace nsl::runner::guest {

class RunSocket {
 public:
  explicit RunSocket(int number);
  void send(std::string_view frame) const;
  abi::ToRun receive();

 private:
  int number_;
  abi::FrameReader in_;
};

}  // namespace nsl::runner::guest
