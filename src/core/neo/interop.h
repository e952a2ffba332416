// System calls. Their number in a script is the first four bytes of SHA-256 of the name; it is
// computed, so that a name is written down once and no number can be wrong.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace nsl::neo {

inline constexpr std::string_view kSystemContractCall = "System.Contract.Call";
inline constexpr std::string_view kSystemCryptoCheckSig = "System.Crypto.CheckSig";
inline constexpr std::string_view kSystemCryptoCheckMultisig = "System.Crypto.CheckMultisig";
inline constexpr std::string_view kSystemIteratorNext = "System.Iterator.Next";
inline constexpr std::string_view kSystemIteratorValue = "System.Iterator.Value";

using InteropId = std::array<std::uint8_t, 4>;

InteropId interop_id(std::string_view name);

}  // namespace nsl::neo
