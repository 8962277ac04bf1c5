#include "daemon/ledger/derive.hpp"

#include <algorithm>
#include <thread>

#include "daemon/ledger/derivation.hpp"
#include "daemon/ledger/locks.hpp"
#include "daemon/ledger/migrate.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int few_things = 64;  // of a step whose statements take less time than their planning

void write_places(derivation& in) {
  std::vector<std::string> services, environments, production;
  for (const auto& p : in.places) {
    services.push_back(p.service);
    environments.push_back(p.environment);
    production.emplace_back(in.settings.blame.names.is_production(p.environment) ? "true" : "false");
  }
  run(in.work, sql::ledger_write_places, text_array(services), text_array(environments), text_array(production));
}

}

step_size bulk_pace::next() { return {std::exchange(has_begun_, true) ? bulk_things : step_size::usual, next_}; }

bool count_pace::is_due(std::size_t derived) {
  total_ += derived;
  if (total_ < next_) return false;
  next_ = 2 * total_;
  return true;
}

derived derive_step(pqxx::transaction_base& work, const derive_settings& settings, step_size size,
                    count_pace& counting) {
  std::map<std::string, things> touched;  // by type
  std::set<std::string> commits;
  const auto taken =
      size.behind ? run(work, sql::ledger_take_touched_by_service, size.things, size.behind->service, size.behind->n)
                  : run(work, sql::ledger_take_touched, size.things);
  const bool is_full = static_cast<std::int64_t>(taken.size()) == size.things;
  derived done{.taken = static_cast<std::size_t>(taken.size()),
               .has_more = is_full || (size.behind && *size.behind != queue_position())};
  for (const auto& row : taken) {
    if (size.behind && is_full) done.next = std::max(done.next, {text(row["service"]), row["n"].as<std::int64_t>()});
    if (text(row[0]) == "commit")
      commits.insert(text(row[2]));
    else
      touched[text(row[0])].emplace(text(row[1]), text(row[2]));
  }
  if (taken.empty()) return done;
  keep_plans(work, taken.size() <= few_things);
  if (!commits.empty())
    for (const auto& row : run(work, sql::ledger_things_of_commits, text_array(commits)))
      touched["deployment"].emplace(text(row[0]), text(row[1]));
  std::map<std::string, reports_of_things> told;
  for (const auto& [type, keys] : touched)
    if (!keys.empty()) told[type] = load_reports(work, type, keys);
  auto names = know_names(work, settings, &told);
  std::optional<derive_settings> with;  // a copy only where names are `other`
  if (!names.others.empty()) with.emplace(settings).blame.names = settings.blame.names.with(std::move(names.others));
  derivation in{.work = work,
                .settings = with ? *with : settings,
                .touched_incidents = touched["incident"],
                .told = std::move(told),
                .fresh = {},
                .deployments = {},
                .names = {},
                .incidents = {},
                .folded = {},
                .remedies = {},
                .hotfixes = {},
                .places = {}};
  derive_deployments(in, touched["deployment"]);
  derive_stacks(in);
  if (!in.places.empty()) write_places(in);  // blame looks at every environment of a service
  if (counting.is_due(done.taken)) work.exec(std::string(sql::ledger_analyze));
  derive_incidents(in);
  derive_remedies(in, touched["flag"]);
  derive_failures(in);
  derive_follow_ups(in, commits);
  derive_engagements(in, touched["work"]);
  if (!in.places.empty()) write_places(in);
  done.has_more = done.has_more || names.have_moved;
  done.folded_names = names.folded;
  return done;
}

void derive_all(pqxx::transaction_base& work, const derive_settings& settings) {
  bulk_pace pace;
  count_pace counting;
  derived done;
  do {
    done = derive_step(work, settings, pace.next(), counting);
    pace.done(done);
  } while (done.has_more);
  keep_plans(work, false);
}

void derive_everything(pqxx::transaction_base& work, const derive_settings& settings) {
  work.exec(std::string(sql::ledger_shadow));
  know_names(work, settings, nullptr);
  work.exec(std::string(sql::ledger_touch_everything));
  derive_all(work, settings);
}

