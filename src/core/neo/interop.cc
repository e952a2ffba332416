#include "core/neo/interop.h"

#include <algorithm>

#include "core/crypto/hash.h"

namespace nsl::neo {
namespace {

// neo-go v0.122.0 pkg/core/interops.go; the same as neo-project/neo ApplicationEngine.
constexpr std::array<InteropInfo, 41> kInterops = {{{"System.Contract.Call", 32768},
                                                    {"System.Contract.CallNative", 0},
                                                    {"System.Contract.CreateMultisigAccount", 0},
                                                    {"System.Contract.CreateStandardAccount", 0},
                                                    {"System.Contract.GetCallFlags", 1024},
                                                    {"System.Contract.NativeOnPersist", 0},
                                                    {"System.Contract.NativePostPersist", 0},
                                                    {"System.Crypto.CheckMultisig", 0},
                                                    {"System.Crypto.CheckSig", 32768},
                                                    {"System.Iterator.Next", 32768},
                                                    {"System.Iterator.Value", 16},
                                                    {"System.Runtime.BurnGas", 16},
                                                    {"System.Runtime.CheckWitness", 1024},
                                                    {"System.Runtime.CurrentSigners", 16},
                                                    {"System.Runtime.GasLeft", 16},
                                                    {"System.Runtime.GetAddressVersion", 8},
                                                    {"System.Runtime.GetCallingScriptHash", 16},
                                                    {"System.Runtime.GetEntryScriptHash", 16},
                                                    {"System.Runtime.GetExecutingScriptHash", 16},
                                                    {"System.Runtime.GetInvocationCounter", 16},
                                                    {"System.Runtime.GetNetwork", 8},
                                                    {"System.Runtime.GetNotifications", 4096},
                                                    {"System.Runtime.GetRandom", 0},
                                                    {"System.Runtime.GetScriptContainer", 8},
                                                    {"System.Runtime.GetTime", 8},
                                                    {"System.Runtime.GetTrigger", 8},
                                                    {"System.Runtime.LoadScript", 32768},
                                                    {"System.Runtime.Log", 32768},
                                                    {"System.Runtime.Notify", 32768},
                                                    {"System.Runtime.Platform", 8},
                                                    {"System.Storage.AsReadOnly", 16},
                                                    {"System.Storage.Delete", 32768},
                                                    {"System.Storage.Find", 32768},
                                                    {"System.Storage.Get", 32768},
                                                    {"System.Storage.GetContext", 16},
                                                    {"System.Storage.GetReadOnlyContext", 16},
                                                    {"System.Storage.Local.Delete", 32768},
                                                    {"System.Storage.Local.Find", 32768},
                                                    {"System.Storage.Local.Get", 32768},
                                                    {"System.Storage.Local.Put", 32768},
                                                    {"System.Storage.Put", 32768}}};

struct NumberedInterop {
  InteropId id;
  InteropInfo info;
};

std::array<NumberedInterop, kInterops.size()> number_interops() {
  std::array<NumberedInterop, kInterops.size()> rows{};
  std::transform(kInterops.begin(), kInterops.end(), rows.begin(), [](const InteropInfo& info) {
    return NumberedInterop{interop_id(info.name), info};
  });
  return rows;
}

}  // namespace

InteropId interop_id(std::string_view name) {
  const crypto::Digest32 digest = crypto::sha256(as_bytes(name));
  InteropId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

std::span<const InteropInfo> all_interops() { return kInterops; }

std::optional<InteropInfo> find_interop(std::string_view name) {
  const auto* row = std::find_if(kInterops.begin(), kInterops.end(),
                                 [name](const InteropInfo& each) { return each.name == name; });
  if (row == kInterops.end()) return std::nullopt;
  return *row;
}

std::optional<InteropInfo> find_interop(ByteView id) {
  static const auto kNumbered = number_interops();
  for (const NumberedInterop& row : kNumbered) {
    if (equal(row.id, id)) return row.info;
  }
  return std::nullopt;
}

}  // namespace nsl::neo
