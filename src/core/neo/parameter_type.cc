#include "core/neo/parameter_type.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace nsl::neo {
namespace {

struct TypeName {
  ParameterType type;
  std::string_view name;
};

constexpr std::array<TypeName, 13> kTypeNames = {
    {{ParameterType::any, "Any"},
     {ParameterType::boolean, "Boolean"},
     {ParameterType::integer, "Integer"},
     {ParameterType::byte_array, "ByteArray"},
     {ParameterType::string, "String"},
     {ParameterType::hash160, "Hash160"},
     {ParameterType::hash256, "Hash256"},
     {ParameterType::public_key, "PublicKey"},
     {ParameterType::signature, "Signature"},
     {ParameterType::array, "Array"},
     {ParameterType::map, "Map"},
     {ParameterType::interop_interface, "InteropInterface"},
     {ParameterType::void_type, "Void"}}};

}  // namespace

std::string_view parameter_type_name(ParameterType type) {
  const auto* row = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                 [type](const TypeName& each) { return each.type == type; });
  NSL_ASSERT(row != kTypeNames.end());
  return row->name;
}

Result<ParameterType> parse_parameter_type(std::string_view name) {
  for (const TypeName& row : kTypeNames) {
    if (row.name == name) return row.type;
  }
  return fail(Code::invalid_argument, "Unknown contract parameter type");
}

}  // namespace nsl::neo
