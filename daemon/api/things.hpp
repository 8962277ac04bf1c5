#pragma once
// One table for deployments and incidents as the API shows, explains and amends them.
#include "daemon/explain/explanation.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth::api {

struct shown_thing {
  thing_type type;
  std::string_view path;
  std::string_view schema, amendment;  ///< schema names in OpenAPI
  std::vector<json::object> (ledger::reader::*find)(const std::string& name);
  std::vector<explanation> (*explain)(ledger::reader&, const std::string& name);

  std::string name() const { return std::string(word(type)); }
  std::string path_of_one() const { return std::string(path) + "/{id...}"; }
};

inline constexpr shown_thing shown_things[] = {
    {thing_type::deployment, "/api/v1/deployments", "Deployment", "DeploymentAmendment",
     &ledger::reader::find_deployments, explain_deployment},
    {thing_type::incident, "/api/v1/incidents", "Incident", "IncidentAmendment", &ledger::reader::find_incidents,
     explain_incident}};

inline error unknown(thing_type t) { return {errc::unknown, "unknown " + std::string(word(t))}; }

}
