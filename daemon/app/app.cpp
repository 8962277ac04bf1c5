#include "daemon/app/app.hpp"

#include <csignal>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "collectors/canonical/canonical.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/database/own_file.hpp"
#include "daemon/database/private_postgres.hpp"
#include "daemon/figures/refresh.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/intake/pace.hpp"
#include "daemon/ledger/retention.hpp"
#include "daemon/operations/operations.hpp"
#include "daemon/system/process.hpp"
#include "daemon/system/service_manager.hpp"

namespace releasehealth {

namespace asio = boost::asio;

namespace {

constexpr auto watch_interval = std::chrono::seconds(1);
constexpr auto house_interval = std::chrono::hours(1);

std::chrono::milliseconds milliseconds(duration d) { return std::chrono::ceil<std::chrono::milliseconds>(d); }

/// The keys of a listener's limits.
struct listener_keys {
  limit_id header, buffered, request, idle, connections, per_peer;
};
constexpr listener_keys intake_keys = {"intake.max_header_bytes", "intake.max_buffered_bytes",
                                       "intake.request_timeout",  "intake.idle_timeout",
                                       "intake.max_connections",  "intake.max_connections_per_peer"};
constexpr listener_keys operations_keys = {"operations.max_header_bytes", "operations.max_buffered_bytes",
                                           "operations.request_timeout",  "operations.idle_timeout",
                                           "operations.max_connections",  "operations.max_connections_per_peer"};

http::limits listener_limits(const limits& all, const listener_keys& of) {
  return {.header_bytes = static_cast<std::uint32_t>(all[of.header]),
          .buffered_bytes = all.size(of.buffered),
          .request_deadline = milliseconds(all.time(of.request)),
          .idle_deadline = milliseconds(all.time(of.idle)),
          .connections = all.size(of.connections),
          .connections_per_peer = all.size(of.per_peer)};
}

std::chrono::milliseconds read_limit(const config& c) { return milliseconds(c.bounds.time("figures.timeout")); }

ledger::commit_queue::limits queue_limits(const config& c) {
  return {.patience = c.patience,
          .max_waiting = c.bounds.size("intake.max_waiting"),
          .max_waiting_bytes = c.bounds.size("intake.max_waiting_bytes"),
          .room = {c.bounds.size("spool.max_bytes"), c.bounds.size("spool.min_free_bytes"),
                   c.bounds.time("spool.max_age")}};
}

intake_settings intake_of(const config& c) {
  return {.sources = c.sources, .tokens = c.tokens, .bounds = c.bounds, .names = c.timeline.blame.names};
}

operations_settings operations_of(const config& c) {
  return {.address = c.operations.address,
          .people = c.basic_auth_users,
          .tokens = c.tokens,
          .hosts = c.operations_hosts,
          .bounds = c.bounds,
          .figures = c.figures,
          .timeline = c.timeline};
}

std::vector<std::string> source_names(const config& c) {
  std::vector<std::string> names = {canonical::source_name};
  for (const auto& s : c.sources) names.push_back(s.name);
  return names;
}

}

timestamp system_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

struct app::parts {
  std::filesystem::path file;
  logger& log;
  std::function<timestamp()> clock;
  config running;  ///< as of the start, or the last reload; of what takes effect at a start as of that
  std::optional<ledger::private_postgres> postgres;
  std::stop_source last_statements;  // requested once the last request is answered
  session database;
  asio::io_context io{1};
  asio::signal_set ending{io, SIGTERM, SIGINT}, reloading{io, SIGHUP};
  asio::steady_timer watch{io}, watchdog{io}, house{io};
  asio::thread_pool housekeeping{1};
  metrics own;
  ledger::commit_queue queue;
  bool is_postgres_away = false;
  figure_page page;
  std::unique_ptr<refresher> figures;
  releasehealth::intake in;
  releasehealth::operations ops;
  http::server intake_server, operations_server;
  bool stopping = false;
  clock_watch clocks;
  pace claims;

