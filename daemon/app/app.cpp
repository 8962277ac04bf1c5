#include "daemon/app/app.hpp"

#include <csignal>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include "daemon/api/listener.hpp"
#include "daemon/app/health.hpp"
#include "daemon/app/maintenance.hpp"
#include "daemon/app/settings.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/database/own_file.hpp"
#include "daemon/database/private_postgres.hpp"
#include "daemon/figures/refresh.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/system/service_manager.hpp"

namespace releasehealth {

namespace asio = boost::asio;

struct app::parts {
  std::filesystem::path file;
  logger& log;
  std::function<timestamp()> clock;
  config running;  ///< the last loaded configuration, with start-only keys as of the start
  std::optional<ledger::private_postgres> postgres;
  std::stop_source last_statements;  // requested once the last request is answered
  session database;
  asio::io_context io{1};
  asio::signal_set ending{io, SIGTERM, SIGINT}, reloading{io, SIGHUP};
  metrics own;
  ledger::source_journal journal;
  touch_signal stored;
  health state;
  ledger::commit_queue queue;
  latest_figures latest;
  figure_page page{latest};
  std::unique_ptr<refresher> figures;
  releasehealth::intake receiver;
  api::listener ops;
  http::server intake_server, operations_server;
  bool stopping = false;
  maintenance upkeep;

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
                 .statement_timeout = statement_limit(c),
                 .stop = last_statements.get_token()},
        own(source_names(c)),
        state(own, log),
        queue(io, database.as("append").uninterrupted(), queue_settings(c)),
        receiver(intake_of(c), queue, own, journal, log, clock, stored),
        ops({io, database, queue, page, own, log, state.readiness(), clock, stored,
             [this](bool force) { return reload(force); }, receiver.routes()},
            operations_of(running)),
        intake_server(io, running.intake, receiver.service(), intake_limits(c)),
        operations_server(io, running.operations, ops.service(), operations_limits(c)),
        upkeep({io, database, postgres ? &*postgres : nullptr, log, own, journal, clock}) {
    own.reload(true, clock());
    if (const auto why = who_reaches_operations(running); running.operations.inherited && !why.empty())
      log.warning("operations.listen: " + why);  // the configuration check cannot see an inherited socket's address
    if (!c.has_tables) log.warning("the configuration is empty: running on defaults only", {{"file", file.string()}});
    // Migrates on the refresher's thread, so that an unavailable database delays neither the start nor /metrics. Until
    // the schema exists, deliveries get 503.
    const auto migrate = [this, timeline = c.timeline](const std::stop_token& stop) {
      std::vector<std::string> applied;
      try {
        applied = ledger::migrate(database.as("migrate"));
      } catch (const ledger::newer_schema& e) {  // during an upgrade; deliveries are still accepted
        log.error("the schema is newer than this program; not deriving", {{"err", ledger::description_of(e)}});
      }
      for (const auto& name : applied) log.info("migrated", {{"name", name}});
      // Without a first derivation there are no figures to show during the rebuild.
      if (!applied.empty() && !ledger::is_derived(database.as("derive")))
        ledger::deriver(database.as("derive"), timeline).derive(stop);
    };
    const auto publish = [this](refreshed r) {
      asio::post(io, [this, r = std::move(r)] {
        if (!stopping) state.publish(r);
      });
    };
    figures = std::make_unique<refresher>(refresher::parts{.deriving = database,
                                                           .reading = database.as("figures").within(read_limit(c)),
                                                           .touched = stored,
                                                           .figures = latest,
                                                           .clock = clock,
                                                           .prepare = migrate,
                                                           .publish = publish},
                                          c.timeline, c.figures);
    apply(c);
    wait_for_signals();
    upkeep.start();
  }

  // The address of a socket inherited from systemd decides, because access rules depend on whether it is on loopback.
  static config with_inherited(config c) {
    for (auto [where, name] : {std::pair(&c.intake, "intake"), {&c.operations, "operations"}}) {
      where->inherited = service_manager::inherited_socket(name);
      if (!where->inherited) continue;
      if (const auto address = service_manager::address_of(*where->inherited); !address.empty())
        where->address = address;
    }
    return c;
  }