namespace {

/// Nobody else migrates or derives as long as this is there. In a transaction of its own connection: the locks come
/// before the snapshot of whoever works under them, and nothing of a session is needed that a pool of connections would
/// not keep.
class derive_lock {
 public:
  explicit derive_lock(const session& s) : connection_(s), work_(connection_) {
    work_.exec("SET LOCAL idle_in_transaction_session_timeout = 0");
    run(work_, "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2)", locks::migrate, locks::derive);
  }

 private:
  connection connection_;
  pqxx::work work_;
};

/// All of it again, beside the real tables, at one instant of the database. The caller decides what becomes of it.
template <class Then>
void derive_shadow(const session& s, const derive_settings& settings, Then then) {
  const derive_lock lock(s);
  connection c(s);
  pqxx::transaction<pqxx::isolation_level::repeatable_read> work(c);
  derive_all(work, settings);  // what was touched before this began
  derive_everything(work, settings);
  then(work);
  work.commit();
}

}

struct deriver::connected {
  ledger::connection connection;
  explicit connected(const session& s) : connection(s) {}
};

deriver::deriver(session s, derive_settings settings) : session_(std::move(s)), settings_(std::move(settings)) {}
deriver::~deriver() = default;
deriver::deriver(deriver&&) noexcept = default;
deriver& deriver::operator=(deriver&&) noexcept = default;

// After a failure the connection is dropped, and made anew by the next call.
deriver::connected& deriver::ready() {
  if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
  return *connected_;
}

void deriver::report_due(timestamp now) {
  try {
    pqxx::work work(ready().connection);
    run(work, sql::ledger_report_due, format_time(now));
    work.commit();
  } catch (const pqxx::failure&) {
    connected_.reset();
    throw;
  }
}

derived deriver::derive_batch(step_size size) {
  try {
    auto& on = ready().connection;
    const end_of_kept_plans after(on);
    pqxx::work work(on);
    work.exec("SET LOCAL synchronous_commit = off");  // what is lost with the machine waits in the queue again
    keep_plans(work, !size.behind);
    // no migration may come between the look at the schema and the end of what is derived by it
    const auto locked = run(work, "SELECT pg_try_advisory_xact_lock_shared($1), pg_try_advisory_xact_lock($2)",
                            locks::migrate, locks::derive)[0];
    is_another_at_it_ = !locked[0].as<bool>();
    if (is_another_at_it_) return {};
    static const auto known = known_migrations();
    schema_is_newer_ = !run(work, sql::ledger_newer_migration, known).empty();
    if (schema_is_newer_) return {};
    is_another_at_it_ = !locked[1].as<bool>();
    if (is_another_at_it_) return {};
    auto done = derive_step(work, settings_, std::move(size), counting_);
    if (done.taken > 0) run(work, sql::ledger_note_rules, settings_.fingerprint);
    work.commit();
    return done;
  } catch (const pqxx::failure&) {
    connected_.reset();
    throw;
  }
}

std::size_t deriver::derive(const std::stop_token& stop) {
  std::size_t total = 0;
  bulk_pace pace;
  constexpr std::chrono::milliseconds a_while{100};
  const auto end = std::chrono::steady_clock::now() + max_wait;
  while (!stop.stop_requested()) {
    const auto done = derive_batch(pace.next());
    pace.done(done);
    total += done.taken;
    if (done.has_more) continue;
    if (!is_another_at_it_) break;  // not once the queue is empty: while deliveries come in it never is
    if (std::chrono::steady_clock::now() > end) break;
    std::this_thread::sleep_for(a_while);
  }
  return total;
}

std::vector<difference> deriver::check() {
  std::vector<difference> found;
  derive_shadow(session_.unlimited(), settings_, [&](pqxx::transaction_base& work) {
    for (const auto& row : run(work, sql::ledger_shadow_difference, std::int64_t{100}))
      found.push_back({text(row["table"]), text(row["side"]), text(row["row"])});
  });
  return found;
}

std::size_t deriver::rebuild() {
  std::size_t rows = 0;
  derive_shadow(session_.unlimited(), settings_, [&](pqxx::transaction_base& work) {
    rows = run(work, sql::ledger_shadow_apply)[0][0].as<std::size_t>();
    run(work, sql::ledger_write_rules, settings_.fingerprint);
    work.exec(std::string(sql::ledger_shadow_drop));
  });
  return rows;
}

std::string deployment_id(const std::string& source, const std::string& subject, const place& where) {
  return row_id({source, subject, where.service, where.environment});
}

}
