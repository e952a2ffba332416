// What `function deploy` and `function show` do beyond their one operation: a folder becomes an
// archive, and the files of the current version are shown beside it.
#pragma once

#include "client/cli/command.h"
#include "client/cli/context.h"
#include "nsl/v1/function.pb.h"

namespace nsl::client::cli {

// The language follows from the name of the file when it is not given.
Result<void> prepare_deploy(Context& context, const Arguments& arguments,
                            v1::PutFunctionRequest& request);

Result<ExitCode> finish_show_function(Context& context, const Arguments& arguments,
                                      const v1::Function& function);

}  // namespace nsl::client::cli
