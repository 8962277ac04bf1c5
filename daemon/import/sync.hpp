#pragma once
// Reads the history of a source from its tool's API into the ledger, and continues where an earlier run stopped.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "collectors/api.hpp"
#include "daemon/import/api_client.hpp"
#include "daemon/import/importer.hpp"
#include "daemon/ledger/sync_log.hpp"

namespace releasehealth {

struct sync_question {
  const source& settings;
  secret token;
  std::optional<timestamp> since;  ///< nothing: since the last complete reading, at first 90 days back
  std::optional<timestamp> until;  ///< nothing: now
};

/// Where a sync stores what it reads; null in a dry run.
struct sync_store {
  importer& events;
  ledger::sync_log& log;
};

struct sync_handler {
  std::function<void(const event&)> read;        ///< called for each event
  std::function<void(const std::string&)> warn;  ///< a list or an object that could not be read
  /// Progress: the list and the scope that is read now, after `done` of `total` lists.
  std::function<void(const std::string&, std::size_t done, std::size_t total)> note;
  std::function<void(duration, const std::string&)> pause;  ///< waits, for the reason
};

struct sync_result {
  std::size_t requests = 0, events = 0, unreported = 0, refused = 0;
  std::vector<std::string> failures;  ///< lists that could not be read
};

/// Reads every list that the source's settings need, scope by scope. A list that cannot be read does not affect the
/// others. Events are stored before the position, so that a killed run reads at most one page again. Throws
/// postgres_failure.
class sync {
 public:
  sync(const sync_question&, const http::client_settings&, sync_store*, sync_handler);
  sync_result run();

 private:
  std::vector<api_place> find_scopes();
  void read_list(const api_list&, api_place);
  result<std::optional<api_request>> read_page(const api_list&, const api_place&, const api_request&,
                                               ledger::sync_position&);
  result<void> complete(const api_list&, const api_place&, std::vector<json::object>&);
  void take(const api_list&, const api_place&, const json::object&, std::vector<event>&);
  void store(std::vector<event>);
  ledger::sync_position position_of(const api_list&, const std::string& scope) const;
  void fail(const std::string& what, const error&, std::string_view permission);

  const sync_question& question_;
  const tool_api& api_;
  sync_store* store_;
  sync_handler handler_;
  api_client client_;
  std::vector<ledger::sync_position> positions_;
  std::size_t done_ = 0, total_ = 0;  ///< lists
  sync_result result_;
};

/// Whether a text matches a text in which * stands for any characters, without regard to case.
bool matches_wildcard(std::string_view wildcards, std::string_view text);

}
