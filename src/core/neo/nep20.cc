#include "core/neo/nep20.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/byte_io.h"
#include "core/codec/utf8.h"

namespace nsl::neo {
namespace {

constexpr std::string_view kAction = "Authentication";

struct FormName {
  Nep20Form form;
  std::string_view name;
};

constexpr std::array<FormName, 3> kFormNames = {{{Nep20Form::standard, "standard"},
                                                 {Nep20Form::neoline, "neoline"},
                                                 {Nep20Form::neon_dapi, "neon_dapi"}}};

}  // namespace

std::string_view nep20_form_name(Nep20Form form) {
  const auto* row = std::find_if(kFormNames.begin(), kFormNames.end(),
                                 [form](const FormName& each) { return each.form == form; });
  NSL_ASSERT(row != kFormNames.end());
  return row->name;
}

Result<Nep20Form> parse_nep20_form(std::string_view name) {
  for (const FormName& row : kFormNames) {
    if (row.name == name) return row.form;
  }
  return fail(Code::invalid_argument, "Unknown form of NEP-20");
}

Result<Bytes> nep20_signed_bytes(const Nep20Answer& answer) {
  const bool has_domain = answer.form == Nep20Form::neon_dapi;
  if (!has_domain && !answer.domain.empty()) {
    return fail(Code::invalid_argument, "This form of NEP-20 signs no domain");
  }
  if (answer.domain.size() > limits::kNeoMessageBytesMax || !codec::is_valid_utf8(answer.domain)) {
    return fail(Code::invalid_argument, "The domain is too long or not UTF-8");
  }
  UInt160::Array account = answer.account.little_endian();
  if (answer.form == Nep20Form::neoline) std::reverse(account.begin(), account.end());
  codec::ByteWriter writer;
  if (!has_domain) writer.write_u32(answer.network.value());
  writer.write_u64(answer.nonce).write_u32(answer.timestamp_s);
  if (has_domain) writer.write_u32(answer.network.value());
  writer.write_fixed(account);
  if (has_domain) {
    writer.write_var_bytes(as_bytes(kAction)).write_var_bytes(as_bytes(answer.domain));
  }
  return std::move(writer).take();
}

Result<void> verify_nep20(const Nep20Answer& answer, const PublicKey& key, ByteView signature) {
  if (account_of(key) != answer.account) {
    return fail(Code::invalid_signature, "The key is of another account");
  }
  NSL_TRY(const Bytes bytes, nep20_signed_bytes(answer));
  if (!crypto::p256_verify(key, bytes, signature)) return fail(Code::invalid_signature);
  return {};
}

}  // namespace nsl::neo
