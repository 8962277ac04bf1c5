#pragma once
// The operations listener: metrics, health, and what people amend. Lives on the io thread.
#include <functional>
#include <list>
#include <memory>

#include "daemon/access/tokens.hpp"
#include "daemon/access/users.hpp"
#include "daemon/figures/refresh.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/ledger/commit_queue.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/limits.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth {

struct listed;

/// What the operations listener goes by; all but the address changes at a reload.
struct operations_settings {
  std::string address;  ///< where it listens: on loopback reading needs no token
  users::hashes people;
  std::vector<token> tokens;
  std::vector<std::string> hosts;  ///< names under which people reach it, besides loopback's own
  limits bounds;
  figure_settings figures;
  ledger::derive_settings timeline;
};

/// What became of a reload.
struct reloaded {
  std::string wrong;                  ///< mistakes of the file; it was kept as it was
  std::string losing;                 ///< why it was kept as it was, though it is right: a forced reload takes it
  std::vector<std::string> at_start;  ///< keys that changed and take effect at the next start
};

class operations {
 public:
  struct parts {
    boost::asio::io_context& io;
    session database;  ///< for reads on a thread of their own
    ledger::commit_queue& queue;
    figure_page& page;
    metrics& own;
    const logger& log;
    std::function<timestamp()> clock;
    std::function<void()> stored;                ///< after an override
    std::function<reloaded(bool force)> reload;  ///< reads the configuration again
    const std::vector<http::route>& intake;      ///< what the other listener takes, for OpenAPI
  };
  operations(parts, operations_settings);
  ~operations();
  http::service service();

  /// After a reload.
  void use(operations_settings);
  void publish(refreshed);  ///< the last refresh
  void drain() { draining_ = true; }

 private:
  void done(const http::request&, const http::response&);
  void metrics_page(const http::request&, http::responder);
  void ready(const http::responder&) const;
  void reload(const http::request&, const http::responder&) const;
  void figures(http::request&, http::responder, bool months);
  void list(const listed&, http::request&, http::responder);
  void gate(http::request&, http::responder);
  void badge(const std::string& file, const http::responder&);
  template <class Then>
  void ask_about(const std::string& service, const std::string& where, Then);
  void show(std::string_view thing, const std::string& id, http::request&, http::responder);
  void amend(std::string_view thing, const std::string& id, http::request&, http::responder);
  void explain(std::string_view thing, const std::string& id, http::request&, http::responder);
  void explain_figure(const std::string& figure, http::request&, http::responder);
  void decide(http::request&, http::responder);
  enum class review_page { of_month, of_service, of_deployment };
  void review(review_page, const std::string& of, const http::request&, http::responder);
  static void style(const http::responder&);
  void show_openapi(const http::responder&) const;
  void make_routes();

  struct reads;
  parts parts_;
  bool may_read(const http::request&, const http::responder&) const;
  void admit(http::request&, http::responder);
  bool knows_host(std::string_view authority) const;
  std::string foreign_name(const http::request&) const;
  users users_;
  operations_settings settings_;
  std::uint64_t settings_changed_ = 0;  ///< times
  const bool is_local_;                 ///< on loopback, where reading needs no token
  std::list<std::string> list_paths_;   ///< what routes point into
  std::vector<http::route> routes_;
  bool database_up_ = false, draining_ = false, rules_changed_ = false, is_rebuilding_ = false;
  std::string last_failure_;
  struct worker;
  std::unique_ptr<worker> scrapes_;
  std::unique_ptr<reads> reads_;
  std::unique_ptr<reads> past_;  ///< what was known at an instant takes long: apart from the others, one at a time
  bool looks_back_ = false;
};

}
