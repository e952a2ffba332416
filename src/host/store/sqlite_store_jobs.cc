// The host's own tables: the job queue, small named values, and the watcher's events.
#include <utility>

#include "core/base/limits.h"
#include "host/store/sqlite_store.h"

namespace nsl::host::store {
namespace {

std::int64_t to_integer(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Result<std::vector<JobLease>> due_jobs(Database& database, const LeaseRequest& request) {
  NSL_TRY(Query query,
          database.query("SELECT id, attempts FROM jobs WHERE is_dead = 0 AND due_ms <= ?1 AND "
                         "lease_until_ms <= ?1 ORDER BY due_ms LIMIT ?2"));
  query.bind(request.now.value()).bind(to_integer(request.count));
  std::vector<JobLease> jobs;
  while (true) {
    NSL_TRY(const bool has_row, query.next());
    if (!has_row) return jobs;
    jobs.push_back({.id = query.bytes(0),
                    .attempt = static_cast<std::uint32_t>(query.integer(1)) + 1,
                    .fence = 0});
  }
}

Result<std::uint64_t> next_fence(Database& database) {
  NSL_TRY(Query query, database.query("UPDATE counters SET value = value + 1 "
                                      "WHERE name = 'job_fence' RETURNING value"));
  NSL_TRY(const bool has_row, query.next());
  if (!has_row) return fail(Code::store_failed, "Store failed", "no fence counter");
  const auto fence = static_cast<std::uint64_t>(query.integer(0));
  NSL_TRY_VOID(query.finish());
  return fence;
}

Result<void> take_lease(Database& database, const JobLease& job, WallTime until) {
  NSL_TRY(Query query, database.query("UPDATE jobs SET lease_until_ms = ?2, attempts = ?3, "
                                      "fence = ?4, is_asked_again = 0 WHERE id = ?1"));
  query.bind_text(job.id).bind(until.value()).bind(std::int64_t{job.attempt});
  query.bind(to_integer(job.fence));
  return query.finish();
}

// Whether one job that this lease still holds was changed.
Result<bool> change_held(Database& database, std::string_view sql, const JobLease& lease) {
  NSL_TRY(Query query, database.query(sql));
  query.bind_text(lease.id).bind(to_integer(lease.fence));
  NSL_TRY_VOID(query.finish());
  return database.changes() == 1;
}

// Ends the lease of a job that was asked for again while it was worked on: it stays, with its
// attempts counted anew.
Result<void> keep_asked_again(Database& database, const JobLease& lease) {
  NSL_TRY(const bool is_kept,
          change_held(database,
                      "UPDATE jobs SET lease_until_ms = 0, attempts = 0, is_asked_again = 0 "
                      "WHERE id = ?1 AND fence = ?2 AND lease_until_ms > 0",
                      lease));
  return is_kept ? Result<void>() : fail(Code::store_conflict);
}

Result<void> write_meta(Database& database, std::string_view name, std::string_view value) {
  NSL_TRY(Query query, database.query("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO "
                                      "UPDATE SET value = excluded.value"));
  query.bind_text(name).bind_blob(value);
  return query.finish();
}

Result<void> write_event(Database& database, const Event& event) {
  NSL_TRY(Query query, database.query("INSERT INTO events (id, payload, is_delivered) "
                                      "VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING"));
  query.bind_text(event.id).bind_blob(event.payload);
  return query.finish();
}

Result<void> forget_old_events(Database& database) {
  NSL_TRY(Query query, database.query("DELETE FROM events WHERE is_delivered = 1 AND number <= "
                                      "(SELECT max(number) FROM events) - ?1"));
  query.bind(to_integer(limits::kWatchEventsKeptMax));
  return query.finish();
}

}  // namespace

Result<std::vector<JobLease>> SqliteStore::lease_jobs(const LeaseRequest& request) {
  std::vector<JobLease> jobs;
  const Result<void> leased = writer_.run([&jobs, &request](Database& database) -> Result<void> {
    NSL_TRY(jobs, due_jobs(database, request));
    for (JobLease& job : jobs) {
      NSL_TRY(job.fence, next_fence(database));
      NSL_TRY_VOID(take_lease(database, job, request.lease_until));
    }
    return {};
  });
  if (!leased.has_value()) return fail(leased.error());
  return jobs;
}

Result<JobEnd> SqliteStore::finish_job(const JobLease& lease) {
  JobEnd end = JobEnd::gone;
  const Result<void> finished = writer_.run([&lease, &end](Database& database) -> Result<void> {
    NSL_TRY(const bool is_gone,
            change_held(database,
                        "DELETE FROM jobs WHERE id = ?1 AND fence = ?2 AND lease_until_ms > 0 "
                        "AND is_asked_again = 0",
                        lease));
    if (is_gone) return {};
    end = JobEnd::asked_again;
    return keep_asked_again(database, lease);
  });
  if (!finished.has_value()) return fail(finished.error());
  return end;
}

Result<void> SqliteStore::release_job(const JobLease& lease, WallTime due) {
  return writer_.run([&lease, due](Database& database) -> Result<void> {
    NSL_TRY(Query query,
            database.query("UPDATE jobs SET lease_until_ms = 0, due_ms = CASE WHEN is_asked_again "
                           "THEN min(due_ms, ?3) ELSE ?3 END, is_asked_again = 0 "
                           "WHERE id = ?1 AND fence = ?2 AND lease_until_ms > 0"));
    query.bind_text(lease.id).bind(to_integer(lease.fence)).bind(due.value());
    NSL_TRY_VOID(query.finish());
    return database.changes() == 1 ? Result<void>() : fail(Code::store_conflict);
  });
}

Result<void> SqliteStore::bury_job(const JobLease& lease) {
  return writer_.run([&lease](Database& database) -> Result<void> {
    NSL_TRY(const bool is_buried,
            change_held(database,
                        "UPDATE jobs SET lease_until_ms = 0, is_dead = 1 WHERE id = ?1 AND "
                        "fence = ?2 AND lease_until_ms > 0 AND is_asked_again = 0",
                        lease));
    return is_buried ? Result<void>() : keep_asked_again(database, lease);
  });
}

Result<std::optional<WallTime>> SqliteStore::next_job_due() {
  Reader reader(readers_);
  NSL_TRY(Query query, reader->query("SELECT min(max(due_ms, lease_until_ms)) FROM jobs "
                                     "WHERE is_dead = 0 HAVING count(*) > 0"));
  NSL_TRY(const bool has_row, query.next());
  if (!has_row) return std::optional<WallTime>();
  return std::optional<WallTime>(WallTime(query.integer(0)));
}

Result<std::optional<std::string>> SqliteStore::find_meta(std::string_view name) {
  NSL_TRY_VOID(check_key(name));
  Reader reader(readers_);
  NSL_TRY(Query query, reader->query("SELECT value FROM meta WHERE name = ?1"));
  query.bind_text(name);
  NSL_TRY(const bool has_row, query.next());
  if (!has_row) return std::optional<std::string>();
  return std::optional<std::string>(query.bytes(0));
}

Result<void> SqliteStore::set_meta(std::string_view name, std::string_view value) {
  NSL_TRY_VOID(check_key(name));
  return writer_.run(
      [name, value](Database& database) { return write_meta(database, name, value); });
}

Result<void> SqliteStore::record_events(std::span<const Event> events, std::string_view cursor_name,
                                        std::string_view cursor) {
  NSL_TRY_VOID(check_key(cursor_name));
  for (const Event& event : events) NSL_TRY_VOID(check_key(event.id));
  return writer_.run([events, cursor_name, cursor](Database& database) -> Result<void> {
    for (const Event& event : events) NSL_TRY_VOID(write_event(database, event));
    NSL_TRY_VOID(write_meta(database, cursor_name, cursor));
    return events.empty() ? Result<void>() : forget_old_events(database);
  });
}

Result<std::vector<Event>> SqliteStore::undelivered_events(std::uint32_t limit) {
  Reader reader(readers_);
  NSL_TRY(Query query, reader->query("SELECT id, payload FROM events WHERE is_delivered = 0 "
                                     "ORDER BY number LIMIT ?1"));
  query.bind(std::int64_t{limit});
  std::vector<Event> events;
  while (true) {
    NSL_TRY(const bool has_row, query.next());
    if (!has_row) return events;
    events.push_back({.id = query.bytes(0), .payload = query.bytes(1)});
  }
}

Result<void> SqliteStore::mark_delivered(std::span<const std::string> ids) {
  return writer_.run([ids](Database& database) -> Result<void> {
    for (const std::string& id : ids) {
      NSL_TRY(Query query, database.query("UPDATE events SET is_delivered = 1, payload = x'' "
                                          "WHERE id = ?1"));
      query.bind_text(id);
      NSL_TRY_VOID(query.finish());
    }
    return {};
  });
}

}  // namespace nsl::host::store
