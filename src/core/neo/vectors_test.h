// Helpers and published keys shared by the tests of this folder.
//
// The first three keys are neo-go's internal/keytestcases; all rows were checked against
// neon-core 5.10.1. The keys are public: they must never hold anything of value.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/codec/hex.h"
#include "core/neo/key.h"

namespace nsl::neo {

inline Bytes from_hex(std::string_view text) {
  Result<Bytes> bytes = codec::decode_hex(text);
  EXPECT_TRUE(bytes.has_value()) << text;
  return bytes.value_or(Bytes{});
}

inline PrivateKey private_key_of(std::string_view hex) {
  const Bytes bytes = from_hex(hex);
  return PrivateKey::from_secret(Secret<32>::copy_of(ByteView(bytes).first<32>())).value();
}

// The key that is SHA-256 of "neo-service-layer test key N".
inline PrivateKey numbered_key(int number) {
  const auto digest =
      crypto::sha256(as_bytes("neo-service-layer test key " + std::to_string(number)));
  return PrivateKey::from_secret(Secret<32>::copy_of(digest)).value();
}

struct KeyVector {
  std::string_view private_key;
  std::string_view public_key;
  std::string_view address;
  std::string_view wif;
  std::string_view nep2;
  std::string_view passphrase;
};

inline constexpr KeyVector kKeyVectors[] = {
    {"7d128a6d096f0c14c3a25a2b0c41cf79661bfcb4a8cc95aaaea28bde4d732344",
     "02028a99826edc0c97d18e22b6932373d908d323aa7f92656a77ec26e8861699ef",
     "NPTmAHDxo6Pkyic8Nvu3kwyXoYJCvcCB6i", "L1QqQJnpBwbsPGAuutuzPTac8piqvbR1HRjrY5qHup48TBCBFe4g",
     "6PYUUUFei9PBBfVkSn8q7hFCnewWFRBKPxcn6Kz6Bmk3FqWyLyuTQE2XFH", "city of zion"},
    {"9ab7e154840daca3a2efadaf0df93cd3a5b51768c632f5433f86909d9b994a69",
     "031d8e1630ce640966967bc6d95223d21f44304133003140c3b52004dc981349c9",
     "NMBfzaEq2c5zodiNbLPoohVENARMbJim1r", "L2QTooFoDFyRFTxmtiVHt5CfsXfVnexdbENGDkkrrgTTryiLsPMG",
     "6PYUmBuLbdXdnybyNeafUJUrVhoBRZpjHACdY9K2VCNzD5tuX5tXgr9fur", "我的密码"},
    {"3edee7036b8fd9cef91de47386b191dd76db2888a553e7736bb02808932a915b",
     "02232ce8d2e2063dce0451131851d47421bfc4fc1da4db116fca5302c0756462fa",
     "NfVdwyaJbijrWkRagrvs4eSRQUpP7WpukT", "KyKvWLZsNwBJx5j9nurHYRwhYfdQUu9tTEDsLCUHDbYBL8cHxMiG",
     "6PYLQ9oCoEWCfuuHkq6xH4tYbi4Pyv9HYUU8WGkFVXtoczwTbitMjypkma", "MyL33tP@33w0rd"},
    {"0000000000000000000000000000000000000000000000000000000000000001",
     "036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
     "NVHt5YtAnadMwntAVAJLUy36M2nLYKHUeK", "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn",
     "6PYQY227iTxWENjjNrAvgsn8FxcYyfuZkpuHUEL5cKNDz2c72Z9U6TA7H7", ""},
    {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
     "026b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
     "NWaG7DKQDJpNQJcCpHXTnzL1ivzjMC5kkC", "L5oLkpTjY46rqSKhcp5HVyDZ21S5uy3BQxhUxuyTwGY4A3eobKrc",
     "6PYScSN6f8R7SYo5feiWGsq7T68V1hW4R1yxt1vikJukAZRkDRzvztF5b7", "one"},
    {"00000000543306de61267b00a0d8757f3fefe54691134d0f44de50e169a39137",
     "03ff39035650371f858bf8e51ba9d8280277512fd09315799dcb5eab66cdc24c5c",
     "NVWij4kjkZ8DS3NzwZTieAt4owQrNR8C78", "KwDiBf8aRQ4bj15E6UCUM2xhtgVqzHCVwLpAubMSw5ccYsFVREDF",
     "6PYPd3jWJWrUrY6s2kZeySeYMAyFeS8qHqqpjj5pdezqyQLVDYQ41rxMo5", "TestingOneTwoThree"},
    {"2f9b70a2f4652c0233945be2be353337ec89764a73e7db01bb15f7aa0fb6d386",
     "031ff92690d8107533ff54ac3291ae90c96cc7770860cc97fbde83f2bfd1ee5a59",
     "NMcJV9SQcDUNFHoaQ69jEnFg33RQUWdF5k", "KxpFdTMrssrpLxFiMQZAdNRGeVzvKKAaL6duVoFVTA9MyVBHTixc",
     "6PYUf84AZqLXzTyc9fPiBiudYZi2w6H5sQr3jP4i1JeW5g15kdW14rw7X5", "café Å"},
};

}  // namespace nsl::neo