  parts(const config& c, std::filesystem::path f, logger& l, std::function<timestamp()> now)
      : file(std::move(f)),
        log(l),
        clock(std::move(now)),
        running(with_inherited(c)),
        postgres(c.database_url.empty() ? std::optional(ledger::private_postgres::use(c.state_dir, true, tell()))
                                        : std::nullopt),
        database{.dsn = postgres ? postgres->dsn() : c.database_url,
                 .read_dsn = c.read_url,
                 .application = "releasehealthd",
                 .statement_timeout = milliseconds(c.bounds.time("database.statement_timeout")),
                 .stop = last_statements.get_token()},
        own(source_names(c)),
        queue(io, database.as("append").uninterrupted(), queue_settings(c)),
        in(intake_of(c), queue, own, log, clock, [this] { figures->touch(); }),
        ops({io, database, queue, page, own, log, clock, [this] { figures->touch(); },
             [this](bool force) { return reload(force); }, in.routes()},
            operations_of(running)),
        intake_server(io, running.intake, in.service(), listener_limits(c.bounds, intake_keys)),
        operations_server(io, running.operations, ops.service(), listener_limits(c.bounds, operations_keys)) {
    own.reload(true, clock());
    if (!c.has_tables) log.warning("the configuration is empty: running on defaults only", {{"file", file.string()}});
    // on the refresher's thread: a database that is away must keep neither /metrics nor the start from going on, and
    // until the schema is there deliveries get 503
    const auto migrate = [this, timeline = c.timeline](const std::stop_token& stop) {
      std::vector<std::string> applied;
      try {
        applied = ledger::migrate(database.as("migrate"));
      } catch (const ledger::newer_schema& e) {  // in the middle of an upgrade: deliveries are taken all the same
        log.error("the schema is newer than this program; a newer one derives", {{"err", ledger::description_of(e)}});
      }
      for (const auto& name : applied) log.info("migrated", {{"name", name}});
      // a ledger that was never derived has no figures to show meanwhile
      if (!applied.empty() && !ledger::is_derived(database.as("derive")))
        ledger::deriver(database.as("derive"), timeline).derive(stop);
    };
    const auto publish = [this](refreshed r) {
      asio::post(io, [this, r = std::move(r)]() mutable {
        if (!stopping) ops.publish(std::move(r));
      });
    };
    const auto reading = database.as("figures").within(read_limit(c));
    figures = std::make_unique<refresher>(database, reading, c.timeline, c.figures, page, clock, migrate, publish);
    apply(c);
    wait_for_signals();
    watch_postgres();
    stay_alive();
    keep_house();
  }

  // Once an hour, on a thread of its own, while nobody waits for it.
  void keep_house() {
    if (running.keep_bodies > duration{0})
      asio::post(housekeeping, [this, before = clock() - running.keep_bodies] {
        try {
          if (const auto dropped = ledger::drop_bodies(database.as("retention"), before); dropped > 0)
            log.info("bodies dropped", {{"count", std::to_string(dropped)}});
        } catch (const std::exception& e) {
          log.warning("bodies are not dropped", {{"err", ledger::description_of(e)}});
        }
      });
    house.expires_after(house_interval);
    house.async_wait([this](boost::system::error_code ec) {
      if (!ec && !stopping) keep_house();
    });
  }

  // A socket that systemd holds says itself where it listens: what is on loopback is open to those who have come so
  // far.
  static config with_inherited(config c) {
    for (auto [at, name] : {std::pair(&c.intake, "intake"), {&c.operations, "operations"}}) {
      at->inherited = service_manager::inherited_socket(name);
      if (!at->inherited) continue;
      if (const auto address = service_manager::address_of(*at->inherited); !address.empty()) at->address = address;
    }
    return c;
  }

  // From the io thread: if that hangs, the daemon does.
  void stay_alive() {
    const auto interval = service_manager::watchdog_interval();
    if (!interval) return;
    service_manager::alive();
    watchdog.expires_after(*interval);
    watchdog.async_wait([this](boost::system::error_code ec) {
      if (!ec) stay_alive();
    });
  }

  // Without room for it the daemon does not start: it would acknowledge less than it was told to.
  ledger::commit_queue::settings queue_settings(const config& c) {
    std::unique_ptr<ledger::spool> overflow;
    const auto bounds = queue_limits(c);
    if (bounds.room.bytes > 0) {
      try {
        ledger::make_own_folder(c.state_dir);
        overflow = std::make_unique<ledger::spool>(c.state_dir / "spool.sqlite", bounds.room);
      } catch (const std::exception& e) {
        throw std::runtime_error("no spool in " + c.state_dir.string() + ": " + ledger::description_of(e) +
                                 "; set a state_dir that can be written, or [spool] max_bytes = 0");
      }
    }
    return {.overflow = std::move(overflow),
            .bounds = bounds,
            .clock = clock,
            .drained = [this] { figures->touch(); },
            .spooled = [this](const ledger::spool::contents& now) { own.spooled(now); },
            .spool_failed =
                [this](const std::string& why) {
                  log.error("the spool cannot be drained", {{"err", why}});
                },
            .claimed = [this](const ledger::claim& one) { claimed(one); },
            .appended = [this](std::string_view reason, const std::string& said,
                               bool is_durable) { appended(reason, said, is_durable); }};
  }

  void claimed(const ledger::claim& c) {
    own.event_claimed();
    if (const auto left_out = claims.next({}, std::chrono::steady_clock::now()))
      log.warning(
          "an event's id is taken by another sender or another content; the first one counts",
          {{"source", c.source}, {"id", c.id}, {"holder", c.holder}, {"not_logged", std::to_string(*left_out)}});
  }

  // Said once, not at every attempt.
  void appended(std::string_view reason, const std::string& said, bool is_durable) {
    own.database_failed(reason);
    if (reason == "timeout") own.reached("database.statement_timeout");
    own.database_durable(is_durable);
    const bool is_away = !reason.empty();
    if (is_away == std::exchange(is_postgres_away, is_away)) return;
    if (is_away)
      log.warning("PostgreSQL takes no deliveries", {{"reason", std::string(reason)}, {"err", said}});
    else
      log.info("PostgreSQL takes deliveries again");
  }

