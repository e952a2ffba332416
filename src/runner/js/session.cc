#include "runner/js/session.h"

#include <libplatform/libplatform.h>
#include <v8-container.h>
#include <v8-exception.h>
#include <v8-function.h>

#include <string>
#include <utility>

#include "core/base/limits.h"
#include "runner/js/natives.h"
#include "runner/js/source.h"
#include "runner/js/values.h"

namespace nsl::runner::js {
namespace {

constexpr std::uint32_t kSessionSlot = 1;

void throw_error(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::Error(to_v8(isolate, message)));
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : "', '") + name;
  return text + "'";
}

}  // namespace

Session::Session(v8::Isolate* isolate, v8::Platform* platform, v8::Local<v8::Context> context,
                 v8::Local<v8::Object> api, guest::Host& host)
    : isolate_(isolate), platform_(platform), context_(context), api_(api), host_(host) {
  set_host(isolate_, &host_);
  isolate_->SetData(kSessionSlot, this);
  isolate_->SetPromiseRejectCallback(note_rejection);
}

abi::Done Session::run(const abi::Job& job) {
  rejected_.clear();
  const v8::TryCatch guard(isolate_);
  if (job.kind == abi::RunKind::compile) {
    if (check(job).IsJust()) return {};
    return to_failed(job, guard);
  }
  v8::Local<v8::Value> value;
  if (!run_handler(job).ToLocal(&value)) {
    return to_failed(job, guard);
  }
  log_unhandled();
  return to_output(job, value);
}

v8::MaybeLocal<v8::Value> Session::call_api(std::string_view name, Values arguments) {
  v8::Local<v8::Value> function;
  if (!api_->Get(context_, to_v8(isolate_, name)).ToLocal(&function)) return {};
  return function.As<v8::Function>()->Call(context_, v8::Undefined(isolate_),
                                           static_cast<int>(arguments.size()), arguments.data());
}

v8::MaybeLocal<v8::Value> Session::run_handler(const abi::Job& job) {
  v8::Local<v8::Value> handler;
  if (job.source.empty() && job.files.empty() && !handler_.IsEmpty()) {
    handler = handler_.Get(isolate_);
  } else if (!find_handler(job).ToLocal(&handler)) {
    return {};
  }
  if (job.has_successor) handler_.Reset(isolate_, handler);
  v8::Local<v8::Value> value;
  const auto timers_max = v8::Integer::New(isolate_, static_cast<int>(limits::kRunTimersMax));
  if (!call_api("start",
                {handler, to_v8(isolate_, job.input), to_v8(isolate_, job.context), timers_max})
           .ToLocal(&value)) {
    return {};
  }
  if (!await(value).ToLocal(&value)) return {};
  if (job.kind != abi::RunKind::fetch) return value;
  if (!call_api("toPlain", {value}).ToLocal(&value)) return {};
  return await(value);
}

v8::Maybe<bool> Session::load(const abi::Job& job, Loaded& loaded) {
  if (job.files.empty()) return load_source(isolate_, context_, job.source, loaded);
  return bundle_.emplace(isolate_, context_, job, compiled_).load(loaded);
}

v8::Maybe<bool> Session::check(const abi::Job& job) {
  if (job.files.empty()) return check_source(isolate_, context_, job.source);
  return bundle_.emplace(isolate_, context_, job, nullptr).check();
}

abi::Done Session::to_failed(const abi::Job& job, const v8::TryCatch& guard) {
  abi::Done done = to_failure(isolate_, context_, guard.Exception(), guard.Message());
  if (!bundle_.has_value()) done.file.clear();
  if (bundle_.has_value() && job.kind == abi::RunKind::compile) bundle_->add_place(done);
  return done;
}

v8::MaybeLocal<v8::Value> Session::find_handler(const abi::Job& job) {
  const std::vector<std::string> names = handler_names(job);
  v8::Local<v8::Value> close_common_js;
  if (!call_api("openCommonJs", {}).ToLocal(&close_common_js)) return {};
  Loaded loaded;
  if (load(job, loaded).IsNothing()) return {};
  Values holders;
  if (loaded.is_module) {
    v8::Local<v8::Value> value;
    if (!await(loaded.evaluation).ToLocal(&value)) return {};
    if (!loaded.module->Get(context_, to_v8(isolate_, "default")).ToLocal(&value)) return {};
    holders = {value, loaded.module};
  } else {
    v8::Local<v8::Value> exports;
    v8::Local<v8::Object> declared;
    // `fetch` at the top level is ours unless the source says otherwise by an export.
    std::vector<std::string> declarable = names;
    std::erase(declarable, "fetch");
    if (!close_common_js.As<v8::Function>()
             ->Call(context_, v8::Undefined(isolate_), 0, nullptr)
             .ToLocal(&exports) ||
        !top_level_functions(isolate_, context_, declarable).ToLocal(&declared)) {
      return {};
    }
    holders = {exports, declared};
  }
  Values name_values;
  for (const std::string& name : names) name_values.push_back(to_v8(isolate_, name));
  const v8::Local<v8::Array> name_list =
      v8::Array::New(isolate_, name_values.data(), name_values.size());
  for (const v8::Local<v8::Value> holder : holders) {
    v8::Local<v8::Value> handler;
    if (!call_api("findHandler", {holder, name_list}).ToLocal(&handler)) return {};
    if (handler->IsFunction()) return handler;
  }
  throw_error(isolate_, "The source has no function " + joined(names));
  return {};
}

