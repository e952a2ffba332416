#include "core/neo/transaction.h"

#include <gtest/gtest.h>

#include "core/codec/base64.h"
#include "core/neo/contract.h"
#include "core/neo/script_builder.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// neon-core 5.10.1: the transfer of script_builder_test.cc as a transaction.
constexpr std::string_view kUnsigned =
    "004e61bc0094390f000000000012c712000000000081160000011298dffc6761a4c559a7dffa46880ba80f19fb4d01"
    "005a0b0280d1f0080c1487ad17a9d8810803cc58825f7181584c828440600c141298dffc6761a4c559a7dffa46880b"
    "a80f19fb4d14c01f0c087472616e736665720c14cf76e28bd0062c4a478ee35561011319f3cfa4d241627d5b52";
constexpr std::string_view kId =
    "0x94d09fa8faf3a9d3a6cf4547b0588f8037fb83e9e22c0459db4859763abc926b";
// SHA-256 of the message that is signed on the public test network.
constexpr std::string_view kTestNetDigest =
    "afb8336ec509be59e0d37bc2389ceb741538a94150f0016ac002328c6bee3779";

// neo-go pkg/core/transaction/helper_test.go, rawInvocationTX: made by the C# node.
constexpr std::string_view kInvocation =
    "ANgkvBnA2KcAAAAAACCqRAAAAAAA6AMAAAHe7nnBifMAmLC6ai65CzqSWKbH/wEAXwsDAEDZ3YhNCgAMFIDOx7b1"
    "tW9QV49zfxYtOrFNRmUNDBTe7nnBifMAmLC6ai65CzqSWKbH/xTAHwwIdHJhbnNmZXIMFM924ovQBixKR47jVWEB"
    "Exnzz6TSQWJ9W1I5AcYMQNafQPvPYQuqk3yCFwz8+18XCjnr8F8Rqx8e5IoQIkxjG9TjuvZm1KKGDn2UbFJnMey/"
    "FPLqezK8nbbJw2Eg10kMQKXrVyD3fs38e6Mqwsy7bAkxLsLnhvMnerbYLOqWW/DdinzT1RKAoOz5b7dAPusj5IWz"
    "Q6EifSCigJRTp//XdaMMQOv1d15PkIZM7wIvQmKDNxNy5yzQYFyoezx9Og7rM+64J9LtaHp3LFIKKNPgDhL7sFR1"
    "bd2w7vzbyR7V+Pyg3GaTEwwhAhA6f33QFlWFl/eWDSfFFqQ5T9loueZRVetLAT5AQEBuDCECp7xV/oaE4BGXaNEE"
    "ujB5W9zIZhnoZK3SYVZyPtGFzWIMIQKzYiv0AXvf4xfFiu1fTHU/IGt9uJYEb6fXdLvEv3+NwgwhA9kMB99j5pDO"
    "d5EuEKtRrMlEtmhgI3tgjE+PgwnnHuaZFEF7zmyl";

Transaction vector_transaction() {
  Transaction transaction;
  transaction.nonce = 12345678;
  transaction.system_fee = GasAmount::parse_datoshi(997780).value();
  transaction.network_fee = GasAmount::parse_datoshi(1230610).value();
  transaction.valid_until_block = BlockIndex(5761);
  const UInt160 sender = account_of(numbered_key(0).public_key());
  transaction.signers = {Signer{sender, WitnessScope::called_by_entry, {}, {}, {}}};
  ScriptBuilder builder;
  builder.call(native_contract_hash("GasToken"), "transfer",
               {to_argument(sender), to_argument(account_of(numbered_key(1).public_key())),
                StackItem::integer(150000000), StackItem()});
  transaction.script = std::move(builder).finish().value();
  return transaction;
}

Transaction signed_transaction(NetworkMagic magic) {
  Transaction transaction = vector_transaction();
  const PrivateKey key = numbered_key(0);
  const Bytes message = signing_message(magic, hash_of(transaction));
  transaction.witnesses = {make_witness(key.public_key(), crypto::p256_sign(key, message))};
  return transaction;
}

