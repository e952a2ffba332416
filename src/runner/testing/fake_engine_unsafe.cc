#include "runner/testing/fake_engine.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <variant>

#include "core/codec/hex.h"
#include "runner/abi/abi.h"
#include "runner/abi/frame_buffer.h"
#include "runner/posix/descriptor.h"
#include "runner/posix/process.h"

namespace nsl::runner::testing {
namespace {

// An instruction that is none. Of __builtin_trap() the address sanitizer knows that it does not
// return, and asks the kernel what the cage refuses before it lets it happen.
void trap() { asm volatile("ud2"); }

constexpr int kExitNoSupervisor = 73;

class FakeEngine final : public zygote::Engine {
 public:
  std::string name() const override { return "fake"; }
  sandbox::ExecutableMemory executable_memory() const override {
    return sandbox::ExecutableMemory::refused;
  }
  sandbox::Layers layers() const override { return 0; }
  Result<void> prepare() override { return {}; }
  void rehearse() override { is_rehearsed_ = true; }

  bool load(int socket) override {
    socket_ = socket;
    code_ = std::get<abi::Job>(receive());
    if (code_->source == "never loads") receive();
    if (code_->source == "traps loading") trap();
    if (code_->source == "large code") kept_.assign(std::size_t{24} << 20, 'x');
    if (code_->source == "forks beside") fork_beside();
    if (code_->source.starts_with("forges")) forge(code_->source);
    return code_->source != "does not load";
  }

  int run(int socket) override {
    socket_ = socket;
    for (;;) {
      const abi::Job job = std::get<abi::Job>(receive());
      if (code_.has_value()) source_ = code_->source;
      if (!job.source.empty()) source_ = job.source;
      if (!source_.starts_with("counts runs")) return run_job(job);
      ++runs_;
      if (source_ == "counts runs and grows") kept_.append(std::size_t{8} << 20, 'x');
      const bool fails = job.input == "\"fail\"";
      send(abi::encode(
          abi::Done{.status = fails ? abi::DoneStatus::failed : abi::DoneStatus::succeeded,
                    .output = std::to_string(runs_)}));
      if (!job.has_successor) return 0;
    }
  }

 private:
  int run_job(abi::Job job) {
    if (code_.has_value()) abi::copy_code(*code_, job);
    if (job.source.starts_with("is from template")) {
      send(abi::encode(abi::Done{.output = code_.has_value() ? "true" : "false"}));
      return 0;
    }
    if (job.source == "spin") {
      for (volatile bool forever = true; forever;) {
      }
    }
    if (job.source == "wait") receive();
    if (job.source == "is rehearsed") {
      send(abi::encode(abi::Done{.output = is_rehearsed_ ? "true" : "false"}));
      return 0;
    }
    if (job.source == "trap") trap();
    if (job.source.starts_with("exit ")) return exit_code(job.source.substr(5));
    if (job.source == "raw") {
      send(as_text(codec::decode_hex(job.input).value_or(Bytes{})));
      return 0;
    }
    if (job.source == "call") {
      send(abi::encode(abi::Call{.call_id = 0, .method = "any", .arguments = job.input}));
      send(abi::encode(abi::Done{.output = std::get<abi::Reply>(receive()).value}));
      return 0;
    }
    send(abi::encode(abi::Done{.output = job.input}));
    return 0;
  }

  // What a captured template could say: notices of processes that are not its own, or of its own
  // too often, or descriptors by the hundred.
  static void forge(const std::string& source) {
    zygote::Notice notice{.kind = zygote::Notice::Kind::ended};
    const bool is_started = source == "forges starts";
    if (is_started) notice.kind = zygote::Notice::Kind::started;
    if (source == "forges readiness") notice.kind = zygote::Notice::Kind::ready;
    for (std::uint64_t slot = 0; slot < 600; ++slot) {
      notice.slot = slot;
      const Bytes bytes = zygote::to_bytes(notice);
      if (!posix::send_packet(sandbox::kRunSocket, bytes, is_started ? sandbox::kRunSocket : -1)
               .value_or(false)) {
        return;
      }
    }
  }

  // Processes that nobody was asked for and that no signal of a parent's death ends.
  static void fork_beside() {
    for (int i = 0; i < 20; ++i) {
      if (posix::fork_with_pidfd().pid != 0) continue;
      for (;;) ::poll(nullptr, 0, -1);
    }
  }

  static int exit_code(const std::string& text) {
    int code = 0;
    std::from_chars(text.data(), text.data() + text.size(), code);
    return code;
  }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  abi::ToRun receive() {
    for (;;) {
      const auto body = in_.next();
      if (body.has_value() && body->has_value()) return *abi::parse_to_run(**body);
      std::array<std::uint8_t, 4096> buffer;
      const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (count <= 0) ::_exit(kExitNoSupervisor);
      in_.feed(ByteView(buffer).first(static_cast<std::size_t>(count)));
    }
  }

  bool is_rehearsed_ = false;
  std::optional<abi::Job> code_;
  std::string kept_;
  std::string source_;
  int runs_ = 0;
  int socket_ = -1;
  abi::FrameReader in_{1 << 20};
};

}  // namespace

std::unique_ptr<zygote::Engine> make_fake_engine() { return std::make_unique<FakeEngine>(); }

}  // namespace nsl::runner::testing
