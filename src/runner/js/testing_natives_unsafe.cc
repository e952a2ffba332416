#include "runner/js/testing_natives.h"

#include <unistd.h>
#include <v8-container.h>
#include <v8-context.h>
#include <v8-function-callback.h>
#include <v8-function.h>
#include <v8-isolate.h>
#include <v8-object.h>
#include <v8-primitive.h>
#include <v8-typed-array.h>

#include <array>
#include <vector>

#include "runner/js/values.h"
#include "runner/testing/raw_calls.h"

namespace nsl::runner::js {
namespace {

using Arguments = v8::FunctionCallbackInfo<v8::Value>;

// Of the bytes of a view that has its own buffer.
long address_of(v8::Local<v8::Value> view) {
  const auto bytes = view.As<v8::ArrayBufferView>();
  // SAFETY: the address is only handed to the kernel, while the view lives.
  return reinterpret_cast<long>(bytes->Buffer()->Data()) + static_cast<long>(bytes->ByteOffset());
}

// As a BigInt, for structures that hold pointers.
void take_address(const Arguments& arguments) {
  if (!arguments[0]->IsArrayBufferView()) return;
  arguments.GetReturnValue().Set(v8::BigInt::New(arguments.GetIsolate(), address_of(arguments[0])));
}

// fuzz(count, seed, left_out)
void fuzz_syscalls(const Arguments& arguments) {
  const v8::Local<v8::Context> context = arguments.GetIsolate()->GetCurrentContext();
  const auto numbers = arguments[2].As<v8::Array>();
  std::vector<std::uint32_t> left_out;
  for (std::uint32_t i = 0; i < numbers->Length(); ++i) {
    left_out.push_back(numbers->Get(context, i).ToLocalChecked()->Uint32Value(context).FromJust());
  }
  arguments.GetReturnValue().Set(
      testing::fuzz_syscalls(arguments[0]->Uint32Value(context).FromJust(),
                             arguments[1]->Uint32Value(context).FromJust(), left_out));
}

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
    } else if (value->IsArrayBufferView()) {
      words[i] = address_of(value);
    } else {
      words[i] = value->IntegerValue(isolate->GetCurrentContext()).FromMaybe(0);
    }
  }
  arguments.GetReturnValue().Set(static_cast<double>(testing::make_syscall(words)));
}

void send_bytes(const Arguments& arguments) {
  if (!arguments[0]->IsArrayBufferView()) return;
  const auto view = arguments[0].As<v8::ArrayBufferView>();
  std::vector<std::uint8_t> bytes(view->ByteLength());
  view->CopyContents(bytes.data(), bytes.size());
  testing::send_on_run_socket(bytes);
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
  add("address", take_address);
  add("fuzz", fuzz_syscalls);
  add("send", send_bytes);
  add("crash", crash);
  add("exit", leave);
  context->Global()->Set(context, to_v8(isolate, "__test"), natives).Check();
}

}  // namespace nsl::runner::js
