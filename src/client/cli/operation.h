// A command that is one operation of the service. Its help and its options come from the
// descriptors: the summary of the operation, one option for each field of the request. A
// specification says only what the descriptors cannot know: the words, which fields are positional,
// and which columns a person wants to see.
//
//   operation(&v1::SecretServiceStub::list, {.words = "secret list", .columns = {"name"}})
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "client/cli/command.h"
#include "client/cli/context.h"
#include "core/base/result.h"

namespace nsl::client::cli {

struct OperationSpec {
  std::string words;
  // Request fields given by position, in order.
  std::vector<std::string> positional = {};
  // Request field to option, where "--field-name" is not what a person would type.
  std::map<std::string, std::string> renamed = {};
  // Fields whose value is the content of the file named (or "-"). Bytes and secrets always are.
  std::set<std::string> from_file = {};
  // Fields a person does not set.
  std::set<std::string> hidden = {};
  std::vector<std::string> columns = {};
  // Options that `prepare` reads itself.
  std::vector<Option> extra = {};
  std::string example = {};
};

template <class Request>
using Prepare = std::function<Result<void>(Context&, const Arguments&, Request&)>;
template <class Reply>
using Finish = std::function<Result<ExitCode>(Context&, const Arguments&, const Reply&)>;

// Words, summary and options of the operation that takes this request.
Command describe_operation(const OperationSpec& spec, const google::protobuf::Descriptor& request);
// Sets the fields that were given.
Result<void> fill_request(Context& context, const OperationSpec& spec, const Arguments& arguments,
                          google::protobuf::Message& request);
// Opens the session; Code::cli_not_signed_in when the operation needs a token and there is none.
Result<api::Session*> open_session_for(Context& context,
                                       const google::protobuf::Descriptor& request);

// `prepare` runs after the fields are filled; `finish` replaces printing the reply.
template <class Stub, class Request, class Reply>
Command operation(Result<Reply> (Stub::*method)(const Request&, const Deadline&) const,
                  OperationSpec spec, std::type_identity_t<Prepare<Request>> prepare = {},
                  std::type_identity_t<Finish<Reply>> finish = {}) {
  Command command = describe_operation(spec, *Request::descriptor());
  command.run = [method, spec = std::move(spec), prepare = std::move(prepare),
                 finish = std::move(finish)](Context& context,
                                             const Arguments& arguments) -> Result<ExitCode> {
    Request request;
    NSL_TRY_VOID(fill_request(context, spec, arguments, request));
    if (prepare) NSL_TRY_VOID(prepare(context, arguments, request));
    NSL_TRY(api::Session* const session, open_session_for(context, *Request::descriptor()));
    const Stub stub(*session);
    NSL_TRY(const Reply reply, (stub.*method)(request, session->deadline()));
    if (finish) return finish(context, arguments, reply);
    context.printer.answer(reply, spec.columns);
    return ExitCode::success;
  };
  return command;
}

}  // namespace nsl::client::cli
