// Addresses: Base58Check of the version byte and the little-endian account.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/key.h"
#include "core/neo/network.h"

namespace nsl::neo {

// 34 characters starting with N.
std::string to_address(const UInt160& account, std::uint8_t version = kAddressVersion);
std::string to_address(const PublicKey& key, std::uint8_t version = kAddressVersion);

// Code::invalid_address for a bad checksum, length or version.
Result<UInt160> parse_address(std::string_view text, std::uint8_t version = kAddressVersion);
// An address, or a hash as 0x and 40 digits.
Result<UInt160> parse_account(std::string_view text, std::uint8_t version = kAddressVersion);

}  // namespace nsl::neo
