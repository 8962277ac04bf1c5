#include "daemon/timeline/fold.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"
#include "collectors/words.hpp"

namespace releasehealth {
namespace {

// Reports without a state, or with one that changes nothing (inactive, superseded, destroyed), sort first.
int rank(const report& r) {
  const auto state = text_at(r.fields, "/state");
  if (const auto known = parse_word<deployment_state>(state))
    return *known <= deployment_state::succeeded ? 1 + static_cast<int>(*known) : 0;
  const auto known = parse_word<incident_state>(state);
  return known ? 1 + static_cast<int>(*known) : 0;
}

std::optional<deployment_state> deployment_state_in(const json::object& fields) {
  return parse_word<deployment_state>(text_at(fields, "/state"));
}

bool is_terminal(std::optional<deployment_state> state) {
  using enum deployment_state;
  return state == succeeded || state == failed || state == canceled;
}

struct deployment_course {
  std::optional<deployment_state> state;
  std::optional<timestamp> finished_at, first_running;
};

// The state is that of the last terminal report; `finished_at` is the start of the last unbroken run of that state.
// Another terminal state starts a new run, and so does a correcting report, such as that of a release whose sender
// changed its date.
deployment_course read_course(const std::vector<report>& ordered) {
  deployment_course c;
  for (const auto& r : ordered) {
    if (r.retraction) continue;
    const auto state = deployment_state_in(r.fields);
    if (flag_at(r.fields, "/corrected")) c = {.state = {}, .finished_at = {}, .first_running = c.first_running};
    if (state == deployment_state::running && !c.first_running) c.first_running = r.time;
    if (is_terminal(state)) {
      if (state == c.state) continue;
      c.state = state;
      c.finished_at = time_at(r.fields, "/finished_at").value_or(r.time);
    } else if (!is_terminal(c.state) && (state == deployment_state::pending || state == deployment_state::running)) {
      c.state = state;
    }
  }
  return c;
}

// Whether the last report that carries the field sets it to null.
bool says_null(const std::vector<report>& ordered, std::string_view field) {
  bool is_null = false;
  for (const auto& r : ordered)
    if (const auto* value = r.retraction ? nullptr : r.fields.if_contains(field)) is_null = value->is_null();
  return is_null;
}

deployment fold_place(const thing_id& thing, const place& where, std::vector<report> reports, const naming& names) {
  deployment d;
  d.thing = thing;
  d.where = where;
  std::vector<report> told, overriding;
  for (auto& r : reports) (r.is_override ? overriding : told).push_back(std::move(r));
  d.facts = merge_reports(told);
  d.brings_no_commit = says_null(told, "first_commit_at");
  const auto c = read_course(told);
  d.state = c.state;
  d.finished_at = c.finished_at;
  d.overrides = merge_reports(overriding);
  for (const auto& [name, value] : d.overrides)
    if (!is_about_override(name)) d.facts[name] = value;
  if (const auto state = deployment_state_in(d.overrides)) {
    if (is_terminal(state) && !d.finished_at && !overriding.empty()) d.finished_at = overriding.back().time;
    d.state = state;
  }
  if (const auto finished = time_at(d.overrides, "/finished_at")) d.finished_at = finished;
  if (!is_terminal(d.state)) d.finished_at.reset();
  if (const auto team = text_at(d.facts, "/team"); !team.empty()) d.facts["team"] = names.team_named(team);
  d.created_at = time_at(d.facts, "/created_at");
  d.started_at = time_at(d.facts, "/started_at");
  if (!d.started_at) d.started_at = c.first_running;
  if (!d.started_at) d.started_at = d.finished_at;  // never the creation time: the request may have waited for approval
  d.version = text_at(d.facts, "/version");
  d.commit = lower_case(text_at(d.facts, "/commit"));
  return d;
}

// The deployment target that a report names; an empty part matches any.
struct named_place {
  std::string service, environment;
  bool fits(const place& p) const {
    return (service.empty() || service == p.service) && (environment.empty() || environment == p.environment);
  }
};

// A report without a service or an environment applies to all targets of that source and subject. The targets are
// therefore the pairs that reports name, completed with names that occur only alone.
std::set<place> places_of(const std::vector<named_place>& names) {
  std::set<place> pairs;
  std::set<std::string> services, environments, lone_services, lone_environments;
  for (const auto& n : names) {
    if (!n.service.empty()) services.insert(n.service);
    if (!n.environment.empty()) environments.insert(n.environment);
    if (!n.service.empty() && !n.environment.empty()) pairs.insert({n.service, n.environment});
  }
  for (const auto& s : services)
    if (std::ranges::none_of(pairs, [&](const place& p) { return p.service == s; })) lone_services.insert(s);
  for (const auto& e : environments)
    if (std::ranges::none_of(pairs, [&](const place& p) { return p.environment == e; })) lone_environments.insert(e);
  if (services.empty()) services.insert("");
  if (environments.empty()) environments.emplace(default_environment);
  for (const auto& s : lone_services)
    for (const auto& e : lone_environments.empty() ? environments : lone_environments) pairs.insert({s, e});
  for (const auto& e : lone_environments)
    for (const auto& s : services) pairs.insert({s, e});
  if (pairs.empty()) pairs.insert({*services.begin(), *environments.begin()});
  return pairs;
}

}

void tell_content(deployment& d, std::optional<change_content> content, bool is_hotfix) {
  for (const auto name : d.content_facts) d.facts.erase(name);
  d.content_facts.clear();
  d.content = std::move(content);
  if (!d.content || !d.content->is_known) return;
  const auto tell = [&](std::string_view name, json::value value) {
    if (d.facts.emplace(name, std::move(value)).second) d.content_facts.push_back(name);
  };
  tell("new_commits", static_cast<std::int64_t>(d.content->commits));
  if (d.content->lines_changed) tell("lines_changed", *d.content->lines_changed);
  if (is_hotfix && d.content->is_based_on_live) tell("branched_from_production", *d.content->is_based_on_live);
}

bool is_about_override(std::string_view field) { return field == "by" || field == "reason" || field == "was"; }

void order_reports(std::vector<report>& reports) {
  std::ranges::sort(reports, [](const report& a, const report& b) {
    if (a.time != b.time) return a.time < b.time;
    if (const auto ra = rank(a), rb = rank(b); ra != rb) return ra < rb;
    return a.id < b.id;
  });
}

json::object merge_reports(const std::vector<report>& ordered) {
  json::object merged;
  for (const auto& r : ordered) {
    if (r.retraction) continue;
    for (const auto& [name, value] : r.fields) {
      if (value.is_null())
        merged.erase(name);
      else
        merged[name] = value;
    }
  }
  return merged;
}

bool is_retracted(const std::vector<report>& ordered) {
  bool gone = false;
  for (const auto& r : ordered)
    if (r.retraction) {
      const auto* said = r.fields.if_contains("retracted");
      gone = !said || !said->is_bool() || said->get_bool();
    }
  return gone;
}

std::vector<deployment> fold_deployment(const thing_id& thing, std::vector<report> reports, const naming& names) {
  order_reports(reports);
  if (reports.empty() || is_retracted(reports)) return {};
  std::vector<named_place> said;
  for (const auto& r : reports) {
    if (r.retraction)
      said.push_back({});
    else
      said.push_back(
          {names.service(thing.source, r.fields, r.time), names.environment(text_at(r.fields, "/environment"))});
  }
  std::vector<deployment> out;
  for (const auto& where : places_of(said)) {
    std::vector<report> own;
    for (std::size_t i = 0; i < reports.size(); ++i)
      if (!reports[i].retraction && said[i].fits(where)) own.push_back(reports[i]);
    if (!own.empty()) out.push_back(fold_place(thing, where, std::move(own), names));
  }
  return out;
}

std::optional<timestamp> deployment::first_commit_at() const {
  const auto own = time_at(facts, "/first_commit_at");
  if (own || brings_no_commit) return own;
  if (content) return content->first_commit_at;
  return time_at(commit_facts, "/authored_at");
}

std::string deployment::day_order() const {
  constexpr std::size_t digits = 20;  // enough for any 64-bit number
  if (!flag_at(facts, "/date_only")) return {};
  std::string_view rest = version;
  rest.remove_prefix(std::min(rest.find_first_of("0123456789"), rest.size()));
  std::string key;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    auto number = rest.substr(0, rest.find_first_not_of("0123456789"));
    rest.remove_prefix(number.size());
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    key.append(digits - std::min(digits, number.size()), '0').append(number).append(".");
    if (rest.size() < 2 || rest[0] != '.' || rest[1] < '0' || rest[1] > '9') break;
    rest.remove_prefix(1);
  }
  if (key.empty()) return {};
  return rest.starts_with('-') ? key.append(rest) : key.append("~");
}

