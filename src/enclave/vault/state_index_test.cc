#include "enclave/vault/state_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/base/random.h"

namespace nsl::enclave::vault {
namespace {

HiddenName name_of(SeededRandom& random) { return random.bytes<32>(); }

IndexEntry entry_of(SeededRandom& random) { return {.version = 1, .digest = random.bytes<32>()}; }

TEST(StateIndex, RootDependsOnContentsAndNotOnHistory) {
  SeededRandom random(1);
  std::map<HiddenName, IndexEntry> model;
  StateIndex changed;
  for (int step = 0; step < 3000; ++step) {
    const bool is_removal = !model.empty() && random.bytes<1>()[0] % 3 == 0;
    if (is_removal) {
      const HiddenName name = model.begin()->first;
      model.erase(name);
      changed.erase(name);
    } else {
      const HiddenName name = name_of(random);
      model[name] = entry_of(random);
      changed.put(name, model[name]);
    }
    if (step % 500 == 0) static_cast<void>(changed.root());
  }
  StateIndex fresh;
  for (auto entry = model.rbegin(); entry != model.rend(); ++entry) {
    fresh.put(entry->first, entry->second);
  }
  EXPECT_EQ(changed.root(), fresh.root());
  EXPECT_EQ(changed.size(), model.size());
}

TEST(StateIndex, RootChangesWithEveryVersionDigestNameAndRemoval) {
  SeededRandom random(2);
  const HiddenName name = name_of(random);
  const IndexEntry entry = entry_of(random);
  StateIndex index;
  const auto empty = index.root();
  index.put(name, entry);
  const auto one = index.root();
  EXPECT_NE(one, empty);
  index.put(name, {.version = 2, .digest = entry.digest});
  EXPECT_NE(index.root(), one);
  index.put(name, {.version = 1, .digest = random.bytes<32>()});
  EXPECT_NE(index.root(), one);
  index.put(name, entry);
  EXPECT_EQ(index.root(), one);
  index.erase(name);
  EXPECT_EQ(index.root(), empty);
  index.put(name_of(random), entry);
  EXPECT_NE(index.root(), one);
}

TEST(StateIndex, ListsExactlyThePrefix) {
  SeededRandom random(3);
  const HiddenName prefix = name_of(random);
  StateIndex index;
  for (int i = 0; i < 20; ++i) {
    HiddenName name = name_of(random);
    if (i % 2 == 0) std::copy_n(prefix.begin(), kNamePrefixBytes, name.begin());
    index.put(name, entry_of(random));
  }
  EXPECT_EQ(index.list(prefix).size(), 10U);
  EXPECT_TRUE(index.list(name_of(random)).empty());
}

TEST(StateIndex, StaysWholeWhenItIsMoved) {
  SeededRandom random(4);
  StateIndex index;
  const HiddenName name = name_of(random);
  index.put(name, entry_of(random));
  index.put(name_of(random), entry_of(random));
  const auto root = index.root();
  StateIndex moved = std::move(index);
  EXPECT_EQ(moved.root(), root);
  moved.erase(name);
  EXPECT_NE(moved.root(), root);
}

}  // namespace
}  // namespace nsl::enclave::vault