  // The daemon does not start without its configured spool, because it could not acknowledge deliveries as configured.
  ledger::commit_queue::settings queue_settings(const config& c) {
    std::unique_ptr<ledger::spool> overflow;
    const auto bounds = queue_limits(c);
    if (bounds.room.bytes > 0) {
      try {
        ledger::make_own_folder(c.state_dir);
        overflow = std::make_unique<ledger::spool>(c.state_dir / "spool.sqlite", bounds.room);
      } catch (const std::exception& e) {
        throw std::runtime_error("cannot open the spool in " + c.state_dir.string() + ": " + ledger::description_of(e) +
                                 "; set a writable state_dir, or [spool] max_bytes = 0");
      }
    }
    return {.overflow = std::move(overflow),
            .bounds = bounds,
            .clock = clock,
            .touched = stored,
            .spooled = [this](const ledger::spool::contents& now) { own.spooled(now); },
            .spool_failed =
                [this](const std::string& why) {
                  log.error("the spool cannot be drained", {{"err", why}});
                },
            .claimed = [this](const ledger::claim& one) { state.claimed(one); },
            .appended = [this](std::string_view reason, const std::string& said,
                               bool is_durable) { state.appended(reason, said, is_durable); }};
  }

  std::function<void(const std::string&)> tell() {
    return [this](const std::string& what) { log.info(what); };
  }

  void wait_for_signals() {
    ending.async_wait([this](boost::system::error_code ec, int) {
      if (ec) return;
      ending.async_wait([](boost::system::error_code again, int) {
        if (!again) std::_Exit(1);  // a second signal ends the daemon at once
      });
      end();
    });
    wait_for_reload();
  }
  void wait_for_reload() {
    reloading.async_wait([this](boost::system::error_code ec, int) {
      if (ec) return;
      reload(false);
      if (!stopping) wait_for_reload();
    });
  }

  /// Keeps the old configuration if the new one is invalid or, unless forced, if it would remove all sources or tokens.
  api::reloaded reload(bool force) {
    service_manager::reloading();
    auto done = read_again(force);
    own.reload(done.wrong.empty() && done.losing.empty(), clock());
    service_manager::ready();
    return done;
  }

  api::reloaded read_again(bool force) {
    auto read = load_config(file, process_environment());
    api::reloaded done;
    if (const auto* wrong = std::get_if<config_mistakes>(&read)) {
      for (const auto& m : wrong->all) {
        log.error("reload rejected, keeping the configuration", {{"err", m}});
        done.wrong += m + '\n';
      }
      return done;
    }
    auto& c = std::get<config>(read);
    done.losing = force ? std::string() : what_reload_loses(running, c);
    if (!done.losing.empty()) {
      log.error("reload rejected, keeping the configuration; to apply it, POST /-/reload?force=true",
                {{"err", done.losing}});
      return done;
    }
    done.at_start = changed_at_start(running, c);
    apply(c);
    for (const auto& key : done.at_start) log.warning("a changed key takes effect at the next start", {{"key", key}});
    log.info("configuration reloaded", {{"file", file.string()}});
    return done;
  }

  /// Applies everything that a reload can change; also called at the start. Keys that known_keys() marks as start-only
  /// are read by the constructor.
  void apply(const config& c) {
    for (const auto& w : c.warnings) log.warning(w);
    log.use(c.logs, c.lowest);
    for (const auto& name : source_names(c)) own.know(name);
    queue.use(queue_limits(c));
    receiver.use(intake_of(c));
    intake_server.use(intake_limits(c));
    operations_server.use(operations_limits(c));
    ops.use(operations_of(c));
    figures->use(c.timeline, c.figures, read_limit(c));
    upkeep.keep_bodies(c.keep_bodies);
    auto at_start = std::move(running.at_start);
    const auto spool_at_start = running.bounds["spool.max_bytes"];
    running = c;  // drain_timeout
    running.at_start = std::move(at_start);
    running.bounds.at(limit_id("spool.max_bytes").index()) = spool_at_start;
  }

  // Stops accepting, lets the requests in progress finish, and only then stops the parts that they need.
  void end() {
    if (std::exchange(stopping, true)) return;
    service_manager::stopping();
    log.info("draining", {{"at_most", std::to_string(running.drain.count()) + "s"}});
    state.drain();
    intake_server.drain(running.drain, [this] {
      operations_server.drain(std::chrono::seconds(1), [this] {
        boost::system::error_code ignored;
        ending.cancel(ignored);
        reloading.cancel(ignored);
        upkeep.stop();
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
  parts_->last_statements.request_stop();  // interrupted derivations stay queued in the database
  parts_->figures.reset();
  parts_->upkeep.join();
  parts_->io.restart();
  parts_->io.poll();  // handles the last results of the refresher
  parts_->log.info("stopped");
}

void app::stop() {
  asio::post(parts_->io, [p = parts_.get()] { p->end(); });
}

std::uint16_t app::intake_port() const { return parts_->intake_server.port(); }
std::uint16_t app::operations_port() const { return parts_->operations_server.port(); }

}
