// The host's end of the one connection to the enclave. It connects, and connects again with a
// bounded backoff; numbers requests and matches answers; fails what is over its deadline and tells
// the enclave so (CANCEL); and lets the enclave call the host's services (OutcallDispatcher).
//
// One thread of its own runs everything that touches the socket; frames that become ready in one
// turn of it leave in one write. While no enclave is connected a request fails at once with
// Code::unavailable; when the connection breaks, requests under way fail with connection_lost.
#pragma once

#include <memory>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/wire/endpoint.h"
#include "host/link/enclave_link.h"
#include "host/link/outcall_dispatcher.h"

namespace nsl::host::link {

struct LinkStatistics {
  std::uint64_t connections = 0;
  std::uint64_t requests = 0;
  std::uint64_t overloaded = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t outcalls = 0;
  std::uint64_t ignored_frames = 0;  // Late answers, unknown ids, kinds an enclave never sends.
};

// How long the host waits before it connects again after this many failures in a row: twice as long
// each time, from limits::kLinkReconnectMsMin to limits::kLinkReconnectMsMax.
std::int64_t reconnect_delay_ms(std::uint32_t failures);

class Link final : public EnclaveLink {
 public:
  struct Options {
    wire::Endpoint endpoint;
    std::size_t requests_in_flight_max = limits::kRequestsInFlightMax;
    std::size_t outcalls_in_flight_max = limits::kOutcallsInFlightMax;
  };

  // The services outlive the link.
  Link(Options options, const std::vector<OutcallService>& services, const Clock& clock);
  // Waits for the outcalls still running; requests under way fail with Code::unavailable.
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Fails the requests under way with Code::unavailable, and every later one; for good.
  void close();

  void request(internal::v1::Frame frame, std::int64_t deadline_ms, Done done) override;
  bool is_connected() const override;
  LinkStatistics statistics() const;

 private:
  class Loop;
  // The loop is destroyed after the dispatcher, whose last answers go through it.
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<OutcallDispatcher> dispatcher_;
};

}  // namespace nsl::host::link
