// Processes: those made ahead of their run, and the templates.
#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "runner/supervisor/state.h"

namespace nsl::runner::supervisor {
namespace {

// Templates that have a process waiting; the one of the zygote comes beside.
constexpr std::size_t kTemplateSparesMax = 4;
// Codes that are remembered for having run once.
constexpr std::size_t kUsesMax = 4096;

bool is_of(const LiveRun& run, const ZygoteLink& link) { return run.zygote == &link; }

}  // namespace

Result<std::unique_ptr<LiveRun>> Supervisor::make_process(ZygoteLink& zygote,
                                                          const v1::RunLimits& limits,
                                                          zygote::ForkRequest::Kind kind) {
  NSL_TRY(auto pair, posix::make_stream_pair());
  auto run = std::make_unique<LiveRun>();
  run->slot = next_slot_++;
  run->zygote = &zygote;
  NSL_TRY(const bool is_asked, zygote.fork_process({.slot = run->slot,
                                                    .memory_bytes = limits.memory_bytes(),
                                                    .cpu_ms = limits.cpu_ms(),
                                                    .kind = kind},
                                                   pair.theirs));
  if (!is_asked) return nullptr;
  run->socket = std::move(pair.ours);
  zygote.add_process(run->slot);
  return run;
}

void Supervisor::keep_spares() {
  // Rehearsing takes time that a busy machine has better use for.
  const auto kind = runs_.size() <= 1 && waiting_.empty() ? zygote::ForkRequest::Kind::early_run
                                                          : zygote::ForkRequest::Kind::run;
  for (const auto& link : zygotes_) {
    const bool serves = link->is_ready && !link->is_retired && link->role != ZygoteRole::compiles;
    if (!serves || !link->is_spare_due) continue;
    // One that ends before it is used is not made again until a run has been started, so that a
    // machine on which spares die is not kept busy with them.
    link->is_spare_due = false;
    if (std::ranges::any_of(spares_, [&link](const auto& spare) { return is_of(*spare, *link); })) {
      continue;
    }
    if (link->version != nullptr) {
      const auto is_of_template = [](const auto& spare) {
        return spare->zygote->version != nullptr;
      };
      // The oldest makes room.
      if (static_cast<std::size_t>(std::ranges::count_if(spares_, is_of_template)) >=
          kTemplateSparesMax) {
        spares_.erase(std::ranges::find_if(spares_, is_of_template));
      }
    }
    auto made = make_process(*link, to_effective_limits({}), kind);
    if (made.has_value() && *made != nullptr) spares_.push_back(*std::move(made));
  }
}

std::unique_ptr<LiveRun> Supervisor::take_spare(const ZygoteLink& zygote,
                                                const v1::RunLimits& limits) {
  // Its memory limit was set when it entered its cage; the CPU time is watched from here.
  const auto found = std::ranges::find_if(
      spares_, [&zygote](const auto& candidate) { return is_of(*candidate, zygote); });
  const bool is_fit = found != spares_.end() && (*found)->pidfd.is_open() &&
                      limits.memory_bytes() == to_effective_limits({}).memory_bytes();
  if (!is_fit) return nullptr;
  std::unique_ptr<LiveRun> spare = std::move(*found);
  spares_.erase(found);
  // Its end may not have been reported yet.
  return posix::has_ended(spare->pidfd.number()) ? nullptr : std::move(spare);
}

void Supervisor::drop_spare(const ZygoteLink& zygote) {
  // Without its socket it ends by itself.
  std::erase_if(spares_, [&zygote](const auto& spare) { return is_of(*spare, zygote); });
}

bool Supervisor::take_spare_notice(const ZygoteLink& link, Heard& heard) {
  const auto found = std::ranges::find_if(spares_, [&link, &heard](const auto& candidate) {
    return is_of(*candidate, link) && candidate->slot == heard.notice.slot;
  });
  if (found == spares_.end()) return false;
  if (heard.notice.kind == zygote::Notice::Kind::started) {
    (*found)->pidfd = std::move(heard.pidfd);
    return true;
  }
  spares_.erase(found);
  return false;
}

ZygoteLink* Supervisor::find_link(const v1::StartRun& start) {
  if (start.kind() != v1::COMPILE && start.reuse_key().empty()) {
    if (ZygoteLink* link = find_template(start, to_code_hint(start)); link != nullptr) {
      if (link->is_ready) return link;
    }
  }
  return serving_zygote(role_for(start.kind()));
}

ZygoteLink* Supervisor::find_template(const v1::StartRun& start, std::size_t code_hint) {
  for (const auto& link : zygotes_) {
    // The hint only saves looking: what counts is that the code is the same to the byte.
    const bool is_its = link->version != nullptr && !link->is_retired &&
                        link->version->code_hint == code_hint &&
                        is_same_code(link->version->code, start);
    if (is_its) return link.get();
  }
  return nullptr;
}

void Supervisor::note_use(const v1::StartRun& start) {
  if (start.kind() == v1::COMPILE) return;
  const std::int64_t now_us = posix::monotonic_us();
  const std::size_t hint = to_code_hint(start);
  if (ZygoteLink* link = find_template(start, hint); link != nullptr) {
    link->version->used_us = now_us;
    // Those that have one wait for the next.
    if (link->processes_made >= options_.templates.runs_max) retire(*link);
    return;
  }
  const std::int64_t again_us = options_.templates.again_ms * 1000;
  if (uses_.size() >= kUsesMax) {
    std::erase_if(uses_, [now_us, again_us](const auto& use) {
      return now_us - use.second.at_us > again_us;
    });
    if (uses_.size() >= kUsesMax) uses_.clear();
  }
  const auto [found, is_first] = uses_.try_emplace(hint, Use{.at_us = now_us});
  Use& use = found->second;
  const bool is_again = !is_first && now_us - use.at_us <= again_us;
  if (is_again && use.is_hopeless) return;
  use = {.at_us = now_us};
  if (is_again) start_template(start);
}

void Supervisor::start_template(const v1::StartRun& start) {
  ZygoteLink* zygote = serving_zygote(ZygoteRole::runs);
  if (zygote == nullptr || !zygote->is_ready || options_.templates.count_max == 0) return;
  make_room_for_template(options_.templates.count_max - 1,
                         static_cast<std::uint64_t>(options_.templates.bytes_max));
  const v1::RunLimits most = to_effective_limits({});
  auto made = ZygoteLink::start_template(*zygote,
                                         {.slot = next_slot_++,
                                          .memory_bytes = most.memory_bytes(),
                                          .cpu_ms = most.cpu_ms(),
                                          .kind = zygote::ForkRequest::Kind::version_template},
                                         start);
  // Without one the version's runs are made as any.
  if (!made.has_value() || !made->has_value()) return;
  zygotes_.push_back(std::make_unique<ZygoteLink>(std::move(**made)));
}

void Supervisor::make_room_for_template(std::int64_t count_max, std::uint64_t bytes_max) {
  for (;;) {
    ZygoteLink* oldest = nullptr;
    std::int64_t count = 0;
    std::uint64_t bytes = 0;
    for (const auto& link : zygotes_) {
      if (link->version == nullptr || link->is_retired) continue;
      ++count;
      bytes += link->version->bytes;
      if (oldest == nullptr || link->version->used_us < oldest->version->used_us) {
        oldest = link.get();
      }
    }
    if (count <= count_max && bytes <= bytes_max) return;
    NSL_ASSERT(oldest != nullptr);
    retire(*oldest);
  }
}

void Supervisor::take_template_ready(ZygoteLink& link) {
  VersionTemplate& version = *link.version;
  link.is_ready = true;
  // There will be more.
  link.is_spare_due = true;
  const std::uint64_t bytes =
      version.pidfd.is_open() ? posix::memory_bytes(version.pidfd.number()).value_or(0) : 0;
  version.bytes = bytes - std::min(bytes, version.bytes_before);
  make_room_for_template(options_.templates.count_max,
                         static_cast<std::uint64_t>(options_.templates.bytes_max));
  if (link.is_retired) note_hopeless(link);
}

bool Supervisor::take_template_notice(ZygoteLink& zygote, Heard& heard) {
  const auto found = std::ranges::find_if(zygotes_, [&zygote, &heard](const auto& candidate) {
    return candidate->version != nullptr && candidate->version->zygote == &zygote &&
           candidate->version->slot == heard.notice.slot;
  });
  if (found == zygotes_.end()) return false;
  VersionTemplate& version = *(*found)->version;
  if (heard.notice.kind == zygote::Notice::Kind::started) {
    version.pidfd = std::move(heard.pidfd);
    version.bytes_before = posix::memory_bytes(version.pidfd.number()).value_or(0);
    version.code_out.put(abi::encode(to_template_job(version.code)));
    (*found)->send_code();
    return true;
  }
  log_warning("supervisor", "template ended",
              {{"wait_status", heard.notice.wait_status}, {"runs", (*found)->processes_alive()}});
  bury(found->get());
  // What is left of the notice is the zygote's: it has one process less.
  return false;
}

void Supervisor::check_template_timers(std::int64_t now_us) {
  for (const auto& link : zygotes_) {
    if (link->version == nullptr || link->is_retired || !link->is_ready) continue;
    if (now_us - link->version->used_us > options_.templates.again_ms * 1000) retire(*link);
  }
}

void Supervisor::note_hopeless(const ZygoteLink& link) {
  uses_[link.version->code_hint] = {.at_us = posix::monotonic_us(), .is_hopeless = true};
}

}  // namespace nsl::runner::supervisor
