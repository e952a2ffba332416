#include <v8-exception.h>
#include <v8-value-serializer.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "runner/js/clone.h"

namespace nsl::runner::js {
namespace {

class Delegate final : public v8::ValueSerializer::Delegate {
 public:
  explicit Delegate(v8::Isolate* isolate) : isolate_(isolate) {}
  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    isolate_->ThrowException(v8::Exception::TypeError(message));
  }

 private:
  v8::Isolate* isolate_;
};

}  // namespace

v8::MaybeLocal<v8::Value> structured_clone(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                           v8::Local<v8::Value> value) {
  Delegate delegate(isolate);
  v8::ValueSerializer writer(isolate, &delegate);
  writer.WriteHeader();
  if (writer.WriteValue(context, value).IsNothing()) return {};
  const std::pair<std::uint8_t*, std::size_t> written = writer.Release();
  // SAFETY: the serializer's buffer comes from realloc and is the caller's to free.
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> bytes(written.first, &std::free);
  v8::ValueDeserializer reader(isolate, bytes.get(), written.second);
  if (reader.ReadHeader(context).IsNothing()) return {};
  return reader.ReadValue(context);
}

}  // namespace nsl::runner::js
