// Any line to every tool: each is answered with one JSON object, and what is refused has a code of
// this area. The first byte chooses the tool.
#include "client/neo/tools.h"
#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::client::neo_tools {
namespace {

void answer(std::uint8_t choice, std::string_view line) {
  static const std::vector<Tool> tools = all_tools();
  SeededRandom random(1);
  const Tool& tool = tools[choice % tools.size()];
  // A key derivation takes a third of a second on purpose, or as long as the line asks for.
  if (line.find("nep2") != std::string_view::npos || tool.words == "nep2") return;
  if (line.find("scrypt") != std::string_view::npos) return;
  const Answer found = answer_line(tool, line, random);
  const auto parsed = neo::parse_json(found.text, limits::kNeoToolInputBytesMax * 8);
  NSL_ASSERT(parsed.has_value() && parsed->find_object() != nullptr);
  const neo::JsonValue* error = parsed->find("error");
  NSL_ASSERT((error != nullptr) == found.is_error);
  if (error == nullptr) return;
  const std::string* code = error->find("code")->find_string();
  NSL_ASSERT(code != nullptr && code->starts_with("NSL-NEO-"));
}

}  // namespace
}  // namespace nsl::client::neo_tools

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  nsl::client::neo_tools::answer(data[0], nsl::as_text({data + 1, size - 1}));
  return 0;
}
