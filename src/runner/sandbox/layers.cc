#include <algorithm>
#include <array>
#include <utility>

#include "runner/sandbox/cage.h"

namespace nsl::runner::sandbox {
namespace {

constexpr std::array<std::pair<Layer, std::string_view>, 17> kNames{{
    {kLayerProcess, "process"},
    {kLayerDescriptors, "descriptors"},
    {kLayerResourceLimits, "rlimits"},
    {kLayerSeccomp, "seccomp"},
    {kLayerNoNewPrivileges, "no_new_privs"},
    {kLayerNotDumpable, "not_dumpable"},
    {kLayerUser, "user"},
    {kLayerCapabilities, "no_capabilities"},
    {kLayerUserNamespace, "user_namespace"},
    {kLayerPidNamespace, "pid_namespace"},
    {kLayerNetworkNamespace, "network_namespace"},
    {kLayerIpcNamespace, "ipc_namespace"},
    {kLayerHostName, "uts_namespace"},
    {kLayerEmptyRoot, "empty_root"},
    {kLayerLandlock, "landlock"},
    {kLayerNoExecutableMemory, "no_executable_memory"},
    {kLayerEngineSandbox, "engine_sandbox"},
}};

}  // namespace

std::vector<std::string> layer_names(Layers layers) {
  std::vector<std::string> names;
  for (const auto& [layer, name] : kNames) {
    if ((layers & layer) != 0) names.emplace_back(name);
  }
  return names;
}

std::optional<Layer> find_layer(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, &std::pair<Layer, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

}  // namespace nsl::runner::sandbox
