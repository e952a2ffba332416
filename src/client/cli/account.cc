// Signing in and out, the account, and API keys.
#include "client/cli/commands.h"
#include "client/cli/files.h"
#include "client/cli/key_file.h"
#include "client/cli/operation.h"
#include "core/codec/hex.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "nsl/v1/account.service.h"

namespace nsl::client::cli {
namespace {

using Accounts = v1::AccountServiceStub;

// Bytes of the salt that the classic layout puts in front of the text, written as hexadecimal.
constexpr std::size_t kSaltBytes = 16;

Result<v1::CreateSessionRequest> sign_challenge(Context& context, api::Session& session,
                                                const neo::PrivateKey& key) {
  const std::string address = neo::to_address(key.public_key());
  v1::CreateNeoChallengeRequest challenge_request;
  challenge_request.set_address(address);
  NSL_TRY(const v1::NeoChallenge challenge,
          Accounts(session).create_neo_challenge(challenge_request, session.deadline()));
  // What is signed names the account, so that a challenge made for another one is noticed here.
  if (challenge.message().find(address) == std::string::npos) {
    return fail(Code::challenge_invalid, "The challenge does not name " + address);
  }
  const std::string salt = codec::encode_hex(context.random.bytes<kSaltBytes>());
  NSL_TRY(const Bytes bytes,
          neo::signed_message_bytes(neo::MessageLayout::classic, salt, challenge.message()));
  const crypto::P256Signature signature = crypto::p256_sign(key, bytes);
  v1::CreateSessionRequest request;
  v1::CreateSessionRequest::NeoProof& proof = *request.mutable_neo();
  proof.set_challenge_id(challenge.challenge_id());
  proof.set_public_key(to_string(key.public_key().compressed()));
  proof.set_signature(to_string(signature));
  proof.set_salt(salt);
  proof.set_layout(v1::CreateSessionRequest::classic);
  return request;
}

std::string first_line(const std::string& text) {
  const std::size_t end = text.find_first_of("\r\n");
  return text.substr(0, end);
}

Result<v1::CreateSessionRequest> make_proof(Context& context, api::Session& session,
                                            const Arguments& arguments) {
  if (arguments.has("--neo-key-file") == arguments.has("--api-key-file")) {
    return fail(Code::cli_usage, "Give --neo-key-file or --api-key-file");
  }
  if (arguments.has("--neo-key-file")) {
    NSL_TRY(const std::string text, read_source(context, arguments.value("--neo-key-file")));
    NSL_TRY(const neo::PrivateKey key,
            read_neo_key(context.terminal, text, arguments.value("--address")));
    return sign_challenge(context, session, key);
  }
  NSL_TRY(const std::string text, read_source(context, arguments.value("--api-key-file")));
  v1::CreateSessionRequest request;
  request.set_api_key(first_line(text));
  return request;
}

// An old token must neither travel with a new sign-in nor name another account in its seal.
Result<api::Session*> open_fresh_session(Context& context, const Service& service) {
  context.session =
      std::make_unique<api::Session>(api::Session::Options{service.url, service.trust, {}, {}},
                                     context.http, context.clock, context.random);
  return context.session.get();
}

Result<ExitCode> login(Context& context, const Arguments& arguments) {
  NSL_TRY(Service service, find_service(context.globals, context.place));
  if (arguments.has("--manifest")) {
    NSL_TRY(const std::string manifest, read_file(arguments.value("--manifest")));
    NSL_TRY(service.trust.measurements, parse_measurements(manifest));
  }
  NSL_TRY(api::Session* const session, open_fresh_session(context, service));
  NSL_TRY(const v1::CreateSessionRequest request, make_proof(context, *session, arguments));
  NSL_TRY(const v1::Session reply, Accounts(*session).create_session(request, session->deadline()));
  // Named once, found again without --url.
  if (!context.globals.profile.empty()) NSL_TRY_VOID(save_profile(service, context.place));
  const Credentials credentials{reply.account().id(), reply.account().address(),
                                reply.access_token(), reply.expires_at()};
  NSL_TRY_VOID(save_credentials(service, credentials, context.place));
  context.printer.answer(Object{{"account", credentials.account},
                                {"address", credentials.address},
                                {"expires_at", credentials.expires_at},
                                {"url", service.url}});
  return ExitCode::success;
}

Result<ExitCode> logout(Context& context, const Arguments& /*arguments*/) {
  NSL_TRY(const Service service, find_service(context.globals, context.place));
  NSL_TRY(const bool existed, remove_credentials(service, context.place));
  context.printer.answer(Object{{"url", service.url}, {"signed_out", existed}});
  return ExitCode::success;
}

// "--plain-requests allow": a flag could only ever switch it on.
Result<void> prepare_update(Context& /*context*/, const Arguments& arguments,
                            v1::UpdateMeRequest& request) {
  request.set_plain_requests(arguments.value("--plain-requests") == "allow");
  return {};
}

}  // namespace

std::vector<Command> account_commands() {
  const OperationSpec update = {
      .words = "account set",
      .hidden = {"plain_requests"},
      .extra = {{.name = "--plain-requests",
                 .help = "Whether changes are accepted without the end-to-end seal",
                 .required = true,
                 .choices = {"allow", "refuse"}}}};
  return {
      {.words = "login",
       .summary = "Sign in with a Neo N3 key or an API key",
       .options = {{.name = "--neo-key-file",
                    .help = "File with a WIF, a NEP-2 key or a NEP-6 wallet, - for standard input"},
                   {.name = "--address", .help = "Account of the NEP-6 wallet to use"},
                   {.name = "--api-key-file", .help = "File with an API key"},
                   {.name = "--manifest",
                    .help = "Measurements of the release to trust, {\"pcrs\": {\"0\": \"hex\"}}"}},
       .example = "nsl login --neo-key-file wallet.json",
       .run = login},
      {.words = "logout",
       .summary = "Forget the token",
       .options = {},
       .example = {},
       .run = logout},
      operation(&Accounts::get_me, {.words = "account show"}),
      operation(&Accounts::update_me, update, prepare_update),
      operation(
          &Accounts::create_api_key,
          {.words = "key create", .positional = {"name"}, .renamed = {{"scopes", "--scope"}}}),
      operation(&Accounts::list_api_keys,
                {.words = "key list", .columns = {"id", "name", "scopes", "created_at"}}),
      operation(&Accounts::delete_api_key, {.words = "key delete", .positional = {"key"}}),
  };
}

}  // namespace nsl::client::cli
