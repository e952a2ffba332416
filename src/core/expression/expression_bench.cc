// What a filter costs: once when it is set, and for every event it looks at.
#include <benchmark/benchmark.h>

#include "core/expression/evaluate.h"
#include "core/expression/stack_item_value.h"

namespace nsl::expression {
namespace {

constexpr std::string_view kFilter =
    "event == 'Transfer' && args[0] != null && args[2] >= 100000000 && "
    "args[1] == b'\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\x09\\x0a\\x0b\\x0c\\x0d\\x0e\\x0f\\x10"
    "\\x11\\x12\\x13\\x14'";

neo::StackItem transfer() {
  Bytes account(20);
  for (std::size_t i = 0; i < account.size(); ++i) account[i] = static_cast<std::uint8_t>(i + 1);
  return neo::StackItem::array({neo::StackItem::byte_string(account),
                                neo::StackItem::byte_string(account),
                                neo::StackItem::integer(150000000)});
}

void parse_filter(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_expression(kFilter));
}

void convert_arguments(benchmark::State& state) {
  const neo::StackItem item = transfer();
  for (auto _ : state) benchmark::DoNotOptimize(value_of(item));
}

void evaluate_filter(benchmark::State& state) {
  const Expression expression = parse_expression(kFilter).value();
  const Variables variables = {{"event", Value::text("Transfer")},
                               {"args", value_of(transfer()).value()}};
  for (auto _ : state) {
    Budget budget;
    benchmark::DoNotOptimize(evaluate_condition(expression, variables, budget));
  }
}

// The most one evaluation may take before it is ended.
void spend_a_whole_budget(benchmark::State& state) {
  const Expression expression =
      parse_expression("l.all(a, l.all(b, l.all(c, a * b + c < 0 || true)))").value();
  Value::List items(100, Value::integer(7));
  const Variables variables = {{"l", Value::list(std::move(items))}};
  for (auto _ : state) {
    Budget budget;
    benchmark::DoNotOptimize(evaluate_condition(expression, variables, budget));
  }
}

BENCHMARK(parse_filter);
BENCHMARK(convert_arguments);
BENCHMARK(evaluate_filter);
BENCHMARK(spend_a_whole_budget);

}  // namespace
}  // namespace nsl::expression

BENCHMARK_MAIN();
