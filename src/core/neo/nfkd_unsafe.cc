#include <utf8proc.h>

#include <array>
#include <vector>

#include "core/base/assert.h"
#include "core/codec/utf8.h"
#include "core/neo/nfkd.h"

namespace nsl::neo {
namespace {

constexpr auto kForm = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                      UTF8PROC_STABLE | UTF8PROC_REJECTNA);
constexpr std::size_t kCodePointBytesMax = 4;

// A passphrase leaves nothing behind.
struct CodePoints {
  explicit CodePoints(std::size_t size) : values(size) {}
  ~CodePoints() {
    // SAFETY: the bytes of the vector's own elements.
    wipe(
        {reinterpret_cast<std::uint8_t*>(values.data()), values.size() * sizeof(utf8proc_int32_t)});
  }
  CodePoints(const CodePoints&) = delete;
  CodePoints& operator=(const CodePoints&) = delete;

  std::vector<utf8proc_int32_t> values;
};

}  // namespace

Result<SecretBytes> to_nfkd(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) return fail(Code::invalid_argument, "The text is too long");
  if (!codec::is_valid_utf8(as_bytes(text))) {
    return fail(Code::invalid_argument, "The text is not UTF-8");
  }
  // SAFETY: utf8proc reads `size` bytes; its unsigned char is ours. Without UTF8PROC_NULLTERM a
  // zero byte is a character like others.
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  // SAFETY: with no room it only counts.
  const utf8proc_ssize_t count = utf8proc_decompose(bytes, size, nullptr, 0, kForm);
  if (count < 0) return fail(Code::invalid_argument, "The text has characters of no standard yet");
  CodePoints points(static_cast<std::size_t>(count));
  // SAFETY: room for as many as it counted.
  const utf8proc_ssize_t written =
      utf8proc_decompose(bytes, size, points.values.data(), count, kForm);
  NSL_ASSERT(written == count);
  SecretBytes form(points.values.size() * kCodePointBytesMax);
  std::size_t used = 0;
  for (const utf8proc_int32_t point : points.values) {
    NSL_ASSERT(used + kCodePointBytesMax <= form.size());
    // SAFETY: it writes at most four bytes.
    used +=
        static_cast<std::size_t>(utf8proc_encode_char(point, form.reveal_mutable().data() + used));
  }
  form.truncate(used);
  return form;
}

}  // namespace nsl::neo
