// A child process with one socket to it. It dies with this object.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "enclave/stream/descriptor.h"

namespace nsl::enclave::execution {

class ChildProcess {
 public:
  // Starts `program --control-fd 3 ARGUMENTS...`, its end of the socket as descriptor 3, an empty
  // environment and no other descriptor but standard error.
  static Result<ChildProcess> start(const std::string& program,
                                    const std::vector<std::string>& arguments);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) = delete;
  ChildProcess(const ChildProcess&) = delete;
  // Kills the process if it still lives and collects it.
  ~ChildProcess();

  const stream::Descriptor& socket() const { return socket_; }

 private:
  ChildProcess(int pid, stream::Descriptor socket) : pid_(pid), socket_(std::move(socket)) {}

  int pid_;
  stream::Descriptor socket_;
};

}  // namespace nsl::enclave::execution
