#include "daemon/access/reach.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

bool covers(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view one) {
    return one.ends_with('*') ? name.starts_with(one.substr(0, one.size() - 1)) : name == one;
  });
}

std::string list_of(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

}

reach reach_of(const source& s) {
  const auto services = s.list("services"), environments = s.list("environments");
  return {{services.begin(), services.end()}, {environments.begin(), environments.end()}};
}

std::vector<problem> outside(const reach& of, const event& e, std::string_view source, const naming& names,
                             bool is_own_source, const std::string& at) {
  std::vector<problem> found;
  if (of.is_everything()) return found;
  if (!is_own_source && !e.source.empty() && e.source != source)
    found.push_back({at + "/source", "is another source; expected none from a restricted token"});
  if (e.type == event_type::commit || e.type == event_type::tag || e.type == event_type::retraction) {
    if (!is_own_source)
      found.push_back({at + "/type", "is a " + std::string(word(e.type)) +
                                         ", which may be about any service; a restricted token cannot send it"});
    return found;
  }
  for (const auto* other : {"culprit", e.type == event_type::deployment ? "" : "incident"})
    if (e.fields.contains(other))
      found.push_back(
          {at + '/' + other, "may be another service's; expected an event without it within a restriction"});
  if (!of.services.empty())
    for (const auto& [pointer, name] : names.services(source, e.fields, e.time))
      if (!covers(of.services, name))
        found.push_back({at + pointer, (name.empty() ? std::string("is missing")
                                                     : "\"" + name + "\" is outside of what may be reported") +
                                           "; expected one of: " + list_of(of.services)});
  if (of.environments.empty() || e.type == event_type::work) return found;
  const auto environment = environment_or_default(names.environment(text_at(e.fields, "/environment")));
  if (!covers(of.environments, environment))
    found.push_back(
        {at + "/environment",
         "\"" + environment + "\" is outside of what may be reported; expected one of: " + list_of(of.environments)});
  return found;
}

}
