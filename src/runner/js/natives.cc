#include "runner/js/natives.h"

#include <v8-array-buffer.h>
#include <v8-exception.h>
#include <v8-function-callback.h>
#include <v8-function.h>
#include <v8-typed-array.h>

#include <algorithm>
#include <string>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/codec/base64.h"
#include "core/codec/utf8.h"
#include "runner/js/clone.h"
#include "runner/js/values.h"

namespace nsl::runner::js {
namespace {

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

constexpr std::uint32_t kHostSlot = 0;
// Web Cryptography API, getRandomValues: more at a time is refused.
constexpr std::size_t kRandomBytesMax = 65536;

guest::Host* host_of(v8::Isolate* isolate) {
  return static_cast<guest::Host*>(isolate->GetData(kHostSlot));
}

void throw_type_error(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::TypeError(to_v8(isolate, message)));
}

v8::MaybeLocal<v8::Value> to_uint8_array(v8::Isolate* isolate, ByteView bytes) {
  // A buffer that does not fit is the function's RangeError, not our end.
  auto store = v8::ArrayBuffer::MaybeNew(isolate, bytes.size());
  v8::Local<v8::ArrayBuffer> buffer;
  if (!store.ToLocal(&buffer)) {
    isolate->ThrowException(
        v8::Exception::RangeError(to_v8(isolate, "Array buffer allocation failed")));
    return {};
  }
  std::copy(bytes.begin(), bytes.end(), static_cast<std::uint8_t*>(buffer->Data()));
  return v8::Uint8Array::New(buffer, 0, bytes.size());
}

Bytes to_bytes_of(v8::Local<v8::Value> value) {
  if (!value->IsArrayBufferView()) return {};
  const auto view = value.As<v8::ArrayBufferView>();
  Bytes bytes(view->ByteLength());
  view->CopyContents(bytes.data(), bytes.size());
  return bytes;
}

void call(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  guest::Host* host = host_of(isolate);
  if (host == nullptr || !arguments[1]->IsString()) {
    throw_type_error(isolate, "The arguments of a host call must be JSON");
    return;
  }
  std::string text = to_text(isolate, arguments[1]);
  if (text.size() > static_cast<std::size_t>(limits::kHostCallBytesMax)) {
    isolate->ThrowException(v8::Exception::RangeError(to_v8(
        isolate, "A host call may carry " + std::to_string(limits::kHostCallBytesMax) + " bytes")));
    return;
  }
  arguments.GetReturnValue().Set(host->call(to_text(isolate, arguments[0]), std::move(text)));
}

void log(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  guest::Host* host = host_of(isolate);
  if (host == nullptr) return;
  const auto level = arguments[0]->Uint32Value(isolate->GetCurrentContext()).FromMaybe(1U);
  host->log(static_cast<abi::LogLevel>(std::min(level, 3U)), to_text(isolate, arguments[1]));
}

void is_log_full(const Arguments& arguments) {
  const guest::Host* host = host_of(arguments.GetIsolate());
  arguments.GetReturnValue().Set(host == nullptr || host->is_log_full());
}

void encode_utf8(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  v8::Local<v8::Value> array;
  if (to_uint8_array(isolate, as_bytes(to_text(isolate, arguments[0]))).ToLocal(&array)) {
    arguments.GetReturnValue().Set(array);
  }
}

void decode_utf8(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  const Bytes bytes = to_bytes_of(arguments[0]);
  if (arguments[1]->IsTrue() && !codec::is_valid_utf8(bytes)) {
    throw_type_error(isolate, "The bytes are not UTF-8");
    return;
  }
  std::string_view text = as_text(bytes);
  // The mark that some editors put first is not part of the text (WHATWG Encoding, "UTF-8 decode")
  // unless it is asked for.
  if (!arguments[2]->IsTrue() && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  arguments.GetReturnValue().Set(to_v8(isolate, text));
}

void encode_base64(const Arguments& arguments) {
  arguments.GetReturnValue().Set(
      to_v8(arguments.GetIsolate(), codec::encode_base64(to_bytes_of(arguments[0]))));
}

void decode_base64(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  const auto bytes = codec::decode_base64(to_text(isolate, arguments[0]));
  if (!bytes.has_value()) {
    throw_type_error(isolate, "The text is not Base64");
    return;
  }
  v8::Local<v8::Value> array;
  if (to_uint8_array(isolate, *bytes).ToLocal(&array)) arguments.GetReturnValue().Set(array);
}

void random_bytes(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  const std::uint32_t count = arguments[0]->Uint32Value(isolate->GetCurrentContext()).FromMaybe(0U);
  Bytes bytes(std::min<std::size_t>(count, kRandomBytesMax));
  SystemRandom().fill(bytes);
  v8::Local<v8::Value> array;
  if (to_uint8_array(isolate, bytes).ToLocal(&array)) arguments.GetReturnValue().Set(array);
}

void clone(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  v8::Local<v8::Value> value;
  if (structured_clone(isolate, isolate->GetCurrentContext(), arguments[0]).ToLocal(&value)) {
    arguments.GetReturnValue().Set(value);
  }
}

}  // namespace

v8::Local<v8::Object> make_natives(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  const v8::Local<v8::Object> natives = v8::Object::New(isolate);
  const auto add = [isolate, context, natives](std::string_view name,
                                               v8::FunctionCallback callback) {
    natives
        ->Set(context, to_v8(isolate, name), v8::Function::New(context, callback).ToLocalChecked())
        .Check();
  };
  add("call", call);
  add("log", log);
  add("isLogFull", is_log_full);
  add("encodeUtf8", encode_utf8);
  add("decodeUtf8", decode_utf8);
  add("encodeBase64", encode_base64);
  add("decodeBase64", decode_base64);
  add("randomBytes", random_bytes);
  add("clone", clone);
  return natives;
}

void set_host(v8::Isolate* isolate, guest::Host* host) { isolate->SetData(kHostSlot, host); }

}  // namespace nsl::runner::js
