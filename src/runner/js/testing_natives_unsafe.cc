#include "runner/js/testing_natives.h"

#include <sys/socket.h>
#include <sys/syscall.h>
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
#include <cerrno>
#include <random>
#include <vector>

#include "runner/js/values.h"

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

// fuzz(count, seed, left_out): random system calls with random arguments, none of a number that is
// left out. How many the kernel carried out, or refused for another reason than not being allowed.
void fuzz_syscalls(const Arguments& arguments) {
  const v8::Local<v8::Context> context = arguments.GetIsolate()->GetCurrentContext();
  const auto left_out = arguments[2].As<v8::Array>();
  std::array<bool, 512> is_left_out{};
  for (std::uint32_t i = 0; i < left_out->Length(); ++i) {
    const auto number = left_out->Get(context, i).ToLocalChecked()->Uint32Value(context).FromJust();
    is_left_out[number % is_left_out.size()] = true;
  }
  std::mt19937_64 random(arguments[1]->Uint32Value(context).FromJust());
  const auto argument = [&random] {
    // Small numbers, descriptors, flags, addresses and noise alike.
    const std::uint64_t value = random();
    return static_cast<long>(value >> (random() % 64));
  };
  const std::uint32_t count = arguments[0]->Uint32Value(context).FromJust();
  std::uint32_t carried_out = 0;
  for (std::uint32_t i = 0; i < count;) {
    const long number = static_cast<long>(random() % is_left_out.size());
    if (is_left_out[static_cast<std::size_t>(number)]) continue;
    ++i;
    const long result =
        ::syscall(number, argument(), argument(), argument(), argument(), argument(), argument());
    if (result != -1 || (errno != EPERM && errno != ENOSYS)) ++carried_out;
  }
  arguments.GetReturnValue().Set(carried_out);
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
  add("address", take_address);
  add("fuzz", fuzz_syscalls);
  add("send", send_bytes);
  add("crash", crash);
  add("exit", leave);
  context->Global()->Set(context, to_v8(isolate, "__test"), natives).Check();
}

}  // namespace nsl::runner::js
