#include "core/neo/witness_scope.h"

#include <algorithm>

namespace nsl::neo {
namespace {

template <class Item>
bool contains(const std::vector<Item>& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

bool is_allowed(const Signer& signer, const WitnessContext& context) {
  if (signer.scopes == WitnessScope::global) return true;
  if (has_scope(signer.scopes, WitnessScope::called_by_entry) && context.is_called_by_entry) {
    return true;
  }
  if (has_scope(signer.scopes, WitnessScope::custom_contracts) &&
      contains(signer.allowed_contracts, context.current)) {
    return true;
  }
  if (has_scope(signer.scopes, WitnessScope::custom_groups) &&
      std::any_of(
          signer.allowed_groups.begin(), signer.allowed_groups.end(),
          [&context](const PublicKey& key) { return contains(context.current_groups, key); })) {
    return true;
  }
  for (const WitnessRule& rule : signer.rules) {
    if (condition_holds(rule.condition, context)) return rule.action == WitnessAction::allow;
  }
  return false;
}

}  // namespace

bool condition_holds(const WitnessCondition& condition, const WitnessContext& context) {
  const auto holds = [&context](const WitnessCondition& each) {
    return condition_holds(each, context);
  };
  const auto& expressions = condition.expressions;
  switch (condition.type) {
    case WitnessConditionType::boolean:
      return condition.value;
    case WitnessConditionType::negation:
      return !std::all_of(expressions.begin(), expressions.end(), holds);
    case WitnessConditionType::conjunction:
      return std::all_of(expressions.begin(), expressions.end(), holds);
    case WitnessConditionType::disjunction:
      return std::any_of(expressions.begin(), expressions.end(), holds);
    case WitnessConditionType::script_hash:
      return condition.hash == context.current;
    case WitnessConditionType::group:
      return condition.key.has_value() && contains(context.current_groups, *condition.key);
    case WitnessConditionType::called_by_entry:
      return context.is_called_by_entry;
    case WitnessConditionType::called_by_contract:
      return context.calling == condition.hash;
    case WitnessConditionType::called_by_group:
      return condition.key.has_value() && contains(context.calling_groups, *condition.key);
  }
  return false;
}

bool witness_counts(std::span<const Signer> signers, const UInt160& account,
                    const WitnessContext& context) {
  if (context.calling == account) return true;
  const auto signer = std::find_if(signers.begin(), signers.end(), [&account](const Signer& each) {
    return each.account == account;
  });
  return signer != signers.end() && is_allowed(*signer, context);
}

}  // namespace nsl::neo