// A source's report without a repository, such as a retraction, refers to the repository that its other reports of the
// commit name.
std::vector<report> reports_of_commit(std::map<thing_id, std::vector<report>> told,
                                      std::span<const std::string> repositories, const repository_names& names) {
  std::vector<report> all;
  for (auto& [commit, reports] : told) {
    bool is_ours = repositories.empty(), is_elsewhere = false;
    const auto is_foreign = [&](const report& r) {
      const auto named = names.key(text_at(r.fields, "/repository"));
      if (named.empty() || repositories.empty()) return false;
      const bool is_one = is_one_of(named, repositories);
      (is_one ? is_ours : is_elsewhere) = true;
      return !is_one;
    };
    std::erase_if(reports, is_foreign);
    if (is_ours || !is_elsewhere)
      all.insert(all.end(), std::make_move_iterator(reports.begin()), std::make_move_iterator(reports.end()));
  }
  return all;
}

json::object fold_commit(std::vector<report> reports) {
  order_reports(reports);
  if (is_retracted(reports)) return {};
  auto facts = merge_reports(reports);
  for (const auto& [one, all] : {std::pair("title", "titles"), std::pair("ref", "refs")}) {
    std::set<std::string> texts;
    for (const auto& r : reports)
      if (auto text = text_at(r.fields, '/' + std::string(one)); !r.retraction && !text.empty())
        texts.insert(std::move(text));
    if (!texts.empty()) facts[all] = json::value_from(texts);
  }
  return facts;
}

}
