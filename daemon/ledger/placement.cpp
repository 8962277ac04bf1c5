#include "daemon/ledger/placement.hpp"

#include <algorithm>
#include <map>

#include "daemon/database/binary_array.hpp"
#include "daemon/database/database.hpp"
#include "daemon/timeline/placement.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

using alert = std::pair<std::string, std::string>;  // source, fingerprint

std::string source_of(const entry& e, const event& ev) { return ev.source.empty() ? e.source : ev.source; }

bool needs_placing(const entry& e) {
  return std::ranges::any_of(e.events, [](const event& ev) { return !alert_of(ev).empty(); });
}

std::map<alert, std::vector<known_report>> read_known(transaction& work, const std::vector<const entry*>& entries) {
  binary_array sources(binary_array::text), fingerprints(binary_array::text), subjects(binary_array::text);
  for (const auto* e : entries)
    for (const auto& ev : e->events)
      if (const auto fingerprint = alert_of(ev); !fingerprint.empty()) {
        sources.add(source_of(*e, ev));
        fingerprints.add(fingerprint);
        subjects.add(ev.subject);
      }
  std::map<alert, std::vector<known_report>> known;
  const auto at = [](const pqxx::field& f) { return timestamp(duration(f.as<std::int64_t>())); };
  for (const auto& row :
       run(work, sql::ledger::reports_of_alerts, sources.parameter(), fingerprints.parameter(), subjects.parameter())) {
    known_report r{text(row[2]), text(row[3]), at(row[4]), at(row[5]), {}};
    if (!row[6].is_null()) r.resolved_at = parse_time(text(row[6]));
    known[{text(row[0]), text(row[1])}].push_back(std::move(r));
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