TEST(Transaction, EncodesAndHashesAsNeonCoreDoes) {
  const Transaction transaction = vector_transaction();
  EXPECT_EQ(codec::encode_hex(encode_unsigned(transaction)), kUnsigned);
  EXPECT_EQ(hash_of(transaction).to_text(), kId);
  const Bytes message = signing_message(kTestNet, hash_of(transaction));
  EXPECT_EQ(codec::encode_hex(crypto::sha256(message)), kTestNetDigest);
  EXPECT_EQ(parse_unsigned_transaction(from_hex(kUnsigned)).value(), transaction);
}

TEST(Transaction, ReadsWhatItWrites) {
  const Transaction transaction = signed_transaction(kTestNet);
  const Bytes bytes = encode(transaction);
  EXPECT_EQ(bytes.size(), 248U);
  EXPECT_EQ(parse_transaction(bytes).value(), transaction);
  EXPECT_TRUE(check_transaction(transaction).has_value());
}

TEST(Transaction, ReadsTheInvocationOfNeoGoTests) {
  const Bytes bytes = codec::decode_base64(kInvocation).value();
  const Transaction transaction = parse_transaction(bytes).value();
  EXPECT_EQ(hash_of(transaction).to_text(),
            "0x25426643feed564cd3e57f346d6c68692f5622b3063da11c5572d99ee1a5b49a");
  EXPECT_EQ(transaction.nonce, 431760600U);
  EXPECT_EQ(transaction.system_fee.datoshi(), 11000000);
  EXPECT_EQ(transaction.network_fee.datoshi(), 4500000);
  EXPECT_EQ(transaction.valid_until_block, BlockIndex(1000));
  EXPECT_EQ(encode(transaction), bytes);
}

TEST(Transaction, EveryCutAndEveryExtraByteIsRefused) {
  const Bytes bytes = encode(signed_transaction(kTestNet));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_transaction(ByteView(bytes).first(size)).has_value()) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(parse_transaction(longer).error().code(), Code::trailing_bytes);
}

TEST(Transaction, EveryChangedByteIsRefusedOrChangesTheSignedBytes) {
  const Bytes bytes = encode(signed_transaction(kTestNet));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 0x01;
    const Result<Transaction> transaction = parse_transaction(changed);
    if (!transaction.has_value()) continue;
    EXPECT_EQ(encode(*transaction), changed) << i;
    EXPECT_FALSE(verify_witnesses(*transaction, kTestNet).has_value()) << i;
  }
}

TEST(Transaction, VerifiesOnlyOnItsNetwork) {
  const Transaction transaction = signed_transaction(kTestNet);
  EXPECT_TRUE(verify_witnesses(transaction, kTestNet).has_value());
  EXPECT_EQ(verify_witnesses(transaction, kMainNet).error().code(), Code::invalid_signature);
}

TEST(Transaction, RefusesOtherVersions) {
  Bytes bytes = from_hex(kUnsigned);
  bytes[0] = 1;
  EXPECT_EQ(parse_unsigned_transaction(bytes).error().code(), Code::unsupported_version);
}

TEST(Transaction, RefusesNegativeFees) {
  Bytes bytes = from_hex(kUnsigned);
  bytes[12] = 0x80;
  EXPECT_EQ(parse_unsigned_transaction(bytes).error().code(), Code::invalid_transaction);
}

TEST(Transaction, RefusesFeesWhoseSumOverflows) {
  Transaction transaction = vector_transaction();
  transaction.system_fee = GasAmount::parse_datoshi(INT64_MAX).value();
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
}

TEST(Transaction, RefusesRepeatedAndMissingSigners) {
  Transaction transaction = vector_transaction();
  transaction.signers.push_back(transaction.signers[0]);
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
  transaction.signers.clear();
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
}

TEST(Transaction, RefusesMoreThanSixteenSignersAndAttributes) {
  Transaction transaction = vector_transaction();
  for (std::uint8_t i = 0; i < 15; ++i) {
    UInt256::Array hash{};
    hash[0] = i;
    transaction.attributes.emplace_back(Conflicts{UInt256(hash)});
  }
  EXPECT_TRUE(check_unsigned_transaction(transaction).has_value());
  EXPECT_EQ(parse_unsigned_transaction(encode_unsigned(transaction)).value(), transaction);
  transaction.attributes.emplace_back(HighPriority{});
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
  EXPECT_FALSE(parse_unsigned_transaction(encode_unsigned(transaction)).has_value());
}

