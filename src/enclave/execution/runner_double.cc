// nsl-runner-double: stands where the runner stands, for the tests of RunnerProcess. The source of
// a run says how it behaves, so that a test can meet every way in which a runner breaks its word.
#include <array>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

#include "core/base/bytes.h"
#include "enclave/stream/descriptor.h"
#include "nsl/runner/v1/runner.pb.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::FromRunner;
using runner::v1::RunFinished;
using runner::v1::StartRun;
using runner::v1::ToRunner;

class Double {
 public:
  explicit Double(stream::Descriptor socket) : socket_(std::move(socket)) {}

  void serve() {
    for (ToRunner message = receive();; message = receive()) {
      if (message.has_cancel_run()) {
        ++cancels_;
        finish(message.cancel_run().run_key(), "", RunFinished::CANCELLED);
      }
      if (message.has_start_run()) behave(message.start_run());
    }
  }

 private:
  void behave(const StartRun& start) {
    const std::uint64_t key = start.run_key();
    const std::map<std::string, std::function<void()>> behaviours = {
        {"return input", [&] { finish(key, start.input()); }},
        {"never answer", [] {}},
        {"count cancels", [&] { finish(key, std::to_string(cancels_)); }},
        {"die", [] { std::_Exit(0); }},
        {"log twice",
         [&] {
           log(key, "one");
           log(key, "two");
           finish(key, "null");
         }},
        {"call the host", [&] { finish(key, answer_of_host(key)); }},
        {"ask for the time",
         [&] {
           answer_of_host(key);
           finish(key, std::to_string(time_ms_));
         }},
        {"log without end",
         [&] {
           for (;;) log(key, "again");
         }},
        {"speak for another run",
         [&] {
           finish(key + 1, "\"forged\"");
           finish(key, "\"own\"");
         }},
        {"send a frame too large", [&] { send_raw({0xff, 0xff, 0xff, 0xff}); }},
        {"send what is no message", [&] { send_raw({0, 0, 0, 2, 0xff, 0xff}); }},
    };
    behaviours.at(start.source())();
  }

  std::string answer_of_host(std::uint64_t key) {
    FromRunner message;
    auto& call = *message.mutable_host_call();
    call.set_run_key(key);
    call.set_call_id(7);
    call.set_index(0);
    call.set_method("time.now");
    call.set_arguments("{}");
    send(message);
    const ToRunner answer = receive();
    const auto& reply = answer.host_reply();
    time_ms_ = reply.time_ms();
    if (reply.call_id() != 7 || reply.run_key() != key) return "\"another call's answer\"";
    return reply.has_error() ? '"' + reply.error().code() + '"' : reply.ok();
  }

  void finish(std::uint64_t key, const std::string& output,
              RunFinished::Status status = RunFinished::SUCCEEDED) {
    FromRunner message;
    message.mutable_run_finished()->set_run_key(key);
    message.mutable_run_finished()->set_status(status);
    message.mutable_run_finished()->set_output(output);
    send(message);
  }

  void log(std::uint64_t key, const char* text) {
    FromRunner message;
    message.mutable_log_line()->set_run_key(key);
    message.mutable_log_line()->set_text(text);
    send(message);
  }

  void send(const FromRunner& message) {
    const std::string body = message.SerializeAsString();
    Bytes frame = {0, 0, static_cast<std::uint8_t>(body.size() >> 8U),
                   static_cast<std::uint8_t>(body.size())};
    append(frame, as_bytes(body));
    send_raw(frame);
  }

  void send_raw(const Bytes& bytes) {
    if (!stream::write_all(socket_, bytes).has_value()) std::_Exit(0);
  }

  ToRunner receive() {
    std::array<std::uint8_t, 4> head{};
    read(head);
    Bytes body((std::size_t{head[2]} << 8U) | head[3]);
    read(body);
    ToRunner message;
    if (!message.ParseFromArray(body.data(), static_cast<int>(body.size()))) std::_Exit(1);
    return message;
  }

  void read(std::span<std::uint8_t> into) {
    while (!into.empty()) {
      const auto count = stream::read_some(socket_, into);
      if (!count.has_value() || *count == 0) std::_Exit(0);
      into = into.subspan(*count);
    }
  }

  stream::Descriptor socket_;
  int cancels_ = 0;
  std::uint64_t time_ms_ = 0;
};

}  // namespace
}  // namespace nsl::enclave::execution

int main(int count, char** arguments) {
  using namespace nsl::enclave;
  if (count != 3) return 2;
  execution::Double(stream::Descriptor(std::atoi(arguments[2]))).serve();
}
