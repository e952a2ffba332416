// One run: load the source, call its handler, drive the promise with the replies that come, report
// the end. Lives in the run's own process.
#pragma once

#include <v8-context.h>
#include <v8-exception.h>
#include <v8-isolate.h>
#include <v8-local-handle.h>
#include <v8-object.h>
#include <v8-persistent-handle.h>
#include <v8-platform.h>
#include <v8-promise.h>

#include <optional>
#include <string_view>
#include <vector>

#include "runner/guest/host.h"
#include "runner/js/modules.h"

namespace nsl::runner::js {

class Session {
 public:
  // `api` is what bootstrap.js returned.
  Session(v8::Isolate* isolate, v8::Platform* platform, v8::Local<v8::Context> context,
          v8::Local<v8::Object> api, guest::Host& host);

  // What a template made of the files of the jobs to come.
  void use(const CompiledFiles& compiled) { compiled_ = &compiled; }
  abi::Done run(const abi::Job& job);

 private:
  using Values = std::vector<v8::Local<v8::Value>>;

  v8::MaybeLocal<v8::Value> call_api(std::string_view name, Values arguments);
  v8::MaybeLocal<v8::Value> run_handler(const abi::Job& job);
  v8::MaybeLocal<v8::Value> find_handler(const abi::Job& job);
  // The value of a promise, once it has one; empty when it was rejected (the error is then pending)
  // or when nothing is left that could resolve it.
  v8::MaybeLocal<v8::Value> await(v8::Local<v8::Value> value);
  void pump();
  // Those that are due, one after the other, until the promise is settled.
  v8::Maybe<bool> fire_timers(v8::Local<v8::Promise> promise);
  v8::Maybe<bool> load(const abi::Job& job, Loaded& loaded);
  v8::Maybe<bool> check(const abi::Job& job);
  abi::Done to_failed(const abi::Job& job, const v8::TryCatch& guard);
  abi::Done to_output(const abi::Job& job, v8::Local<v8::Value> value);
  void log_unhandled();

  static void note_rejection(v8::PromiseRejectMessage message);

  v8::Isolate* isolate_;
  v8::Platform* platform_;
  v8::Local<v8::Context> context_;
  v8::Local<v8::Object> api_;
  guest::Host& host_;
  std::vector<v8::Global<v8::Promise>> rejected_;
  // What the next job of a process that is reused calls.
  v8::Global<v8::Value> handler_;
  // Of a function of several files.
  std::optional<Bundle> bundle_;
  const CompiledFiles* compiled_ = nullptr;
};

}  // namespace nsl::runner::js
