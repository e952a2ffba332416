#include <array>
#include <utility>

#include "runner/sandbox/cage.h"

namespace nsl::runner::sandbox {

std::vector<std::string> layer_names(Layers layers) {
  static constexpr std::array<std::pair<Layers, std::string_view>, 11> kNames{{
      {kLayerProcess, "process"},
      {kLayerDescriptors, "descriptors"},
      {kLayerResourceLimits, "rlimits"},
      {kLayerSeccomp, "seccomp"},
      {kLayerNoNewPrivileges, "no_new_privs"},
      {kLayerNotDumpable, "not_dumpable"},
      {kLayerUser, "user"},
      {kLayerNamespaces, "namespaces"},
      {kLayerLandlock, "landlock"},
      {kLayerNoExecutableMemory, "no_executable_memory"},
      {kLayerEngineSandbox, "engine_sandbox"},
  }};
  std::vector<std::string> names;
  for (const auto& [layer, name] : kNames) {
    if ((layers & layer) != 0) names.emplace_back(name);
  }
  return names;
}

}  // namespace nsl::runner::sandbox
