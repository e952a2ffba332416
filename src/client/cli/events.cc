// Subscriptions to chain events, and the webhooks they go to.
#include <algorithm>
#include <iterator>

#include "client/cli/commands.h"
#include "client/cli/operation.h"
#include "nsl/v1/event.service.h"
#include "nsl/v1/webhook.service.h"

namespace nsl::client::cli {
namespace {

using Events = v1::EventServiceStub;
using Webhooks = v1::WebhookServiceStub;

std::vector<Command> event_rows() {
  return {
      operation(&Events::put_subscription,
                {.words = "subscription set",
                 .positional = {"name"},
                 .example = "nsl subscription set transfers --contract 0x... --event Transfer "
                            "--filter 'args[2] > 100000000' --webhook books"}),
      operation(&Events::list_subscriptions,
                {.words = "subscription list",
                 .columns = {"name", "contract", "event", "filter", "webhook", "function"}}),
      operation(&Events::get_subscription, {.words = "subscription show", .positional = {"name"}}),
      operation(&Events::delete_subscription,
                {.words = "subscription delete", .positional = {"name"}}),
      operation(&Events::list, {.words = "event list",
                                .columns = {"subscription", "block", "transaction", "index",
                                            "event", "arguments", "error"},
                                .example = "nsl event list --subscription transfers "
                                           "--filter 'args[2] > 100000000'"}),
  };
}

// A person is told that the secret is shown once.
Result<ExitCode> finish_webhook(Context& context, const Arguments& /*arguments*/,
                                const v1::Webhook& webhook) {
  context.printer.answer(webhook, {});
  if (!webhook.secret().empty()) {
    context.printer.say(
        "Keep the secret: it is not shown again. nsl webhook rotate makes a new one");
  }
  return ExitCode::success;
}

std::vector<Command> webhook_rows() {
  return {
      operation(&Webhooks::put,
                {.words = "webhook set",
                 .positional = {"name"},
                 .example = "nsl webhook set books --url https://books.example/in --ordered"},
                {}, finish_webhook),
      operation(&Webhooks::list, {.words = "webhook list",
                                  .columns = {"name", "url", "ordered", "disabled", "pending"}}),
      operation(&Webhooks::get, {.words = "webhook show", .positional = {"name"}}),
      operation(&Webhooks::rotate, {.words = "webhook rotate", .positional = {"name"}}, {},
                finish_webhook),
      operation(&Webhooks::remove, {.words = "webhook delete", .positional = {"name"}}),
      operation(&Webhooks::list_deliveries,
                {.words = "webhook deliveries",
                 .positional = {"name"},
                 .columns = {"id", "state", "attempts", "status", "last_error", "created_at"},
                 .example = "nsl webhook deliveries books --state DEAD"}),
      operation(&Webhooks::replay, {.words = "webhook replay", .positional = {"name", "delivery"}}),
  };
}

}  // namespace

std::vector<Command> event_commands() {
  std::vector<Command> all = event_rows();
  std::ranges::move(webhook_rows(), std::back_inserter(all));
  return all;
}

}  // namespace nsl::client::cli
