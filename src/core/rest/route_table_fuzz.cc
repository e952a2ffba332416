// Any method and path: what matches has one value for each field of its template.
#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/rest/route_table.h"
#include "nsl/v1/all_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto table = nsl::rest::RouteTable::make(nsl::v1::all_files());
  NSL_ASSERT(table.has_value());
  const std::string_view text = nsl::as_text(nsl::ByteView(data, size));
  const std::size_t space = std::min(text.find(' '), text.size());
  const std::string_view path = text.substr(std::min(space + 1, text.size()));
  const auto match = table->match(text.substr(0, space), path);
  if (match.outcome == nsl::rest::RouteMatch::Outcome::found) {
    NSL_ASSERT(match.route != nullptr);
    NSL_ASSERT(match.path_values.size() == match.route->path_fields.size());
  }
  static_cast<void>(table->find_connect(path));
  return 0;
}
