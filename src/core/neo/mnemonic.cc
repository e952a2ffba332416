#include "core/neo/mnemonic.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/crypto/hash.h"
#include "core/crypto/hmac_sha512.h"
#include "core/crypto/slip10.h"
#include "core/neo/mnemonic_words.h"
#include "core/neo/nfkd.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kWordBits = 11;
constexpr std::size_t kEntropyBytesMin = 16;
constexpr std::size_t kEntropyBytesMax = 32;
// 24 words of at most 8 letters and the spaces between them.
constexpr std::size_t kTextBytesMax = 24 * 9;
// The same number of longer words in scripts of several bytes a letter.
constexpr std::size_t kForeignTextBytesMax = 2048;
constexpr std::uint32_t kSeedIterations = 2048;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_mnemonic, std::move(message));
}

bool is_entropy_size(std::size_t size) {
  return size >= kEntropyBytesMin && size <= kEntropyBytesMax && size % 4 == 0;
}

bool bit_at(ByteView bytes, std::size_t index) {
  return (bytes[index / 8] >> (7 - index % 8) & 1U) != 0;
}

// The entropy and the first byte of its hash; BIP-39 takes a bit of it for every 32 of entropy.
SecretBytes with_checksum(ByteView entropy) {
  SecretBytes bits(entropy.size() + 1);
  const std::span<std::uint8_t> bytes = bits.reveal_mutable();
  std::copy(entropy.begin(), entropy.end(), bytes.begin());
  crypto::Digest32 digest = crypto::sha256(entropy);
  bytes.back() = digest.front();
  wipe(digest);
  return bits;
}

Result<std::size_t> index_of(std::string_view word) {
  const auto* found = std::lower_bound(kMnemonicWords.begin(), kMnemonicWords.end(), word);
  if (found == kMnemonicWords.end() || *found != word) {
    return invalid("A word is not in the list");
  }
  return static_cast<std::size_t>(found - kMnemonicWords.begin());
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t space = text.find(' ');
    words.push_back(text.substr(0, space));
    if (space == std::string_view::npos) return words;
    text.remove_prefix(space + 1);
  }
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<SecretBytes> normal_words(std::string_view words) {
  Result<SecretBytes> form = to_nfkd(words, kForeignTextBytesMax);
  if (!form.has_value()) return invalid(form.error().message());
  const std::vector<std::string_view> list = split_words(as_text(form->reveal()));
  const bool has_gap =
      std::any_of(list.begin(), list.end(), [](std::string_view word) { return word.empty(); });
  if (has_gap || list.size() % 3 != 0 || !is_entropy_size(list.size() * 4 / 3)) {
    return invalid("A mnemonic has 12, 15, 18, 21 or 24 words with one space between them");
  }
  return form;
}

}  // namespace

SecretBytes to_mnemonic(ByteView entropy) {
  NSL_ASSERT(is_entropy_size(entropy.size()));
  const SecretBytes bits = with_checksum(entropy);
  const std::size_t count = entropy.size() * 3 / 4;
  SecretBytes text(kTextBytesMax);
  std::size_t size = 0;
  for (std::size_t word = 0; word < count; ++word) {
    std::size_t index = 0;
    for (std::size_t bit = 0; bit < kWordBits; ++bit) {
      index = index * 2 + (bit_at(bits.reveal(), word * kWordBits + bit) ? 1 : 0);
    }
    const std::string_view letters = kMnemonicWords[index];
    if (word > 0) text.reveal_mutable()[size++] = ' ';
    for (const char letter : letters) {
      text.reveal_mutable()[size++] = static_cast<std::uint8_t>(letter);
    }
  }
  text.truncate(size);
  return text;
}

Result<SecretBytes> parse_mnemonic(std::string_view words) {
  if (words.size() > kTextBytesMax) return invalid("The text is too long");
  const std::vector<std::string_view> list = split_words(words);
  const std::size_t entropy_size = list.size() * 4 / 3;
  if (list.size() % 3 != 0 || !is_entropy_size(entropy_size)) {
    return invalid("A mnemonic has 12, 15, 18, 21 or 24 words");
  }
  SecretBytes bits(entropy_size + 1);
  const std::span<std::uint8_t> bytes = bits.reveal_mutable();
  std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
  for (std::size_t word = 0; word < list.size(); ++word) {
    NSL_TRY(const std::size_t index, index_of(list[word]));
    for (std::size_t bit = 0; bit < kWordBits; ++bit) {
      if ((index >> (kWordBits - 1 - bit) & 1U) == 0) continue;
      const std::size_t position = word * kWordBits + bit;
      bytes[position / 8] |= static_cast<std::uint8_t>(0x80U >> position % 8);
    }
  }
  SecretBytes entropy = SecretBytes::copy_of(bits.reveal().first(entropy_size));
  const SecretBytes expected = to_mnemonic(entropy.reveal());
  if (as_text(expected.reveal()) != words) return invalid("The checksum is wrong");
  return entropy;
}

Result<Secret<64>> mnemonic_seed(std::string_view words, std::string_view passphrase) {
  if (is_ascii(words)) {
    NSL_TRY_VOID(parse_mnemonic(words));
  }
  NSL_TRY(const SecretBytes sentence, normal_words(words));
  const auto most = static_cast<std::size_t>(limits::kMnemonicPassphraseBytesMax);
  NSL_TRY(const SecretBytes normal, to_nfkd(passphrase, most));
  constexpr std::string_view kSalt = "mnemonic";
  SecretBytes salt(kSalt.size() + normal.size());
  const std::span<std::uint8_t> bytes = salt.reveal_mutable();
  std::copy(kSalt.begin(), kSalt.end(), bytes.begin());
  const ByteView added = normal.reveal();
  std::copy(added.begin(), added.end(), bytes.begin() + kSalt.size());
  return crypto::pbkdf2_hmac_sha512(sentence.reveal(), salt.reveal(), kSeedIterations);
}

PrivateKey derive_account_key(const Secret<64>& seed, std::uint32_t index) {
  NSL_ASSERT(index < crypto::kSlip10Hardened);
  constexpr std::uint32_t kHard = crypto::kSlip10Hardened;
  const std::array<std::uint32_t, 5> path = {kHard + 44, kHard + 888, kHard, 0, index};
  return std::move(crypto::slip10_derive(seed.reveal(), path).key);
}

}  // namespace nsl::neo