  std::function<void(const std::string&)> tell() {
    return [this](const std::string& what) { log.info(what); };
  }

  void wait_for_signals() {
    ending.async_wait([this](boost::system::error_code ec, int) {
      if (ec) return;
      ending.async_wait([](boost::system::error_code again, int) {
        if (!again) std::_Exit(1);  // a second signal: at once
      });
      end();
    });
    wait_for_reload();
  }
  void wait_for_reload() {
    reloading.async_wait([this](boost::system::error_code ec, int) {
      if (ec) return;
      reload(false);
      wait_for_reload();
    });
  }

  void look_at_clock() {
    const auto moved = clocks.moved();
    if (!moved) return;
    own.clock_jumped();
    log.warning("the system's clock moved", {{"by_ms", std::to_string(milliseconds(*moved).count())}});
  }

  void watch_postgres() {
    watch.expires_after(watch_interval);
    watch.async_wait([this](boost::system::error_code ec) {
      if (ec || stopping) return;
      look_at_clock();
      try {
        if (postgres) postgres->restart_if_replaced(tell());
        if (postgres) postgres->restart_if_gone(tell());
      } catch (const std::exception& e) {
        log.error("private PostgreSQL is gone", {{"err", ledger::description_of(e)}});
      }
      watch_postgres();
    });
  }

  /// Keeps the old configuration if the new one is wrong, or, unless it is forced, if sources or tokens would all go.
  reloaded reload(bool force) {
    service_manager::reloading();
    auto done = read_again(force);
    own.reload(done.wrong.empty() && done.losing.empty(), clock());
    service_manager::ready();
    return done;
  }

  reloaded read_again(bool force) {
    auto read = load_config(file, process_environment());
    reloaded done;
    if (const auto* wrong = std::get_if<config_mistakes>(&read)) {
      for (const auto& m : wrong->all) {
        log.error("configuration kept as it was", {{"err", m}});
        done.wrong += m + '\n';
      }
      return done;
    }
    auto& c = std::get<config>(read);
    done.losing = force ? std::string() : what_reload_loses(running, c);
    if (!done.losing.empty()) {
      log.error("configuration kept as it was; POST /-/reload?force=true takes it", {{"err", done.losing}});
      return done;
    }
    done.at_start = changed_at_start(running, c);
    apply(c);
    for (const auto& key : done.at_start) log.warning("a changed key takes effect at the next start", {{"key", key}});
    log.info("configuration reloaded", {{"file", file.string()}});
    return done;
  }

  /// Everything that takes effect at a reload, at the start as well: the one list of it. What needs_restart() names is
  /// read by the constructor alone.
  void apply(const config& c) {
    for (const auto& w : c.warnings) log.warning(w);
    log.use(c.logs, c.lowest);
    for (const auto& name : source_names(c)) own.know(name);
    queue.use(queue_limits(c));
    in.use(intake_of(c));
    intake_server.use(listener_limits(c.bounds, intake_keys));
    operations_server.use(listener_limits(c.bounds, operations_keys));
    ops.use(operations_of(c));
    figures->use(c.timeline, c.figures, read_limit(c));
    auto at_start = std::move(running.at_start);
    const auto spool_at_start = running.bounds["spool.max_bytes"];
    running = c;  // retention, drain_timeout
    running.at_start = std::move(at_start);
    running.bounds.at(limit_id("spool.max_bytes").index()) = spool_at_start;
  }

  // Stop accepting, let the requests in progress end, and only then what they need.
  void end() {
    if (std::exchange(stopping, true)) return;
    service_manager::stopping();
    log.info("draining", {{"at_most", std::to_string(running.drain.count()) + "s"}});
    ops.drain();
    intake_server.drain(running.drain, [this] {
      operations_server.drain(std::chrono::seconds(1), [this] {
        boost::system::error_code ignored;
        ending.cancel(ignored);
        reloading.cancel(ignored);
        watch.cancel();
        watchdog.cancel();
        house.cancel();
        queue.stop();
      });
    });
  }
};

app::app(const config& c, std::filesystem::path file, logger& log, std::function<timestamp()> clock)
    : parts_(std::make_unique<parts>(c, std::move(file), log, std::move(clock))) {}

app::~app() = default;

void app::run() {
  parts_->log.info("listening",
                   {{"intake", std::to_string(intake_port())}, {"operations", std::to_string(operations_port())}});
  service_manager::ready();
  parts_->io.run();
  parts_->last_statements.request_stop();  // what they would have derived waits in the queue
  parts_->figures.reset();
  parts_->housekeeping.join();
  parts_->io.restart();
  parts_->io.poll();  // what the refresher handed over last
  parts_->log.info("stopped");
}

void app::stop() {
  asio::post(parts_->io, [p = parts_.get()] { p->end(); });
}

std::uint16_t app::intake_port() const { return parts_->intake_server.port(); }
std::uint16_t app::operations_port() const { return parts_->operations_server.port(); }

}
