#pragma once
// Reading the ledger and the timeline. The connection is read-only, so figures cannot write by mistake.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "daemon/ledger/session.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth::ledger {

/// A half-open stretch of time with a label (figures.md §10).
struct period {
  std::string label;
  timestamp begin, end;
  bool partial = false;  ///< data does not cover it whole
};

/// Counts of one place in one period, in the order of `population::columns`.
struct population_row {
  place where;
  std::string period;
  std::vector<std::int64_t> counts;
};
struct population {
  std::vector<std::string> columns;
  std::vector<population_row> rows;
};

struct last_deployment {
  place where;
  std::string kind;
  timestamp finished_at;
};

struct ledger_counts {
  std::int64_t dead = 0, unplaced = 0;
};

/// A stored event, with what the ledger adds to it.
struct stored_event {
  event told;
  timestamp received_at;
};

/// Used by one thread at a time; throws pqxx::failure, after which the next call connects anew.
class reader {
 public:
  explicit reader(const session&);
  ~reader();
  reader(reader&&) noexcept;

  /// Whether PostgreSQL answers at all.
  bool answers() noexcept;
  std::map<place, std::int64_t> generations();
  /// `statement`: one of schema/figures that takes labels, begins, ends, services and environments.
  population count(std::string_view statement, const std::vector<period>&, const std::set<place>&);
  std::vector<last_deployment> last_deployments(const std::set<place>&, timestamp now);
  ledger_counts counts();

  /// By id, the sender's own name, or version: at most 20, each as a JSON object of its columns.
  std::vector<json::object> find_deployments(const std::string& name);
  /// The events about a deployment, or about the commit of that name, in the order of receipt.
  std::vector<stored_event> events_about(const std::string& thing, const std::string& source,
                                         const std::string& subject);
  /// Everything, page by page, in the order of receipt: those after the given one, at most 1,000.
  std::vector<stored_event> events_after(const std::optional<stored_event>&);

 private:
  struct connected;
  template <class Work>
  auto read(Work work);
  session session_;
  std::unique_ptr<connected> connected_;
};

}
