// System calls: their names, prices, and the number a script calls them by, the first four bytes of
// SHA-256 of the name. The number is computed, so that a name is written down once and no number
// can be wrong.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/bytes.h"

namespace nsl::neo {

inline constexpr std::string_view kSystemContractCall = "System.Contract.Call";
inline constexpr std::string_view kSystemCryptoCheckSig = "System.Crypto.CheckSig";
inline constexpr std::string_view kSystemCryptoCheckMultisig = "System.Crypto.CheckMultisig";
inline constexpr std::string_view kSystemIteratorNext = "System.Iterator.Next";
inline constexpr std::string_view kSystemIteratorValue = "System.Iterator.Value";

using InteropId = std::array<std::uint8_t, 4>;

InteropId interop_id(std::string_view name);

struct InteropInfo {
  std::string_view name;
  // Execution units; the fee is this times the network's execution fee factor. What a call costs
  // beyond that depends on its arguments (a signature each, the bytes stored).
  std::uint32_t price;
};

// Every system call, by name. Valid for the life of the program.
std::span<const InteropInfo> all_interops();
// Nothing for an unknown name or number.
std::optional<InteropInfo> find_interop(std::string_view name);
std::optional<InteropInfo> find_interop(ByteView id);

}  // namespace nsl::neo
