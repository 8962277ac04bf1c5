#pragma once
// Why a deployment, an incident or a figure is what it is, in sentences and as data: for `explain` and for the API.
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

struct because {
  std::string what, why;
  std::string deployment = {};  ///< the other deployment that it speaks of, by id
};

struct explanation {
  std::string title;
  std::vector<because> lines;
  json::object about;                         ///< the row itself, or the figure's value
  std::vector<ledger::stored_event> told_by;  ///< in the order of receipt

  void add(std::string what, std::string why, std::string deployment = {}) {
    if (!why.empty()) lines.push_back({std::move(what), std::move(why), std::move(deployment)});
  }
};

/// By id, the sender's own name, or version; several if the name means several. Empty if nothing is called that.
std::vector<explanation> explain_deployment(ledger::reader&, const std::string& name);
/// By id or the sender's own name: one for each service.
std::vector<explanation> explain_incident(ledger::reader&, const std::string& name);

/// A figure as somebody asks for it.
struct figure_inquiry {
  std::string figure;                                       ///< of figures(), or as [[threshold]] names it
  std::vector<std::pair<std::string, std::string>> labels;  ///< kind=hotfix
  std::string service, environment, team;                   ///< a service or a team
  std::string period = "30d";
};
/// What is behind each series that is asked for. errc::malformed names the parameter; errc::unknown: nothing is there.
result<std::vector<explanation>> explain_figure(ledger::reader&, const figure_inquiry&, const figure_settings&,
                                                timestamp now);

std::string as_text(const explanation&);
json::object as_json(const explanation&);

// what the parts share

/// A column of a JSON object as text; empty if there is none.
inline std::string text(const json::value& in, std::string_view column) {
  return text_at(in, '/' + std::string(column));
}
/// "deploy-4702 (1.8.2)": how people call the deployment of that id.
std::string name_of_deployment(ledger::reader&, const std::string& id);
/// "hotfix, because default rule hotfix-ref matched ref hotfix/1.8.3".
std::string kind_and_reason(const json::object& deployment);
/// "deploy-4702 (1.8.2), because incident INC-7 was open when it started": for each change that it remedies.
std::vector<std::string> remedied_and_why(ledger::reader&, const json::object& deployment);

}
