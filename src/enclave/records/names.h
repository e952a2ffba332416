// Rules every named resource shares: what a name may be, how an entity tag is made, and how a list
// is cut into pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::enclave::records {

// [a-z0-9][a-z0-9-]{0,62} (design: names are unique per account and accepted wherever an id is).
Result<void> check_name(std::string_view name, std::string_view field);
// v3; the quotes of an ETag header are the gateway's.
std::string to_etag(std::uint64_t version);
// The id of a record that is found by several things together: a hash, so that it is short however
// long they are. Lists do not show what they were.
std::string hashed_id(std::string_view parts);
// Fails with precondition_failed when `if_match` is given and is not the present tag.
Result<void> check_if_match(std::string_view if_match, std::uint64_t present_version);

// Cuts `items` (any order) into one page sorted by `key_of` and returns the cursor of the next one.
// A cursor is the key of the last item of the page before; it is no secret and nothing but a place.
template <class Item, class KeyOf>
std::string cut_page(std::vector<Item>& items, std::size_t limit, std::string_view cursor,
                     KeyOf key_of) {
  std::sort(items.begin(), items.end(),
            [&key_of](const Item& a, const Item& b) { return key_of(a) < key_of(b); });
  const auto first = std::find_if(items.begin(), items.end(), [&](const Item& item) {
    return cursor.empty() || key_of(item) > cursor;
  });
  items.erase(items.begin(), first);
  if (items.size() <= limit) return {};
  items.resize(limit);
  return std::string(key_of(items.back()));
}

// 0: the default; above the maximum: the maximum.
std::size_t page_size(std::uint32_t asked);

}  // namespace nsl::enclave::records
