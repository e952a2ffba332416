// The JSON of host calls. Arguments come from hostile code and are parsed strictly; replies are
// built from parts that are escaped or already JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/neo/stack_item.h"

namespace nsl::enclave::json {

// Exactly one RFC 8259 value.
Result<void> check_json(std::string_view text);

// The arguments of one host call: a JSON object.
class JsonArguments {
 public:
  static Result<JsonArguments> parse(std::string_view text);
  ~JsonArguments();
  JsonArguments(JsonArguments&&) noexcept;
  JsonArguments& operator=(JsonArguments&&) noexcept;

  // Code::invalid_argument names the field when it is absent or of another type.
  Result<std::string> get_text(std::string_view field) const;
  Result<std::optional<std::string>> find_text(std::string_view field) const;
  Result<std::uint64_t> get_unsigned(std::string_view field) const;
  // The field's own JSON, minified; "null" when absent.
  std::string raw(std::string_view field) const;
  // [[name, value], ...]; empty when absent.
  Result<std::vector<std::pair<std::string, std::string>>> get_pairs(std::string_view field) const;
  // Contract arguments: numbers without fraction become Integer, texts ByteString, booleans
  // Boolean, null Null, arrays Array; {"type": T, "value": V} with T of Integer, String, ByteArray
  // (base64), Hash160, Hash256, PublicKey, Boolean, Array, Any says the type. Absent: none.
  Result<neo::StackItem::List> get_contract_arguments(std::string_view field) const;

 private:
  struct Document;
  explicit JsonArguments(std::unique_ptr<Document> document);
  std::unique_ptr<Document> document_;
};

// "text" with quotes and escapes.
std::string json_text(std::string_view text);

}  // namespace nsl::enclave::json
