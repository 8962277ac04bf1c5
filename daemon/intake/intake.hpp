#pragma once
// The intake: authenticates, decodes and stores each delivery, and answers 202 only once it is durable.
#include <functional>
#include <string>
#include <vector>

#include "daemon/access/tokens.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/intake/pace.hpp"
#include "daemon/ledger/commit_queue.hpp"
#include "daemon/ledger/source_journal.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/limits.hpp"
#include "daemon/system/touch_signal.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth {

using wall_clock = std::function<timestamp()>;

/// Settings of the intake listener. A reload may change all of them.
struct intake_settings {
  std::vector<source> sources;
  std::vector<token> tokens;
  limits bounds;
  naming names;
};

/// The intake listener's service. Belongs to the io thread.
class intake {
 public:
  /// `stored` is touched after each delivery that was stored with new events or as a dead letter.
  intake(intake_settings, ledger::commit_queue&, metrics&, ledger::source_journal&, const logger&, wall_clock,
         touch_signal& stored);
  http::service service();
  const std::vector<http::route>& routes() const { return routes_; }

  /// Applies new settings after a reload.
  void use(intake_settings);

 private:
  struct arrival;  ///< a delivery in progress: its source, start and responder
  void consent(const http::request&, const http::parameters&, const http::responder&) const;
  void webhook(http::request&, const http::parameters&, http::responder);
  void events(http::request&, http::responder);
  void refused(const arrival&, const error&, std::string_view authenticate = "Bearer");
  void store(arrival, ledger::entry);
  void ignore(const arrival&, const std::string& why, outcome = outcome::ignored);
  const source* find_source(std::string_view name) const;
  std::optional<error> outside_of(const token&, const std::vector<event>&, std::string_view body) const;
  std::size_t body_limit(const http::request&) const;
  body_limits may_hold() const;
  void done(const http::request&, const http::response&);
  /// Records the outcome of a delivery in metrics and journal.
  void count(std::string_view source, outcome, timestamp instant, std::string_view reason);

  intake_settings settings_;
  ledger::commit_queue& queue_;
  metrics& metrics_;
  ledger::source_journal& journal_;
  const logger& log_;
  wall_clock clock_;
  touch_signal& stored_;
  pace refusals_;
  std::vector<http::route> routes_;
};

}
