// The supervisor's end of the control socket: protobuf messages with a 4-byte length, read and
// written without ever blocking.
#pragma once

#include <optional>

#include "core/base/result.h"
#include "nsl/runner/v1/runner.pb.h"
#include "runner/abi/frame_buffer.h"
#include "runner/posix/descriptor.h"

namespace nsl::runner::supervisor {

class Channel {
 public:
  explicit Channel(posix::Descriptor socket);

  int number() const { return socket_.number(); }
  // Reads once; an error means that the enclave is gone or sent what is not a frame.
  Result<void> receive();
  // The next message that has arrived.
  Result<std::optional<v1::ToRunner>> next();
  void send(const v1::FromRunner& message);
  // Writes what the socket takes now.
  Result<void> flush();
  bool wants_write() const { return !out_.is_empty(); }
  std::size_t bytes_waiting() const { return out_.size(); }

 private:
  posix::Descriptor socket_;
  abi::FrameReader in_;
  abi::OutBuffer out_;
};

}  // namespace nsl::runner::supervisor
