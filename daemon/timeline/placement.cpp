#include "daemon/timeline/placement.hpp"

#include <algorithm>

#include "collectors/base/json.hpp"
#include "collectors/words.hpp"

namespace releasehealth {
namespace {

// A report received later may be stored earlier: by another daemon, while this one was spooling.
const known_report* latest(const std::vector<known_report>& known, timestamp received_at, const std::string* subject) {
  const known_report* found = nullptr;
  for (const auto& r : known)
    if (r.received_at <= received_at && (!subject || r.subject == *subject) &&
        (!found || r.received_at >= found->received_at))
      found = &r;
  return found;
}

// Alertmanager repeats resolutions; a later end means that the alert fired in between.
bool repeats(const known_report& r, std::optional<incident_state> state, const std::optional<timestamp>& resolved_at) {
  return r.state == state &&
         (state == incident_state::open || !resolved_at || (r.resolved_at && *resolved_at <= *r.resolved_at));
}

}

std::string alert_of(const event& e) {
  auto fingerprint = text_at(e.fields, "/alert_fingerprint");
  const bool is_alert = e.type == event_type::incident && !fingerprint.empty() &&
                        e.subject.starts_with(fingerprint + '/') && e.id.starts_with(e.subject + '/');
  return is_alert ? fingerprint : std::string();
}

bool place_report(event& e, timestamp received_at, std::vector<known_report>& known) {
  const auto state = parse_word<incident_state>(text_at(e.fields, "/state"));
  const auto resolved_at = time_at(e.fields, "/resolved_at");
  const auto* own = latest(known, received_at, &e.subject);
  const auto* any = latest(known, received_at, nullptr);
  const bool knows_thing = state == incident_state::open || e.fields.contains("started_at");
  const auto* found = own && knows_thing ? own : any && any->state == incident_state::open ? any : own;
  if (!found && !knows_thing && any && any->resolved_at == resolved_at) return false;
  if (found) {
    if (repeats(*found, state, resolved_at)) return false;
    if (found->subject != e.subject) {
      e.id = found->subject + e.id.substr(e.subject.size());
      e.subject = found->subject;
      e.fields.erase("started_at");
    }
    const auto same = [&](const known_report& r) { return r.subject == e.subject && r.state == state; };
    if (std::ranges::any_of(known, same)) {
      e.id += '/' + format_time(received_at);
      e.time = std::max(received_at, found->time + duration{1});
    }
  }
  known.push_back({e.subject, state, e.time, received_at, resolved_at});
  return true;
}

}
