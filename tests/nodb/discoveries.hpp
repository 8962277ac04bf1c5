#pragma once
// Fixtures of the `discover` tests: a configuration, catalogues and names of the ledger.
#include "daemon/discover/catalogue_services.hpp"
#include "daemon/discover/names.hpp"
#include "daemon/discover/toml.hpp"
#include "tests/nodb/configurations.hpp"

namespace releasehealth::test {

using namespace discover;

inline configured_names configured_by(const std::string& text) {
  const auto c = right(text);
  configured_names known{c.figures.names};
  for (const auto& [team, engineers] : c.figures.engineers) known.teams.insert(team);
  for (const auto& s : c.sources) known.kinds[s.name] = s.kind;
  known.services_at = c.services_at;
  return known;
}

inline proposals propose(const tree& from, const configured_names& known) {
  proposals all;
  propose_from_catalogue(from, known, all);
  propose_teams(from.found, known, all);
  return all;
}

/// The service that a configuration with the proposals appended assigns to a name.
inline std::string service_after(const std::string& text, const proposals& all, const char* source,
                                 const char* fields) {
  const auto c = right(text + "\n" + new_tables(all));
  return c.figures.names.service(source, json::parse(fields).as_object(), {});
}

inline const std::string pagerduty_source = "[[source]]\nname='pd'\nkind='pagerduty'\nsecret='x'\n";

inline reported_name reported(const char* source, const char* fields, std::int64_t deployments,
                              std::int64_t incidents) {
  return {source, json::parse(fields).as_object(), deployments, incidents};
}

inline const timestamp noon = *parse_time("2026-11-01T12:00:00Z");

inline reported_thing thing(const char* source, const char* fields, thing_type type, duration after,
                            const char* commit = "") {
  return {source, json::parse(fields).as_object(), type, noon + after, commit, ""};
}

}
