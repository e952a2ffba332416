#include "runner/js/testing_natives.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <v8-context.h>
#include <v8-function-callback.h>
#include <v8-function.h>
#include <v8-isolate.h>
#include <v8-object.h>
#include <v8-typed-array.h>

#include <array>
#include <cerrno>
#include <vector>

#include "runner/js/values.h"

namespace nsl::runner::js {
namespace {

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

void make_syscall(const Arguments& arguments) {
  v8::Isolate* isolate = arguments.GetIsolate();
  std::array<long, 7> words{};
  // Text arguments live here while the call runs; their addresses are passed.
  std::array<std::string, 7> texts;
  for (std::size_t i = 0; i < words.size() && static_cast<int>(i) < arguments.Length(); ++i) {
    const v8::Local<v8::Value> value = arguments[static_cast<int>(i)];
    if (value->IsString()) {
      texts[i] = to_text(isolate, value);
      words[i] = reinterpret_cast<long>(texts[i].c_str());
    } else {
      words[i] = value->IntegerValue(isolate->GetCurrentContext()).FromMaybe(0);
    }
  }
  const long result =
      ::syscall(words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
  arguments.GetReturnValue().Set(static_cast<double>(result == -1 ? -errno : result));
}

void send_bytes(const Arguments& arguments) {
  if (!arguments[0]->IsArrayBufferView()) return;
  const auto view = arguments[0].As<v8::ArrayBufferView>();
  std::vector<std::uint8_t> bytes(view->ByteLength());
  view->CopyContents(bytes.data(), bytes.size());
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(3, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

void crash(const Arguments&) { __builtin_trap(); }

void leave(const Arguments& arguments) {
  ::_exit(arguments[0]->Int32Value(arguments.GetIsolate()->GetCurrentContext()).FromMaybe(0));
}

}  // namespace

void install_testing_natives(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  const v8::Local<v8::Object> natives = v8::Object::New(isolate);
  const auto add = [isolate, context, natives](std::string_view name,
                                               v8::FunctionCallback callback) {
    natives
        ->Set(context, to_v8(isolate, name), v8::Function::New(context, callback).ToLocalChecked())
        .Check();
  };
  add("syscall", make_syscall);
  add("send", send_bytes);
  add("crash", crash);
  add("exit", leave);
  context->Global()->Set(context, to_v8(isolate, "__test"), natives).Check();
}

}  // namespace nsl::runner::js
