#include "runner/js/values.h"

#include <v8-exception.h>
#include <v8-object.h>

#include "core/codec/utf8.h"

namespace nsl::runner::js {
namespace {

// What the codes of refused host calls begin with; codes of Node's own kind stay out of the
// message.
constexpr std::string_view kCodePrefix = "NSL-";

struct Place {
  std::string file = {};
  int line = 0;
  int column = 0;
};

bool is_users(v8::Isolate* isolate, v8::Local<v8::Value> name) {
  return !name.IsEmpty() && name->IsString() && to_text(isolate, name) != kApiName;
}

// Where the error was made; when that is inside the host API, the nearest caller in the user's
// source.
Place find_place(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Value> error,
                 v8::Local<v8::Message> message) {
  if (!message.IsEmpty() && is_users(isolate, message->GetScriptResourceName())) {
    return {.file = to_text(isolate, message->GetScriptResourceName()),
            .line = message->GetLineNumber(context).FromMaybe(0),
            .column = message->GetStartColumn(context).FromMaybe(-1) + 1};
  }
  const v8::Local<v8::StackTrace> stack = v8::Exception::GetStackTrace(error);
  if (stack.IsEmpty()) return {};
  for (int i = 0; i < stack->GetFrameCount(); ++i) {
    const v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<std::uint32_t>(i));
    if (is_users(isolate, frame->GetScriptName())) {
      return {.file = to_text(isolate, frame->GetScriptName()),
              .line = frame->GetLineNumber(),
              .column = frame->GetColumn()};
    }
  }
  return {};
}

// Empty when the object has no such text.
std::string string_property(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                            const char* name) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  if (!object->Get(context, to_v8(isolate, name)).ToLocal(&value) || !value->IsString()) return {};
  return to_text(isolate, value);
}

}  // namespace

v8::Local<v8::String> to_v8(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()))
      .FromMaybe(v8::String::Empty(isolate));
}

std::string to_text(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  const v8::String::Utf8Value text(isolate, value);
  if (*text == nullptr) return {};
  return {*text, text.length()};
}

abi::Done to_failure(v8::Isolate* isolate, v8::Local<v8::Context> context,
                     v8::Local<v8::Value> error, v8::Local<v8::Message> message) {
  abi::Done done{.status = abi::DoneStatus::failed, .message = "Unknown error"};
  if (error.IsEmpty()) return done;
  const v8::TryCatch guard(isolate);
  if (message.IsEmpty()) message = v8::Exception::CreateMessage(isolate, error);
  v8::Local<v8::String> detail;
  if (error->ToDetailString(context).ToLocal(&detail)) done.message = to_text(isolate, detail);
  Place place = find_place(isolate, context, error, message);
  done.file = std::move(place.file);
  done.line = static_cast<std::uint32_t>(std::max(0, place.line));
  done.column = static_cast<std::uint32_t>(std::max(0, place.column));
  if (error->IsNativeError()) {
    done.stack = string_property(context, error.As<v8::Object>(), "stack");
    const std::string code = string_property(context, error.As<v8::Object>(), "code");
    if (code.starts_with(kCodePrefix)) done.message += " (" + code + ")";
  }
  return done;
}

}  // namespace nsl::runner::js
