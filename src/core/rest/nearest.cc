#include "core/rest/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace nsl::rest {
namespace {

// LIMIT: longer names are never near a declared one; the work grows with the product of lengths.
constexpr std::size_t kNameBytesMax = 64;

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t substituted = diagonal + (left[i - 1] == right[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view find_nearest(std::string_view name, const std::vector<std::string_view>& known) {
  if (name.size() > kNameBytesMax) return {};
  std::size_t best = std::min<std::size_t>(3, name.size() / 3 + 2);
  std::string_view nearest;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace nsl::rest
