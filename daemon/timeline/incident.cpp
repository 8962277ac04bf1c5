#include "daemon/timeline/incident.hpp"

#include <algorithm>
#include <set>

#include "collectors/words.hpp"

namespace releasehealth {
namespace {

struct told {
  std::vector<report> reports, overrides;
  json::object facts, overriding;  ///< merged; `facts` includes the overrides
};

// Retractions are left out: the caller has already decided with them whether the thing exists.
told split(std::vector<report> ordered) {
  told t;
  for (auto& r : ordered)
    if (!r.retraction) (r.is_override ? t.overrides : t.reports).push_back(std::move(r));
  t.facts = merge_reports(t.reports);
  t.overriding = merge_reports(t.overrides);
  for (const auto& [name, value] : t.overriding)
    if (!is_about_override(name)) t.facts[name] = value;
  return t;
}

// `service` is shorthand for a list of one in `services`: the last report that carries either wins.
void write_as_services(std::vector<report>& reports) {
  for (auto& r : reports) {
    if (!r.fields.contains("services"))
      if (const auto* one = r.fields.if_contains("service"))
        r.fields["services"] = one->is_null() ? json::value(nullptr) : json::value(json::array{*one});
    r.fields.erase("service");
    if (!r.fields.contains("services")) continue;
    // These fields refer to the services in the same report, not to those of another one.
    for (const auto* key : {"project", "service_id"})
      if (!r.fields.contains(key)) r.fields[key] = nullptr;
  }
}

std::vector<std::string> mapped_services(const std::string& source, const json::object& facts, timestamp instant,
                                         const naming& names) {
  std::set<std::string> all;
  for (auto& [pointer, service] : names.services(source, facts, instant)) all.insert(std::move(service));
  all.erase("");
  if (all.empty())
    if (auto service = names.service(source, facts, instant); !service.empty()) all.insert(std::move(service));
  return {all.begin(), all.end()};
}

std::optional<incident_state> incident_state_in(const json::object& fields) {
  return parse_word<incident_state>(text_at(fields, "/state"));
}

bool is_unresolved(std::optional<incident_state> state) {
  return state == incident_state::open || state == incident_state::acknowledged;
}

// A null resolution time withdraws the resolution.
bool withdraws_resolution(const report& r) {
  const auto* resolved = r.fields.if_contains("resolved_at");
  return resolved && resolved->is_null();
}

class course {
 public:
  explicit course(timestamp opened) { stretches_.push_back({opened, {}, {}}); }

  // The first resolution of a run closes the stretch; a later one only corrects its time. A report of an unresolved
  // state later than the resolution reopens the incident (figures.md section 18). A report without a state but with a
  // resolution time resolves it, unless it repeats the resolution of an earlier stretch.
  void tell(const report& r) {
    const auto state = incident_state_in(r.fields);
    const auto resolved = time_at(r.fields, "/resolved_at");
    const auto& last = stretches_.back();
    if (state == incident_state::resolved) {
      if (resolved || !last.until) close(resolved.value_or(r.time));
    } else if (!state && resolved) {
      if (stretches_.size() == 1 || *resolved > last.from) close(*resolved);
    } else if (state == incident_state::open && withdraws_resolution(r)) {
      stretches_.back().until.reset();
    } else if (is_unresolved(state) && last.until && r.time > *last.until) {
      stretches_.push_back({r.time, {}, {}});
    }
  }

  // An override takes precedence over all reports; it applies to the last stretch.
  void override_with(const json::object& said, timestamp instant) {
    auto& last = stretches_.back();
    const auto state = incident_state_in(said);
    const auto resolved = time_at(said, "/resolved_at");
    if (is_unresolved(state))
      last.until.reset();
    else if (resolved)
      last.until = std::max(last.from, *resolved);
    else if (state == incident_state::resolved && !last.until)
      last.until = std::max(last.from, instant);
  }

  // A mitigation belongs to the last stretch that began at or before it.
  void mitigate(timestamp instant) {
    auto current = stretches_.begin();
    for (auto s = stretches_.begin(); s != stretches_.end(); ++s)
      if (s->from <= instant) current = s;
    current->mitigated = std::max(current->from, current->until ? std::min(instant, *current->until) : instant);
  }

  std::vector<stretch> stretches() && { return std::move(stretches_); }

 private:
  // A reopening that its sender does not date has the time of its receipt. If its resolution is earlier, the stretch is
  // taken to begin at that resolution.
  void close(timestamp instant) {
    auto& last = stretches_.back();
    if (stretches_.size() > 1 && instant < last.from)
      last.from = std::max(instant, *stretches_[stretches_.size() - 2].until);
    last.until = std::max(last.from, instant);
  }

