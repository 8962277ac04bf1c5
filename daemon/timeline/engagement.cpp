#include "daemon/timeline/engagement.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

// A responder without a leaving time counts as engaged while the incident was open and not mitigated.
void engage(std::vector<engagement>& engaged, const incident& i, const responder& r) {
  const auto joined = r.from ? *r.from : i.acknowledged_at.value_or(i.detected_at);
  if (r.to) {
    if (joined < *r.to) engaged.push_back({method::engaged, r.person, joined, r.to, {}});
    return;
  }
  for (const auto& s : i.stretches) {
    const auto first = std::max(joined, s.from);
    if (const auto until = s.restored(); !until || first < *until)
      engaged.push_back({method::engaged, r.person, first, until, {}});
  }
}

}

std::optional<engagement> engagement_of(const work& w) {
  if (w.begin && w.end) {
    if (*w.begin >= *w.end) return {};
    return engagement{method::reported, w.person, *w.begin, w.end, {}};
  }
  if (w.seconds) return engagement{method::reported, w.person, w.at, {}, w.seconds};
  return {};
}

std::vector<engagement> engagements_of(const incident& i, std::span<const work> naming_it, duration duration_cap) {
  std::vector<engagement> all;
  for (const auto& w : naming_it)
    if (auto e = engagement_of(w)) all.push_back(std::move(*e));
  if (!all.empty()) return all;
  for (const auto& r : i.responders) engage(all, i, r);
  if (!all.empty()) return all;
  for (const auto& s : i.stretches) {
    const auto capped = s.from + duration_cap;
    const auto until = std::min(s.restored().value_or(capped), capped);
    if (s.from < until) all.push_back({method::by_duration, "", s.from, until, {}});
  }
  return all;
}

}