TEST(Transaction, RefusesEmptyScripts) {
  Transaction transaction = vector_transaction();
  transaction.script.clear();
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
}

TEST(Transaction, RefusesAMissingOrOverlongWitness) {
  Transaction transaction = signed_transaction(kTestNet);
  transaction.witnesses[0].invocation.resize(1025);
  EXPECT_FALSE(check_transaction(transaction).has_value());
  EXPECT_FALSE(parse_transaction(encode(transaction)).has_value());
  transaction.witnesses.clear();
  EXPECT_FALSE(check_transaction(transaction).has_value());
  EXPECT_FALSE(parse_transaction(encode(transaction)).has_value());
}

TEST(Transaction, RefusesMoreThan102400Bytes) {
  Transaction transaction = vector_transaction();
  transaction.script.assign(65535, 0x21);
  transaction.attributes = {OracleResponse{1, OracleCode::success, Bytes(40000)}};
  transaction.witnesses.resize(1);
  EXPECT_TRUE(check_unsigned_transaction(transaction).has_value());
  EXPECT_FALSE(check_transaction(transaction).has_value());
  EXPECT_FALSE(parse_transaction(encode(transaction)).has_value());
}

TEST(Attribute, EveryKindRoundTrips) {
  // neo-go pkg/core/transaction/attribute_test.go holds the same cases.
  const Attribute attributes[] = {HighPriority{},
                                  OracleResponse{7, OracleCode::success, {1, 2, 3}},
                                  OracleResponse{8, OracleCode::consensus_unreachable, {}},
                                  NotValidBefore{BlockIndex(123)},
                                  Conflicts{UInt256::parse(kId).value()},
                                  NotaryAssisted{3}};
  for (const Attribute& attribute : attributes) {
    codec::ByteWriter writer;
    write_attribute(writer, attribute);
    codec::ByteReader reader(writer.bytes());
    EXPECT_EQ(read_attribute(reader).value(), attribute)
        << attribute_name(attribute_type(attribute));
    EXPECT_EQ(reader.remaining(), 0U);
  }
}

TEST(Attribute, NamesAreThoseOfNodes) {
  EXPECT_EQ(attribute_name(AttributeType::high_priority), "HighPriority");
  EXPECT_EQ(attribute_name(AttributeType::oracle_response), "OracleResponse");
  EXPECT_EQ(attribute_name(AttributeType::not_valid_before), "NotValidBefore");
  EXPECT_EQ(attribute_name(AttributeType::conflicts), "Conflicts");
  EXPECT_EQ(attribute_name(AttributeType::notary_assisted), "NotaryAssisted");
}

TEST(Attribute, BoundsTheOracleResult) {
  EXPECT_TRUE(check_attribute(OracleResponse{1, OracleCode::success, Bytes(65535)}).has_value());
  EXPECT_FALSE(check_attribute(OracleResponse{1, OracleCode::success, Bytes(65536)}).has_value());
}

TEST(Attribute, RefusesUnknownKindsAndImpossibleOracleResponses) {
  for (const std::string_view hex :
       {"00", "30", "110000000000000000", "11000000000000000002", "1100000000000000001001aa"}) {
    const Bytes bytes = from_hex(hex);
    codec::ByteReader reader(bytes);
    EXPECT_FALSE(read_attribute(reader).has_value()) << hex;
  }
}

TEST(Attribute, OnlyConflictsMayRepeatAndOnlyWithOtherHashes) {
  Transaction transaction = vector_transaction();
  transaction.attributes = {HighPriority{}, HighPriority{}};
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
  transaction.attributes = {NotaryAssisted{1}, NotaryAssisted{2}};
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
  transaction.attributes = {Conflicts{}, Conflicts{}};
  EXPECT_FALSE(check_unsigned_transaction(transaction).has_value());
  transaction.attributes = {Conflicts{}, Conflicts{UInt256::parse(kId).value()}};
  EXPECT_TRUE(check_unsigned_transaction(transaction).has_value());
}

}  // namespace
}  // namespace nsl::neo
