#include "core/seal/seal.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/cbor.h"
#include "core/codec/ulid.h"
#include "core/codec/utf8.h"
#include "core/crypto/aead.h"
#include "core/crypto/hpke.h"

namespace nsl::seal {
namespace {

constexpr std::string_view kDomain = "nsl-seal-v1";
constexpr std::string_view kReplyLabel = "nsl-reply-v1";
constexpr auto kAead = crypto::HpkeAead::aes_256_gcm;

std::unexpected<Error> refuse(std::string detail) {
  return fail(Code::seal_invalid, "The sealed body does not open", std::move(detail));
}

std::string text_of(ByteView bytes) { return std::string(as_text(bytes)); }

// HPKE's info: everything outside the ciphertext that must not change.
Bytes make_info(const Envelope& envelope, const crypto::Digest32& binding_digest) {
  codec::CborWriter info;
  info.begin_array(5)
      .write_text(kDomain)
      .write_text(envelope.operation)
      .write_text(envelope.account)
      .write_text(envelope.request_id)
      .write_bytes(binding_digest);
  return std::move(info).take();
}

Bytes reply_associated_data(const std::string& request_id) {
  return to_bytes(std::string(kReplyLabel) + request_id);
}

template <class Message>
Result<Message> parse_message(ByteView bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return refuse("not the message");
  }
  if (message.version() != kVersion) return fail(Code::unsupported_version);
  return message;
}

// What travels in clear has one encoding, without unknown fields, so that every byte of it means
// something that is checked.
template <class Message>
Result<Message> parse_exactly(ByteView bytes) {
  NSL_TRY(Message message, parse_message<Message>(bytes));
  message.DiscardUnknownFields();
  if (message.SerializeAsString() != as_text(bytes)) return refuse("not the one encoding");
  return message;
}

bool is_well_formed(const Envelope& envelope) {
  return codec::is_valid_utf8(envelope.operation) && codec::is_valid_utf8(envelope.account) &&
         codec::parse_id("req", envelope.request_id).has_value();
}

}  // namespace

std::array<std::uint8_t, kKeyIdBytes> key_id(const crypto::P256PublicKey& sealing_key) {
  const crypto::Digest32 digest = crypto::sha256(sealing_key.uncompressed());
  std::array<std::uint8_t, kKeyIdBytes> id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

std::string ReplySealer::seal(const v1::SealedReplyContent& content, Random& random) const {
  NSL_ASSERT(content.version() == kVersion);
  const auto nonce = random.bytes<crypto::kAeadNonceBytes>();
  const Bytes associated_data = reply_associated_data(request_id_);
  const std::string plaintext = content.SerializeAsString();
  const Bytes ciphertext =
      crypto::aead_seal({key_.reveal(), nonce, associated_data}, as_bytes(plaintext));
  v1::SealedReply reply;
  reply.set_version(kVersion);
  reply.set_nonce(text_of(nonce));
  reply.set_ciphertext(text_of(ciphertext));
  return reply.SerializeAsString();
}

Result<v1::SealedReplyContent> ReplyOpener::open(ByteView reply) const {
  NSL_TRY(const v1::SealedReply sealed, parse_exactly<v1::SealedReply>(reply));
  if (sealed.nonce().size() != crypto::kAeadNonceBytes) return refuse("nonce");
  const auto nonce = as_bytes(sealed.nonce()).first<crypto::kAeadNonceBytes>();
  const Bytes associated_data = reply_associated_data(request_id_);
  const auto opened = crypto::aead_open_secret({key_.reveal(), nonce, associated_data},
                                               as_bytes(sealed.ciphertext()));
  if (!opened.has_value()) return refuse("reply");
  return parse_message<v1::SealedReplyContent>(opened->reveal());
}

Result<SealedCall> seal_request(const Recipient& recipient, const Envelope& envelope,
                                const v1::SealedContent& content, Random& random) {
  NSL_ASSERT(content.version() == kVersion);
  NSL_ASSERT(is_well_formed(envelope));
  auto sender = crypto::HpkeSender::setup(
      recipient.sealing_key, make_info(envelope, recipient.binding_digest), kAead, random);
  SecretBytes plaintext(content.ByteSizeLong());
  const bool fits = content.SerializeToArray(plaintext.reveal_mutable().data(),
                                             static_cast<int>(plaintext.size()));
  NSL_ASSERT(fits);
  v1::SealedRequest request;
  request.set_version(kVersion);
  request.set_key_id(text_of(key_id(recipient.sealing_key)));
  request.set_operation(envelope.operation);
  request.set_account(envelope.account);
  request.set_request_id(envelope.request_id);
  request.set_encapsulated_key(text_of(sender.encapsulated_key()));
  request.set_ciphertext(text_of(sender.seal({}, plaintext.reveal())));
  std::string bytes = request.SerializeAsString();
  if (bytes.size() > static_cast<std::size_t>(limits::kHttpBodyBytesMax)) {
    return fail(Code::payload_too_large);
  }
  return SealedCall{std::move(bytes), ReplyOpener(sender.export_secret<32>(as_bytes(kReplyLabel)),
                                                  envelope.request_id)};
}

Result<OpenedRequest> open_request(const crypto::P256PrivateKey& sealing_key,
                                   const crypto::Digest32& binding_digest, ByteView request) {
  if (request.size() > static_cast<std::size_t>(limits::kHttpBodyBytesMax)) {
    return fail(Code::payload_too_large);
  }
  NSL_TRY(const v1::SealedRequest sealed, parse_exactly<v1::SealedRequest>(request));
  if (!equal(as_bytes(sealed.key_id()), key_id(sealing_key.public_key()))) {
    return fail(Code::seal_stale);
  }
  Envelope envelope{sealed.operation(), sealed.account(), sealed.request_id()};
  if (!is_well_formed(envelope)) return refuse("envelope");
  auto receiver = crypto::HpkeReceiver::setup(sealing_key, as_bytes(sealed.encapsulated_key()),
                                              make_info(envelope, binding_digest), kAead);
  if (!receiver.has_value()) return refuse("encapsulated key");
  const auto opened = receiver->open_secret({}, as_bytes(sealed.ciphertext()));
  if (!opened.has_value()) return refuse("ciphertext");
  NSL_TRY(v1::SealedContent content, parse_message<v1::SealedContent>(opened->reveal()));
  ReplySealer reply_sealer(receiver->export_secret<32>(as_bytes(kReplyLabel)), envelope.request_id);
  return OpenedRequest{std::move(envelope), std::move(content), std::move(reply_sealer)};
}

}  // namespace nsl::seal
