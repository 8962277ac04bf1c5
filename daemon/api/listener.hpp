#pragma once
// The operations listener: all endpoints, with admission, worker threads, response cache, ETag and error formatting in
// one place. Lives on the io thread.
#include "daemon/api/admission.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/database/session.hpp"
#include "daemon/system/touch_signal.hpp"
#include "daemon/system/worker.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::api {

class listener {
 public:
  struct parts {
    boost::asio::io_context& io;
    session database;  ///< for reads on a separate thread
    ledger::commit_queue& queue;
    figure_page& page;
    metrics& own;
    const logger& log;
    const readiness& ready;
    std::function<timestamp()> clock;
    touch_signal& stored;                        ///< touched after an override
    std::function<reloaded(bool force)> reload;  ///< reads the configuration again
    const std::vector<http::route>& intake;      ///< routes of the intake listener, for OpenAPI
  };
  listener(parts, settings);
  ~listener();
  http::service service();

  /// After a reload.
  void use(settings);

 private:
  struct reply;
  struct reads;
  void admit(http::request&, http::responder);
  void begin(const endpoint&, http::request&, const http::parameters& path, http::responder);
  void carry_out(http::response, const reply&);
  void carry_out(rendering, const reply&);
  void carry_out(reading, const reply&);
  void carry_out(looking_back, const reply&);
  void carry_out(appending, const reply&);
  void done(const http::request&, const http::response&);

  parts parts_;
  std::shared_ptr<const settings> settings_;
  std::uint64_t settings_changed_ = 0;  ///< number of reloads
  admission admission_;
  std::vector<endpoint> endpoints_;
  std::vector<http::route> routes_;
  bool looks_back_ = false;
  // last, so that they finish before the members they use are destroyed
  std::unique_ptr<reads> reads_;
  std::unique_ptr<reads> past_;  ///< as_of queries are slow: one at a time
  worker scrapes_{"scrape"};
};

}
