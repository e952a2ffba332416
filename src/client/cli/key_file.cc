#include "client/cli/key_file.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

#include "core/neo/address.h"
#include "core/neo/nep2.h"

namespace nsl::client::cli {
namespace {

constexpr std::size_t kNep2Size = 58;

// Text without the line end and spaces around it.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

Result<neo::PrivateKey> open_nep2(Terminal& terminal, std::string_view nep2,
                                  const crypto::ScryptCost& cost) {
  NSL_TRY(std::string passphrase, terminal.ask_hidden("Passphrase"));
  auto key = neo::open_nep2(nep2, as_bytes(passphrase), cost);
  std::fill(passphrase.begin(), passphrase.end(), '\0');
  return key;
}

std::unexpected<Error> refuse(std::string why) { return fail(Code::invalid_nep6, std::move(why)); }

Result<crypto::ScryptCost> read_cost(const simdjson::dom::object& wallet) {
  std::uint64_t n = 0;
  std::uint64_t r = 0;
  std::uint64_t p = 0;
  if (wallet["scrypt"]["n"].get(n) != simdjson::SUCCESS ||
      wallet["scrypt"]["r"].get(r) != simdjson::SUCCESS ||
      wallet["scrypt"]["p"].get(p) != simdjson::SUCCESS) {
    return refuse("The wallet does not name its scrypt parameters");
  }
  return crypto::ScryptCost{n, r, p};
}

// The account that was asked for, the default one, or the only one.
Result<simdjson::dom::object> choose_account(const simdjson::dom::object& wallet,
                                             std::string_view wanted) {
  simdjson::dom::array accounts;
  if (wallet["accounts"].get(accounts) != simdjson::SUCCESS) {
    return refuse("The wallet has no accounts");
  }
  simdjson::dom::object chosen;
  bool found = false;
  for (const simdjson::dom::element entry : accounts) {
    simdjson::dom::object account;
    std::string_view address;
    bool is_default = false;
    if (entry.get(account) != simdjson::SUCCESS ||
        account["address"].get(address) != simdjson::SUCCESS) {
      return refuse("The wallet has a malformed account");
    }
    [[maybe_unused]] const auto absent = account["isDefault"].get(is_default);
    if (wanted.empty() ? (is_default || accounts.size() == 1) : address == wanted) {
      chosen = account;
      found = true;
    }
  }
  if (found) return chosen;
  return fail(Code::cli_usage, wanted.empty() ? "The wallet has several accounts: give --address"
                                              : "The wallet has no account of that address");
}

Result<neo::PrivateKey> open_wallet(Terminal& terminal, std::string_view json,
                                    std::string_view wanted) {
  simdjson::dom::parser parser;
  simdjson::dom::object wallet;
  if (parser.parse(simdjson::padded_string(json)).get(wallet) != simdjson::SUCCESS) {
    return refuse("The wallet is not a JSON object");
  }
  NSL_TRY(const crypto::ScryptCost cost, read_cost(wallet));
  NSL_TRY(const simdjson::dom::object account, choose_account(wallet, wanted));
  std::string_view nep2;
  if (account["key"].get(nep2) != simdjson::SUCCESS) {
    return refuse("The account has no key: it is only watched");
  }
  NSL_TRY(neo::PrivateKey key, open_nep2(terminal, nep2, cost));
  std::string_view address;
  if (account["address"].get(address) != simdjson::SUCCESS ||
      neo::to_address(key.public_key()) != address) {
    return refuse("The account's key is not that of its address");
  }
  return key;
}

}  // namespace

Result<neo::PrivateKey> read_neo_key(Terminal& terminal, std::string_view text,
                                     std::string_view address) {
  const std::string_view content = trimmed(text);
  if (content.starts_with('{')) return open_wallet(terminal, content, address);
  if (content.starts_with("6P") && content.size() == kNep2Size) {
    return open_nep2(terminal, content, neo::kNep2Cost);
  }
  return neo::parse_wif(content);
}

}  // namespace nsl::client::cli
