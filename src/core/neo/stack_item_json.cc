#include "core/neo/stack_item_json.h"

#include "core/base/assert.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/neo/hash.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kPublicKeyBytes = 33;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (byte < 0x20) {
      result += "\\u00";
      result += kHexDigits[byte >> 4];
      result += kHexDigits[byte & 15];
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string base64_of(const StackItem& item) {
  const Result<Bytes> bytes = item.to_bytes();
  NSL_ASSERT(bytes.has_value());
  return quoted(codec::encode_base64(*bytes));
}

std::string decimal_of(const StackItem& item) {
  const Result<Integer> integer = item.to_integer();
  NSL_ASSERT(integer.has_value());
  return quoted(integer->to_decimal());
}

std::string boolean_of(const StackItem& item) {
  const Result<bool> value = item.to_boolean();
  return value.has_value() && *value ? "true" : "false";
}

// "[a,b]" with `render` for each item of an array or struct.
template <class Render>
std::string list_of(const StackItem& item, Render render) {
  const auto items = item.items();
  NSL_ASSERT(items.has_value());
  std::string result = "[";
  for (const StackItem& each : items->get()) {
    if (result.size() > 1) result += ',';
    result += render(each);
  }
  return result + "]";
}

template <class Render>
std::string entries_of(const StackItem& item, Render render) {
  const auto entries = item.entries();
  NSL_ASSERT(entries.has_value());
  std::string result = "[";
  for (const auto& [key, value] : entries->get()) {
    if (result.size() > 1) result += ',';
    result += render(key, value);
  }
  return result + "]";
}

std::string rpc_value(const StackItem& item) {
  switch (item.type()) {
    case StackItemType::boolean:
      return boolean_of(item);
    case StackItemType::integer:
      return decimal_of(item);
    case StackItemType::byte_string:
    case StackItemType::buffer:
      return base64_of(item);
    case StackItemType::array:
    case StackItemType::structure:
      return list_of(item, to_rpc_json);
    case StackItemType::map:
      return entries_of(item, [](const StackItem& key, const StackItem& value) {
        return "{\"key\":" + to_rpc_json(key) + ",\"value\":" + to_rpc_json(value) + "}";
      });
    case StackItemType::any:
    case StackItemType::pointer:
    case StackItemType::interop:
      break;
  }
  return {};
}

// The shape follows the item's own type.
std::string plain_any(const StackItem& item) {
  switch (item.type()) {
    case StackItemType::boolean:
      return boolean_of(item);
    case StackItemType::integer:
      return decimal_of(item);
    case StackItemType::byte_string:
    case StackItemType::buffer:
      return base64_of(item);
    case StackItemType::array:
    case StackItemType::structure:
      return list_of(item, plain_any);
    case StackItemType::map:
      return entries_of(item, [](const StackItem& key, const StackItem& value) {
        return "[" + plain_any(key) + "," + plain_any(value) + "]";
      });
    case StackItemType::any:
    case StackItemType::pointer:
    case StackItemType::interop:
      break;
  }
  return "null";
}

std::unexpected<Error> does_not_fit(ParameterType declared) {
  return fail(Code::invalid_stack_item,
              "The item is no " + std::string(parameter_type_name(declared)));
}

Result<std::string> plain_bytes(const StackItem& item, ParameterType declared) {
  NSL_TRY(const Bytes bytes, item.to_bytes());
  if (declared == ParameterType::hash160) {
    NSL_TRY(const UInt160 hash, UInt160::parse_little_endian(bytes));
    return quoted(hash.to_text());
  }
  if (declared == ParameterType::hash256) {
    NSL_TRY(const UInt256 hash, UInt256::parse_little_endian(bytes));
    return quoted(hash.to_text());
  }
  if (declared == ParameterType::public_key) {
    if (bytes.size() != kPublicKeyBytes) return does_not_fit(declared);
    return quoted(codec::encode_hex(bytes));
  }
  if (declared == ParameterType::signature && bytes.size() != kSignatureBytes) {
    return does_not_fit(declared);
  }
  return quoted(codec::encode_base64(bytes));
}

}  // namespace

std::string to_rpc_json(const StackItem& item) {
  std::string result = "{\"type\":\"" + std::string(stack_item_type_name(item.type())) + "\"";
  const std::string value = rpc_value(item);
  if (!value.empty()) result += ",\"value\":" + value;
  if (item.type() == StackItemType::interop && !item.opaque_text().empty()) {
    result += ",\"interface\":\"IIterator\",\"id\":" + quoted(item.opaque_text());
  }
  return result + "}";
}

Result<std::string> to_plain_json(const StackItem& item, ParameterType declared) {
  if (item.is_null() && declared != ParameterType::void_type) return std::string("null");
  switch (declared) {
    case ParameterType::any:
      return plain_any(item);
    case ParameterType::boolean: {
      NSL_TRY_VOID(item.to_boolean());
      return boolean_of(item);
    }
    case ParameterType::integer: {
      NSL_TRY(const Integer value, item.to_integer());
      return quoted(value.to_decimal());
    }
    case ParameterType::string: {
      NSL_TRY(const std::string text, item.to_text());
      return quoted(text);
    }
    case ParameterType::byte_array:
    case ParameterType::hash160:
    case ParameterType::hash256:
    case ParameterType::public_key:
    case ParameterType::signature:
      return plain_bytes(item, declared);
    case ParameterType::array:
      if (!item.items().has_value()) return does_not_fit(declared);
      return plain_any(item);
    case ParameterType::map:
      if (!item.entries().has_value()) return does_not_fit(declared);
      return plain_any(item);
    case ParameterType::interop_interface:
      return std::string("null");
    case ParameterType::void_type:
      break;
  }
  return does_not_fit(declared);
}

}  // namespace nsl::neo
