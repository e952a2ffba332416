#include "client/cli/context.h"

#include "client/cli/files.h"

namespace nsl::client::cli {

Result<api::Session*> open_session(Context& context) {
  NSL_TRY(Service service, find_service(context.globals, context.place));
  NSL_TRY(std::optional<Credentials> credentials, load_credentials(service, context.place));
  api::Session::Options options{
      .url = service.url, .trust = service.trust, .account = {}, .credential = {}};
  if (credentials.has_value()) {
    options.account = credentials->account;
    options.credential = credentials->access_token;
  }
  context.session = std::make_unique<api::Session>(std::move(options), context.http, context.clock,
                                                   context.random);
  return context.session.get();
}

Result<std::string> read_source(Context& context, const std::string& file, std::size_t bytes_max) {
  return file == "-" ? context.terminal.read_input(bytes_max) : read_file(file, bytes_max);
}

}  // namespace nsl::client::cli
