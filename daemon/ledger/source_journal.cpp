#include "daemon/ledger/source_journal.hpp"

#include <algorithm>

#include "collectors/base/printable.hpp"
#include "collectors/base/utf8.hpp"
#include "daemon/database/rows.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {

BOOST_DESCRIBE_STRUCT(source_count, (), (source, outcome, day, deliveries, last_at))
BOOST_DESCRIBE_STRUCT(source_reason, (), (source, outcome, reason, at))

void source_journal::note(std::string_view source, std::string_view outcome, timestamp instant,
                          std::string_view reason) {
  const timestamp day = std::chrono::floor<std::chrono::days>(instant);
  auto& tally = counts_[std::string(source)][{day, std::string(outcome)}];
  ++tally.deliveries;
  tally.last_at = std::max(tally.last_at, instant);
  if (reason.empty()) return;
  auto& newest = reasons_[std::string(source)];
  newest.push_back(
      {std::string(source), std::string(outcome), printable(first_bytes(reason, longest_reason)), instant});
  if (newest.size() > most_reasons) newest.pop_front();
}

journal_entries source_journal::take() {
  journal_entries all;
  for (const auto& [source, days] : counts_)
    for (const auto& [key, tally] : days)
      all.counts.push_back({source, key.second, key.first, tally.deliveries, tally.last_at});
  for (auto& [source, reasons] : reasons_)
    all.reasons.insert(all.reasons.end(), std::make_move_iterator(reasons.begin()),
                       std::make_move_iterator(reasons.end()));
  counts_.clear();
  reasons_.clear();
  return all;
}

void source_journal::put_back(const journal_entries& all) {
  for (const auto& c : all.counts) {
    auto& tally = counts_[c.source][{c.day, c.outcome}];
    tally.deliveries += c.deliveries;
    tally.last_at = std::max(tally.last_at, c.last_at);
  }
  for (auto r = all.reasons.rbegin(); r != all.reasons.rend(); ++r) {  // older than those noted meanwhile
    auto& newest = reasons_[r->source];
    if (newest.size() < most_reasons) newest.push_front(*r);
  }
}

void write_journal(const session& s, const journal_entries& all, timestamp now) {
  if (all.empty()) return;
  connection c(s);
  transaction work(c);
  execute(work, sql::ledger::write_source_days, by_column(all.counts), now - journal_horizon);
  execute(work, sql::ledger::write_source_reasons, by_column(all.reasons),
          static_cast<std::int64_t>(source_journal::most_reasons), now - journal_horizon);
  work.commit();
}

}
