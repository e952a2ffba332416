#include "host/gateway/gateway.h"

#include <utility>

#include "core/rest/openapi.h"
#include "core/rest/route_table.h"
#include "host/gateway/api_handler.h"
#include "nsl/v1/all_files.h"

namespace nsl::host::gateway {

class Gateway::Impl {
 public:
  Impl(GatewayOptions options, ApiHandler::Parts parts)
      : options_(std::move(options)), parts_(parts) {}

  Result<std::uint16_t> start() {
    NSL_TRY(rest::RouteTable routes, rest::RouteTable::make(v1::all_files()));
    handler_ = std::make_unique<ApiHandler>(options_, std::move(routes), parts_);
    server_ = std::make_unique<HttpServer>(options_.http, *handler_, parts_.clock);
    parts_.metrics.watch("nsl_gateway_link_up", "Whether the link to the enclave is connected",
                         [&link = parts_.link] { return link.is_connected() ? 1 : 0; });
    return server_->start(options_.port, options_.thread_count);
  }

  void drain_and_stop() {
    if (server_ == nullptr) return;
    handler_->set_draining();
    server_->drain_and_stop();
  }

 private:
  const GatewayOptions options_;
  const ApiHandler::Parts parts_;
  std::unique_ptr<ApiHandler> handler_;
  std::unique_ptr<HttpServer> server_;
};

Gateway::Gateway(GatewayOptions options, link::EnclaveLink& link, telemetry::Metrics& metrics,
                 const Clock& clock, Random& random)
    : impl_(std::make_unique<Impl>(
          std::move(options),
          ApiHandler::Parts{.link = link, .metrics = metrics, .clock = clock, .random = random})) {}
Gateway::~Gateway() { drain_and_stop(); }

Result<std::uint16_t> Gateway::start() { return impl_->start(); }
void Gateway::drain_and_stop() { impl_->drain_and_stop(); }

Result<std::string> print_openapi(std::string_view version) {
  NSL_TRY(const rest::RouteTable routes, rest::RouteTable::make(v1::all_files()));
  return rest::print_openapi(routes, version);
}

}  // namespace nsl::host::gateway
