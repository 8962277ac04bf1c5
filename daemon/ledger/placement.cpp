#include "daemon/ledger/placement.hpp"

#include <algorithm>
#include <map>

#include "collectors/words.hpp"
#include "daemon/database/rows.hpp"
#include "daemon/timeline/placement.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

using alert = std::pair<std::string, std::string>;  // source, fingerprint

/// An alert and the incident that its report names.
struct asked_alert {
  std::string source, fingerprint, subject;
};
BOOST_DESCRIBE_STRUCT(asked_alert, (), (source, fingerprint, subject))

struct alert_report {
  alert content;
  known_report told;
  std::string resolved_at;  ///< as the sender wrote it

  static constexpr auto columns = std::tuple(column("source", &alert_report::content, &alert::first),
                                             column("fingerprint", &alert_report::content, &alert::second),
                                             column("subject", &alert_report::told, &known_report::subject),
                                             column("state", &alert_report::told, &known_report::state),
                                             column("time", &alert_report::told, &known_report::time),
                                             column("received_at", &alert_report::told, &known_report::received_at),
                                             column("resolved_at", &alert_report::resolved_at));
};

bool needs_placing(const entry& e) {
  return std::ranges::any_of(e.events, [](const event& ev) { return !alert_of(ev).empty(); });
}

std::map<alert, std::vector<known_report>> read_known(transaction& work, const std::vector<const entry*>& entries) {
  std::vector<asked_alert> asked;
  for (const auto* e : entries)
    for (const auto& ev : e->events)
      if (auto fingerprint = alert_of(ev); !fingerprint.empty())
        asked.push_back({source_of(*e, ev), std::move(fingerprint), ev.subject});
  std::map<alert, std::vector<known_report>> known;
  for (auto& row : query<alert_report>(work, sql::ledger::reports_of_alerts, by_column(asked))) {
    row.told.resolved_at = parse_time(row.resolved_at);
    known[std::move(row.content)].push_back(std::move(row.told));
  }
  return known;
}

}

std::vector<const entry*> place_entries(transaction& work, std::span<const entry* const> entries,
                                        const std::vector<std::size_t>& which, std::deque<entry>& copies) {
  std::vector<const entry*> placed(entries.begin(), entries.end()), unplaced;
  for (const auto i : which)
    if (needs_placing(*entries[i])) unplaced.push_back(entries[i]);
  if (unplaced.empty()) return placed;
  auto known = read_known(work, unplaced);
  for (const auto i : which) {
    if (!needs_placing(*entries[i])) continue;
    auto& copy = copies.emplace_back(*entries[i]);
    std::erase_if(copy.events, [&](event& e) {
      const auto fingerprint = alert_of(e);
      return !fingerprint.empty() && !place_report(e, copy.received_at, known[{source_of(copy, e), fingerprint}]);
    });
    placed[i] = copy.events.empty() ? nullptr : &copy;
  }
  return placed;
}

}
