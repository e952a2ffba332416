#include "host/gateway/system_pages.h"

#include <utility>

#include "core/rest/json_writer.h"

namespace nsl::host::gateway {
namespace {

HttpReply page(std::string_view type, std::shared_ptr<const std::string> body) {
  HttpReply reply;
  reply.content_type = type;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

SystemPages::SystemPages(std::string openapi, const link::EnclaveLink& link, Checks checks,
                         const telemetry::Metrics& metrics)
    : openapi_(make_body(std::move(openapi))),
      link_(link),
      checks_(std::move(checks)),
      metrics_(metrics) {}

std::optional<HttpReply> SystemPages::answer(std::string_view path) const {
  if (path == "/livez") {
    return page("application/json", make_body(R"({"live":true})"));
  }
  if (path == "/readyz") return readiness();
  if (path == "/metrics") {
    return page("text/plain; version=0.0.4; charset=utf-8", make_body(metrics_.print()));
  }
  if (path == "/openapi.json") {
    return page("application/json", openapi_);
  }
  return std::nullopt;
}

HttpReply SystemPages::readiness() const {
  const bool enclave = link_.is_connected();
  const bool store = !checks_.is_store_healthy || checks_.is_store_healthy();
  std::string_view chain = "ok";
  bool is_chain_usable = true;
  if (checks_.chain_trouble) {
    if (const std::optional<Code> trouble = checks_.chain_trouble()) {
      chain = code_text(*trouble);
      // Nodes that are away come back by themselves; another chain needs the operator.
      is_chain_usable = code_is_retryable(*trouble);
    }
  }
  const bool is_ready = enclave && store && is_chain_usable && !is_draining_;
  rest::JsonWriter out;
  out.begin_object().key("ready").flag(is_ready).key("enclave").flag(enclave);
  out.key("store").flag(store);
  out.member("chain", chain);
  out.key("draining").flag(is_draining_).end_object();
  HttpReply reply = page("application/json", make_body(out.text()));
  reply.status = is_ready ? 200 : 503;
  if (!is_ready) reply.add_header("Retry-After", "1");
  return reply;
}

}  // namespace nsl::host::gateway