  std::vector<stretch> stretches_;
};

std::vector<stretch> read_stretches(const told& t, timestamp opened) {
  course c(opened);
  for (const auto& r : t.reports) c.tell(r);
  if (!t.overrides.empty()) c.override_with(t.overriding, t.overrides.back().time);
  const auto* last_word = t.facts.if_contains("mitigated_at");
  for (const auto* all : {&t.reports, &t.overrides})
    for (const auto& r : *all)
      if (const auto mitigated = last_word ? time_at(r.fields, "/mitigated_at") : std::nullopt) c.mitigate(*mitigated);
  return std::move(c).stretches();
}

std::vector<responder> read_responders(const json::object& facts) {
  std::vector<responder> all;
  const auto* given = facts.if_contains("responders");
  if (!given || !given->is_array()) return all;
  for (const auto& v : given->get_array()) {
    if (!v.is_object()) continue;
    responder r{text_at(v, "/person"), time_at(v, "/from"), time_at(v, "/to")};
    if (!r.person.empty()) all.push_back(std::move(r));
  }
  return all;
}

timestamp first_time(const told& t) { return (t.reports.empty() ? t.overrides : t.reports).front().time; }

// Reports in the order of figures.md §2; nothing if the thing is retracted or has only retractions.
std::optional<told> read(std::vector<report> reports) {
  order_reports(reports);
  if (is_retracted(reports)) return {};
  auto t = split(std::move(reports));
  if (t.reports.empty() && t.overrides.empty()) return {};
  return t;
}

}

bool open_at(std::span<const stretch> all, timestamp t) {
  return std::ranges::any_of(all, [&](const stretch& s) { return s.from <= t && (!s.until || t < *s.until); });
}

std::optional<incident> fold_incident(const thing_id& thing, std::vector<report> reports, const naming& names) {
  write_as_services(reports);
  const auto t = read(std::move(reports));
  if (!t) return {};
  incident i;
  i.thing = thing;
  i.facts = t->facts;
  i.overrides = t->overriding;
  i.environment = names.environment(text_at(i.facts, "/environment"));
  i.severity = static_cast<int>(number_at(i.facts, "/severity").value_or(0));
  const auto started = time_at(i.facts, "/started_at"), detected = time_at(i.facts, "/detected_at");
  i.started_at = started ? *started : detected.value_or(first_time(*t));
  i.detected_at = detected.value_or(i.started_at);
  i.services = mapped_services(thing.source, i.facts, i.started_at, names);
  i.acknowledged_at = time_at(i.facts, "/acknowledged_at");
  for (const auto& r : t->reports)
    if (!i.acknowledged_at && incident_state_in(r.fields) == incident_state::acknowledged) i.acknowledged_at = r.time;
  i.stretches = read_stretches(*t, i.started_at);
  i.state = !i.is_open()        ? incident_state::resolved
            : i.acknowledged_at ? incident_state::acknowledged
                                : incident_state::open;
  i.culprit = text_at(i.facts, "/culprit");
  i.culprit_source = thing.source;
  i.responders = read_responders(i.facts);
  return i;
}

std::optional<work> fold_work(const thing_id& thing, std::vector<report> reports, const naming& names) {
  const auto t = read(std::move(reports));
  if (!t) return {};
  work w;
  w.thing = thing;
  w.person = text_at(t->facts, "/person");
  w.incident = text_at(t->facts, "/incident");
  w.begin = time_at(t->facts, "/begin");
  w.end = time_at(t->facts, "/end");
  w.seconds = number_at(t->facts, "/seconds");
  w.at = w.begin.value_or(first_time(*t));
  w.service = names.service(thing.source, t->facts, w.at);
  return w;
}

std::optional<flag_change> fold_flag(const thing_id& thing, std::vector<report> reports, const naming& names) {
  const auto t = read(std::move(reports));
  if (!t) return {};
  flag_change f;
  f.thing = thing;
  f.environment = names.environment(text_at(t->facts, "/environment"));
  f.flag = text_at(t->facts, "/flag");
  f.incident = text_at(t->facts, "/incident");
  const auto* is_on = t->facts.if_contains("on");
  f.is_on = !is_on || !is_on->is_bool() || is_on->get_bool();
  f.at = time_at(t->facts, "/at").value_or(first_time(*t));
  f.service = names.service(thing.source, t->facts, f.at);
  return f;
}

}
