// One resource limit, soft and hard alike.
#pragma once

#include <sys/resource.h>

namespace nsl::runner::sandbox {

inline bool set_limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  return ::setrlimit(resource, &limit) == 0;
}

}  // namespace nsl::runner::sandbox
