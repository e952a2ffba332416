#include "enclave/session/session.h"

namespace nsl::enclave::session {

Result<OpenedRequest> Session::open(ByteView body, std::string_view operation) {
  NSL_TRY(seal::OpenedRequest opened, seal::open_request(sealing_key_, binding_digest_, body));
  if (opened.envelope.operation != operation) {
    return fail(Code::seal_invalid, "The request is sealed for another operation");
  }
  NSL_TRY_VOID(
      replay_guard_.admit(opened.envelope.request_id, WallTime(opened.content.issued_at_ms())));
  return OpenedRequest{.account = std::move(opened.envelope.account),
                       .request_id = std::move(opened.envelope.request_id),
                       .content = std::move(opened.content),
                       .reply_sealer = std::move(opened.reply_sealer)};
}

}  // namespace nsl::enclave::session
