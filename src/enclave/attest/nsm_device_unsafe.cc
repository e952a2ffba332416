// SAFETY: one descriptor, owned by the channel and closed once. The request and reply buffers
// outlive the ioctl that reads and fills them, and the kernel writes at most the length given.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "enclave/attest/nitro_security_module.h"
#include "enclave/attest/nsm_protocol.h"

namespace nsl::enclave::attest {
namespace {

// struct nsm_raw and NSM_IOCTL_RAW of the kernel's include/uapi/linux/nsm.h (6.8 and later).
struct NsmVector {
  std::uint64_t address;
  std::uint64_t size;
};
struct NsmRaw {
  NsmVector request;
  NsmVector reply;
};
constexpr unsigned long kNsmIoctlRaw = _IOWR(0x0A, 0x0, NsmRaw);

std::unexpected<Error> device_failure(const char* what) {
  return fail(Code::attestation_unavailable, "The security module is not available",
              std::string(what) + ": " + std::strerror(errno));
}

class NsmDevice final : public NsmChannel {
 public:
  explicit NsmDevice(int descriptor) : descriptor_(descriptor) {}
  ~NsmDevice() override { ::close(descriptor_); }
  NsmDevice(const NsmDevice&) = delete;
  NsmDevice& operator=(const NsmDevice&) = delete;

  Result<Bytes> exchange(ByteView request) override {
    if (request.size() > kNsmRequestBytesMax) return fail(Code::limit_exceeded);
    Bytes reply(kNsmReplyBytesMax);
    NsmRaw raw{.request = {reinterpret_cast<std::uintptr_t>(request.data()), request.size()},
               .reply = {reinterpret_cast<std::uintptr_t>(reply.data()), reply.size()}};
    if (::ioctl(descriptor_, kNsmIoctlRaw, &raw) != 0) return device_failure("ioctl");
    if (raw.reply.size > reply.size()) return fail(Code::attestation_unavailable);
    reply.resize(raw.reply.size);
    return reply;
  }

 private:
  const int descriptor_;
};

}  // namespace

Result<std::unique_ptr<NsmChannel>> open_nsm_device(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return device_failure(path.c_str());
  return std::make_unique<NsmDevice>(descriptor);
}

}  // namespace nsl::enclave::attest
