#pragma once
// The operations listener: metrics, health, and what people amend. Lives on the io thread.
#include <functional>
#include <memory>

#include "daemon/config.hpp"
#include "daemon/figures/refresh.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/ledger/commit_queue.hpp"
#include "daemon/metrics.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth {

class operations {
 public:
  struct parts {
    boost::asio::io_context& io;
    session database;  ///< for reads on a thread of their own
    ledger::commit_queue& queue;
    metrics& own;
    const logger& log;
    std::function<timestamp()> clock;
    std::function<void()> stored;         ///< after an override
    std::function<std::string()> reload;  ///< reads the configuration again; what is wrong with it, or nothing
  };
  operations(parts, std::vector<token>);
  ~operations();
  http::service service();

  void use(std::vector<token> tokens) { tokens_ = std::move(tokens); }
  void publish(refreshed);  ///< the last refresh
  void drain() { draining_ = true; }

 private:
  void metrics_page(http::request&, http::responder);
  void ready(http::responder);
  void reload(http::responder);
  void landing(http::responder);
  void show(const std::string& id, http::request&, http::responder);
  void amend(const std::string& id, http::request&, http::responder);

  struct reads;
  parts parts_;
  std::vector<token> tokens_;
  std::vector<http::route> routes_;
  std::shared_ptr<const refreshed::page> page_;
  bool database_up_ = false, draining_ = false;
  std::unique_ptr<reads> reads_;
};

}
