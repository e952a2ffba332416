#include "client/cli/function_deploy.h"

#include <fmt/format.h>

#include <filesystem>

#include "client/cli/operation.h"
#include "client/function_files/function_files.h"
#include "core/archive/pack.h"
#include "nsl/v1/function.service.h"

namespace nsl::client::cli {
namespace {

Result<void> set_runtime(const std::string& file, v1::PutFunctionRequest& request) {
  if (request.runtime() != v1::PutFunctionRequest::UNSPECIFIED) return {};
  const std::string extension = std::filesystem::path(file).extension();
  if (extension == ".js" || extension == ".mjs" || extension == ".cjs") {
    request.set_runtime(v1::PutFunctionRequest::javascript);
  } else if (extension == ".py") {
    request.set_runtime(v1::PutFunctionRequest::python);
  } else if (extension == ".cs") {
    request.set_runtime(v1::PutFunctionRequest::csharp);
  } else {
    return fail(Code::cli_usage, "The file's name does not tell the language: give --runtime");
  }
  return {};
}

// What is packed is said, so that nobody deploys a file without knowing.
Result<std::vector<archive::File>> pack_folder(Context& context, const Arguments& arguments,
                                               v1::PutFunctionRequest& request) {
  NSL_TRY(auto files, function_files::read_folder(arguments.value("--dir")));
  const Bytes packed = archive::pack_zip(files);
  request.set_archive(packed.data(), packed.size());
  std::size_t bytes = 0;
  for (const archive::File& file : files) {
    context.printer.say(fmt::format("  {:>8}  {}", file.content.size(), file.path));
    bytes += file.content.size();
  }
  context.printer.say(fmt::format("Packed {} files, {} bytes", files.size(), bytes));
  return files;
}

}  // namespace

Result<void> prepare_deploy(Context& context, const Arguments& arguments,
                            v1::PutFunctionRequest& request) {
  const int ways = static_cast<int>(arguments.has("--file")) +
                   static_cast<int>(arguments.has("--archive")) +
                   static_cast<int>(arguments.has("--dir"));
  if (ways != 1) return fail(Code::cli_usage, "Give --file, --dir or --archive");
  if (arguments.has("--file")) return set_runtime(arguments.value("--file"), request);
  std::vector<archive::File> files;
  if (arguments.has("--dir")) {
    NSL_TRY(files, pack_folder(context, arguments, request));
  } else {
    // Read here as the service will, so that what is wrong shows before anything is sent.
    NSL_TRY(files, archive::read_archive(as_bytes(request.archive())));
  }
  if (request.entry_file().empty()) {
    NSL_TRY(*request.mutable_entry_file(), function_files::find_entry_file(files));
  }
  return set_runtime(request.entry_file(), request);
}

Result<ExitCode> finish_show_function(Context& context, const Arguments& /*arguments*/,
                                      const v1::Function& function) {
  context.printer.answer(function, {});
  if (context.printer.format() == Format::json) return ExitCode::success;
  v1::GetFunctionVersionRequest request;
  request.set_name(function.name());
  request.set_version(function.version());
  NSL_TRY(api::Session* const session, open_session_for(context, *request.GetDescriptor()));
  NSL_TRY(const v1::FunctionVersion version,
          v1::FunctionServiceStub(*session).get_content(request, session->deadline()));
  for (const v1::FunctionFile& file : version.files()) {
    context.printer.say(fmt::format("{:>8}  {}  {}", file.size(), file.digest(), file.path()));
  }
  return ExitCode::success;
}

}  // namespace nsl::client::cli
