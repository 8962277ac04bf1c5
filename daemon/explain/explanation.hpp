#pragma once
// Explanations of deployments, incidents and figures, as text and as JSON, for `explain` and the API.
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

struct because {
  std::string what, why;
  std::string deployment = {};  ///< id of another deployment that the line refers to
};

/// The column at which the reasons of as_text() begin.
inline constexpr std::size_t indent_of_reasons = 18;

struct explanation {
  std::string title;
  std::vector<because> lines;
  json::object explained;                     ///< the explained row, or the figure's value
  std::vector<ledger::stored_event> told_by;  ///< in the order of receipt

  void add(std::string what, std::string why, std::string deployment = {}) {
    if (!why.empty()) lines.push_back({std::move(what), std::move(why), std::move(deployment)});
  }
};

/// Explains all deployments with this id, sender's id or version. Empty if there are none.
std::vector<explanation> explain_deployment(ledger::reader&, const std::string& name);
/// Explains all incidents with this id or sender's id: one for each service.
std::vector<explanation> explain_incident(ledger::reader&, const std::string& name);

/// A request for the explanation of a figure.
struct figure_inquiry {
  std::string figure;                                       ///< a name of figures() or in [[threshold]]
  std::vector<std::pair<std::string, std::string>> labels;  ///< kind=hotfix
  std::string service, environment, team;                   ///< a service or a team
  std::string period = "30d";
};
/// Explains each selected series. Fails with errc::malformed, which names the parameter, or errc::unknown without data.
result<std::vector<explanation>> explain_figure(ledger::reader&, const figure_inquiry&, const figure_settings&,
                                                timestamp now);

std::string as_text(const explanation&);
json::object as_json(const explanation&);

// shared by the parts

/// A column of a JSON object as text; empty if missing.
inline std::string text(const json::value& row, std::string_view column) {
  return text_at(row, '/' + std::string(column));
}
/// "deploy-4702 (1.8.2)": display name of the deployment with that id.
std::string name_of_deployment(ledger::reader&, const std::string& id);
/// "hotfix, because default rule hotfix-ref matched ref hotfix/1.8.3".
std::string kind_and_reason(const json::object& deployment);
/// "deploy-4702 (1.8.2), because ...": for each change that the deployment fixes.
std::vector<std::string> remedied_and_why(ledger::reader&, const json::object& deployment);

}