void Session::pump() {
  isolate_->PerformMicrotaskCheckpoint();
  while (v8::platform::PumpMessageLoop(platform_, isolate_)) isolate_->PerformMicrotaskCheckpoint();
}

v8::MaybeLocal<v8::Value> Session::await(v8::Local<v8::Value> value) {
  if (!value->IsPromise()) return value;
  const v8::Local<v8::Promise> promise = value.As<v8::Promise>();
  promise->MarkAsHandled();
  pump();
  while (promise->State() == v8::Promise::kPending) {
    const v8::HandleScope scope(isolate_);
    if (!host_.has_calls_open()) {
      v8::Local<v8::Value> sleeps;
      if (!call_api("sleepForTimer", {}).ToLocal(&sleeps)) return {};
      if (!sleeps->IsTrue()) {
        throw_error(isolate_, "The function's promise never resolved: nothing is left to wait for");
        return {};
      }
    }
    const abi::Reply reply = host_.receive_reply();
    // Timers that came due while the call was under way come before its reply.
    if (fire_timers(promise).IsNothing()) return {};
    if (call_api("settle", {v8::Integer::NewFromUnsigned(isolate_, reply.call_id),
                            to_v8(isolate_, reply.code), to_v8(isolate_, reply.value)})
            .IsEmpty()) {
      return {};
    }
    pump();
    if (fire_timers(promise).IsNothing()) return {};
  }
  if (promise->State() == v8::Promise::kFulfilled) return promise->Result();
  isolate_->ThrowException(promise->Result());
  return {};
}

v8::Maybe<bool> Session::fire_timers(v8::Local<v8::Promise> promise) {
  while (promise->State() == v8::Promise::kPending) {
    v8::Local<v8::Value> has_fired;
    if (!call_api("fireTimer", {}).ToLocal(&has_fired)) return v8::Nothing<bool>();
    if (!has_fired->IsTrue()) break;
    pump();
  }
  return v8::Just(true);
}

abi::Done Session::to_output(const abi::Job& job, v8::Local<v8::Value> value) {
  const v8::TryCatch guard(isolate_);
  v8::Local<v8::Value> text;
  if (!call_api("toOutput", {value}).ToLocal(&text)) {
    abi::Done done = to_failed(job, guard);
    done.status = abi::DoneStatus::output_invalid;
    return done;
  }
  if (!text->IsString()) {
    return {.status = abi::DoneStatus::output_invalid, .message = "The output has no JSON form"};
  }
  const std::size_t size = text.As<v8::String>()->Utf8LengthV2(isolate_);
  if (size > job.output_bytes) {
    return {.status = abi::DoneStatus::output_too_large,
            .message = "The output has " + std::to_string(size) + " bytes; " +
                       std::to_string(job.output_bytes) + " are allowed"};
  }
  return {.status = abi::DoneStatus::succeeded, .output = to_text(isolate_, text)};
}

void Session::note_rejection(v8::PromiseRejectMessage message) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto* session = static_cast<Session*>(isolate->GetData(kSessionSlot));
  const v8::Local<v8::Promise> promise = message.GetPromise();
  if (message.GetEvent() == v8::kPromiseRejectWithNoHandler) {
    session->rejected_.emplace_back(isolate, promise);
  } else if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
    std::erase_if(session->rejected_, [promise](const auto& kept) { return kept == promise; });
  }
}

void Session::log_unhandled() {
  for (const auto& rejected : rejected_) {
    const v8::Local<v8::Promise> promise = rejected.Get(isolate_);
    if (promise->HasHandler()) continue;
    const abi::Done failure = to_failure(isolate_, context_, promise->Result(), {});
    host_.log(abi::LogLevel::error, "A promise was rejected and nobody looked: " + failure.message +
                                        " (line " + std::to_string(failure.line) + ")");
  }
  if (host_.has_calls_open()) {
    host_.log(abi::LogLevel::warning, "The function returned while host calls were still open");
  }
}

}  // namespace nsl::runner::js
