#include "core/wire/frame.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::wire {
namespace {

constexpr auto kFrameBytesMax = static_cast<std::size_t>(limits::kFrameBytesMax);

std::size_t parse_length(std::string_view four_bytes) {
  std::size_t length = 0;
  for (const char c : four_bytes) length = length << 8U | static_cast<unsigned char>(c);
  return length;
}

Result<void> check_frame(const Frame& frame) {
  if (frame.version() != kFrameVersion) return fail(Code::unsupported_version);
  switch (frame.kind()) {
    case Frame::REQUEST:
    case Frame::RESPONSE:
    case Frame::OUTCALL:
    case Frame::OUTCALL_REPLY:
    case Frame::CANCEL:
      break;
    default:  // proto3 enums are open: any number may arrive.
      return fail(Code::malformed_frame, "Frame of unknown kind");
  }
  if (frame.id() == 0) return fail(Code::malformed_frame, "Frame without id");
  return {};
}

}  // namespace

void FrameReader::feed(ByteView bytes) {
  if (failure_) return;
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(as_text(bytes));
}

Result<std::optional<Frame>> FrameReader::next() {
  if (failure_) return fail(*failure_);
  auto frame = parse_next();
  if (!frame.has_value()) {
    failure_ = frame.error();
    buffer_ = {};
    start_ = 0;
  }
  return frame;
}

Result<std::optional<Frame>> FrameReader::parse_next() {
  const std::string_view rest = std::string_view(buffer_).substr(start_);
  if (rest.size() < kFrameLengthBytes) return std::nullopt;
  const std::size_t length = parse_length(rest.substr(0, kFrameLengthBytes));
  if (length == 0) return fail(Code::malformed_frame, "Frame of length 0");
  if (length > kFrameBytesMax) return fail(Code::frame_too_large);
  if (rest.size() - kFrameLengthBytes < length) return std::nullopt;
  const std::string_view body = rest.substr(kFrameLengthBytes, length);
  Frame frame;
  if (!frame.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
    return fail(Code::malformed_frame);
  }
  NSL_TRY_VOID(check_frame(frame));
  start_ += kFrameLengthBytes + length;
  return std::optional<Frame>(std::move(frame));
}

Result<void> append_frame(const Frame& frame, std::string& out) {
  NSL_ASSERT(frame.version() == kFrameVersion);
  NSL_ASSERT(frame.id() != 0);
  const std::size_t length = frame.ByteSizeLong();
  if (length > kFrameBytesMax) return fail(Code::frame_too_large);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out.push_back(static_cast<char>(static_cast<unsigned char>(length >> shift & 0xffU)));
  }
  const bool is_written = frame.AppendToString(&out);
  NSL_ASSERT(is_written);
  return {};
}

Result<std::string> encode_frame(const Frame& frame) {
  std::string out;
  NSL_TRY_VOID(append_frame(frame, out));
  return out;
}

internal::v1::FrameError to_frame_error(const Error& error) {
  internal::v1::FrameError result;
  result.set_code(std::string(code_text(error.code())));
  result.set_message(error.message());
  return result;
}

Error to_error(const internal::v1::FrameError& error) {
  return {code_from_text(error.code()), error.message()};
}

}  // namespace nsl::wire
