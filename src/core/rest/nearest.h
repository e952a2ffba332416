// The known name a mistyped one most likely means.
#pragma once

#include <string_view>
#include <vector>

namespace nsl::rest {

// The element of `known` with the smallest edit distance (Levenshtein 1966) to `name`; empty when
// none is within two edits, or within a third of the name's length for short names. The result
// points into `known`.
std::string_view find_nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace nsl::rest
