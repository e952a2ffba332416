// What the sender of a message is answered.
#pragma once

#include "nsl/v1/hook.pb.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::hooks {

// 202 and {"run": id}.
nsl::v1::HookReply accepted(const nsl::v1::Run& run);

// Where the trigger waits: the answer of a run that has succeeded, 500 for one that has not, and
// accepted() while it goes on. An output {"status", "headers", "body"} is an answer of HTTP, of
// which only the headers of an allow-list leave; any other output is the body, with status 200.
nsl::v1::HookReply answer_of(const nsl::v1::Run& run);

}  // namespace nsl::enclave::hooks
