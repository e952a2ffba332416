#include <cstring>
#include <type_traits>

#include "runner/zygote/zygote.h"

namespace nsl::runner::zygote {
namespace {

template <class T>
Bytes copy_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  Bytes bytes(sizeof(T));
  // SAFETY: T is trivially copyable, and the other end is this same executable.
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

template <class T>
Result<T> parse_copy(ByteView bytes) {
  if (bytes.size() != sizeof(T)) return fail(Code::runner_protocol, "Malformed zygote message");
  T value;
  // SAFETY: the size was checked; every field's every bit pattern is a value but those of the
  // kinds.
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

}  // namespace

Bytes to_bytes(const ForkRequest& request) { return copy_of(request); }
Bytes to_bytes(const Notice& notice) { return copy_of(notice); }

Result<ForkRequest> parse_fork_request(ByteView bytes) {
  NSL_TRY(const ForkRequest request, parse_copy<ForkRequest>(bytes));
  if (request.kind > ForkRequest::Kind::version_template)
    return fail(Code::runner_protocol, "Unknown zygote request");
  return request;
}

Result<Notice> parse_notice(ByteView bytes) {
  NSL_TRY(Notice notice, parse_copy<Notice>(bytes));
  if (notice.kind > Notice::Kind::ended)
    return fail(Code::runner_protocol, "Unknown zygote notice");
  notice.engine[sizeof(notice.engine) - 1] = '\0';
  return notice;
}

}  // namespace nsl::runner::zygote
