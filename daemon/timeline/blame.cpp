#include "daemon/timeline/blame.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "collectors/words.hpp"

namespace releasehealth {
namespace {

// One report may be about several environments, so their order is the last one to decide.
auto by_finish(const settled& d) { return std::tie(*d.finished_at, d.day_order, d.thing, d.where.environment); }
auto by_start(const settled& d) { return std::tie(*d.started_at, d.thing, d.where.environment); }

const settled* find(std::string_view id, std::span<const settled> known) {
  const auto found = std::ranges::find(known, id, &settled::id);
  return found == known.end() ? nullptr : &*found;
}

bool is_name_of_service(std::string_view name, std::string_view service, const naming& names) {
  return std::ranges::any_of(names.names_of(service), [&](const auto& one) { return equal_ignoring_case(one, name); });
}

// Looks up the culprit in the incident's services first, then in all others. In other services, a version counts only
// if the report names its service, and a name that fits several services matches none of them.
std::vector<const settled*> culprits(const incident& i, std::span<const settled> known, const naming& names) {
  std::vector<const settled*> own, elsewhere;
  for (const auto& [d, only_in_its_service] : named(i.culprit, i.culprit_source, known, names)) {
    if (!d->production || !d->finished_at) continue;
    if (std::ranges::binary_search(i.services, d->where.service))
      own.push_back(d);
    else if (!only_in_its_service)
      elsewhere.push_back(d);
  }
  if (!own.empty()) return own;
  const auto is_another = [&](const settled* d) { return d->where.service != elsewhere.front()->where.service; };
  return std::ranges::any_of(elsewhere, is_another) ? own : elsewhere;
}

// figures.md section 14, culprits
void blame_culprit(blame& b, const incident& i, std::span<const settled> known, const naming& names) {
  if (i.culprit == "none") {
    b.reason = unattributed::not_a_change;
    return;
  }
  std::vector<const settled*> changes, others;
  for (const auto* d : culprits(i, known, names)) (change_of(*d, known) ? changes : others).push_back(d);
  if (const auto* match = nearest(changes, i.started_at)) {
    b.change = change_of(*match, known);
  } else if (const auto* other = nearest(others, i.started_at)) {
    b.reason = other->succeeded() ? unattributed::not_a_change : unattributed::failed_deployment;
  } else {
    b.reason = unattributed::culprit_unknown;
  }
}

/// Whether a deployment of the service is relevant: production, in the environment or group that the incident names, if
/// any.
bool concerns(const settled& d, std::string_view service, const incident& i, const naming& names) {
  return d.production && d.where.service == service &&
         (i.environment.empty() || names.is_about(i.environment, d.where.environment));
}

// figures.md §5.2
const settled* in_progress(const incident& i, std::string_view service, std::span<const settled> known,
                           const naming& names) {
  const settled* latest = nullptr;
  for (const auto& d : known) {
    if (!concerns(d, service, i, names) || !d.started_at || !d.finished_at) continue;
    const bool attempt = d.is_change || d.state == deployment_state::failed || d.state == deployment_state::canceled;
    if (!attempt || !(*d.started_at <= i.started_at && i.started_at < *d.finished_at)) continue;
    if (!latest || by_start(*latest) < by_start(d)) latest = &d;
  }
  return latest;
}

/// The element on top of the live stack at t, for each production environment of the service: a change or an unmeasured
/// base.
std::vector<const settled*> live_at(timestamp t, std::string_view service, std::span<const settled> known) {
  std::map<std::string_view, const settled*> last;
  for (const auto& d : known) {
    if (!d.production || d.where.service != service || !d.succeeded() || !d.finished_at || *d.finished_at > t) continue;
    auto& l = last[d.where.environment];
    if (!l || by_finish(*l) < by_finish(d)) l = &d;
  }
  std::vector<const settled*> all;
  for (const auto& [environment, d] : last)
    if (const auto* live = find(d->live, known)) all.push_back(live);
  return all;
}

const settled* latest_of(std::span<const settled* const> all) {
  const settled* latest = nullptr;
  for (const auto* d : all)
    if (!latest || by_finish(*latest) < by_finish(*d)) latest = d;
  return latest;
}

// figures.md §5.3 and §5.4
void blame_live(blame& b, const incident& i, std::string_view service, std::span<const settled> known,
                const blame_settings& settings) {
  auto live = live_at(i.started_at, service, known);
  std::erase_if(live, [&](const settled* d) { return !d->is_change || !concerns(*d, service, i, settings.names); });
  const auto* change = latest_of(live);
  if (!change)
    b.reason = unattributed::no_deployment;
  else if (i.started_at - *change->finished_at > settings.window(service))
    b.reason = unattributed::outside_window;
  else
    b.change = change;
}

}

std::vector<named_deployment> named(std::string_view name, std::string_view own_source, std::span<const settled> known,
                                    const naming& names) {
  std::vector<named_deployment> by_id, own, other, by_identity, of_named_service;
  std::set<std::string_view> other_sources;
  const auto service = service_in(name), rest = version_in(name);
  const bool may_be_commit = !rest.empty() && lower_case(rest).find_first_not_of(hex_digits) == rest.npos;
  for (const auto& d : known) {
    if (d.id == name || (!name.empty() && d.release == name)) by_id.push_back({&d});
    if (d.thing.subject == name && d.thing.source == own_source) own.push_back({&d});
    if (d.thing.subject == name && d.thing.source != own_source) {
      other.push_back({&d});
      other_sources.insert(d.thing.source);
    }
    const bool has_commit = may_be_commit && !d.commit.empty() && same_commit(d.commit, rest);
    const bool has_version = !d.version.empty() && (same_version(d.version, rest) || same_version(d.version, name));
    if (!has_commit && !has_version) continue;
    by_identity.push_back({&d, !has_commit});
    if (!service.empty() && is_name_of_service(service, d.where.service, names)) of_named_service.push_back({&d});
  }
  if (!by_id.empty()) return by_id;
  if (!own.empty()) return own;
  if (other_sources.size() == 1) return other;
  return of_named_service.empty() ? by_identity : of_named_service;
}

const settled* change_of(const settled& d, std::span<const settled> known) {
  if (d.is_change) return &d;
  if (d.kind != deployment_kind::redeploy) return nullptr;
  const auto* live = find(d.live, known);
  return live && live->is_change ? live : nullptr;
}

const settled* nearest(std::span<const settled* const> matches, timestamp t) {
  const settled *earlier = nullptr, *later = nullptr;
  for (const auto* d : matches) {
    if (*d->finished_at <= t) {
      if (!earlier || by_finish(*earlier) < by_finish(*d)) earlier = d;
    } else if (!later || by_finish(*d) < by_finish(*later)) {
      later = d;
    }
  }
  return earlier ? earlier : later;
}

duration blame_settings::window(std::string_view service) const {
  const auto own = windows.find(service);
  return own == windows.end() ? attribution_window : own->second;
}

blame find_blame(const incident& i, std::string_view service, std::span<const settled> known,
                 const blame_settings& settings) {
  blame b;
  b.environment = i.environment;
  b.production = i.environment.empty() || settings.names.is_production(i.environment);
  if (!b.production) return b;
  if (!i.culprit.empty()) {
    blame_culprit(b, i, known, settings.names);
  } else if (service.empty()) {
    b.reason = unattributed::no_service;
  } else if (const auto* attempt = in_progress(i, service, known, settings.names)) {
    if (attempt->is_change)
      b.change = attempt;
    else
      b.reason = unattributed::failed_deployment;
  } else {
    blame_live(b, i, service, known, settings);
  }
  if (b.environment.empty())
    b.environment = b.change ? b.change->where.environment : changed_last(service, i.started_at, known);
  if (b.change && b.change->is_acquitted()) {
    b.change = nullptr;
    b.reason = unattributed::not_a_change;
  }
  return b;
}

std::string changed_last(std::string_view service, timestamp t, std::span<const settled> known) {
  const auto live = live_at(t, service, known);
  const auto* latest = latest_of(live);
  return latest ? latest->where.environment : std::string(default_environment);
}

}
