// An answer before it is printed: named values in order, so that every command prints through one
// printer, for people or as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace nsl::client::cli {

struct Field;
struct Value;
using Object = std::vector<Field>;
using List = std::vector<Value>;

// Converts from what it holds, so that an Object reads like the answer it becomes.
struct Value {
  std::variant<std::string, std::int64_t, bool, Object, List> data;

  Value(std::string text);     // NOLINT(google-explicit-constructor)
  Value(const char* text);     // NOLINT(google-explicit-constructor)
  Value(std::int64_t number);  // NOLINT(google-explicit-constructor)
  Value(bool flag);            // NOLINT(google-explicit-constructor)
  Value(Object object);        // NOLINT(google-explicit-constructor)
  Value(List list);            // NOLINT(google-explicit-constructor)
};

struct Field {
  std::string name;
  Value value;
};

// Here, because both types are complete only now.
inline Value::Value(std::string text) : data(std::move(text)) {}
inline Value::Value(const char* text) : data(std::string(text)) {}
inline Value::Value(std::int64_t number) : data(number) {}
inline Value::Value(bool flag) : data(flag) {}
inline Value::Value(Object object) : data(std::move(object)) {}
inline Value::Value(List list) : data(std::move(list)) {}

std::string to_json(const Object& object);

// The fields of a message that are set: enums by name, bytes as Base64.
Object to_object(const google::protobuf::Message& message);

}  // namespace nsl::client::cli
