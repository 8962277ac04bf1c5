#include "daemon/explain/explanation.hpp"

#include "collectors/base/printable.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

std::string as_text(const explanation& e) {
  constexpr std::size_t width = indent_of_reasons - 2;
  std::string out = e.title + '\n';
  for (const auto& [what, why, deployment] : e.lines) {
    out.append("  ").append(what).append(what.size() < width ? width - what.size() : 1, ' ');
    out.append(why).append("\n");
  }
  if (!e.told_by.empty()) out += "  evidence\n";
  for (const auto& [told, received_at] : e.told_by) {
    out.append("    ")
        .append(format_time(told.time))
        .append("  ")
        .append(told.is_override ? "override" : word(told.type));
    out.append(" ").append(told.id).append(", received ").append(format_time(received_at)).append("  ");
    out.append(json::serialize(told.fields)).append("\n");
  }
  return printable(out);
}

json::object as_json(const explanation& e) {
  json::array lines, told_by;
  for (const auto& [what, why, deployment] : e.lines) {
    json::object line = {{"what", what}, {"why", why}};
    if (!deployment.empty()) line["deployment"] = deployment;
    lines.push_back(std::move(line));
  }
  for (const auto& [told, received_at] : e.told_by)
    told_by.push_back({{"id", told.id},
                       {"source", told.source},
                       {"type", word(told.type)},
                       {"time", format_time(told.time)},
                       {"received_at", format_time(received_at)},
                       {"override", told.is_override},
                       {"fields", told.fields}});
  return {{"title", e.title}, {"because", std::move(lines)}, {"about", e.explained}, {"told_by", std::move(told_by)}};
}

std::string name_of_deployment(ledger::reader& database, const std::string& id) {
  if (id.empty()) return "no known deployment";
  const auto found = database.find_deployments(id);
  if (found.empty()) return id;
  const auto version = text(found.front(), "version");
  return text(found.front(), "subject") + (version.empty() ? "" : " (" + version + ")");
}

std::string kind_and_reason(const json::object& d) {
  if (text(d, "kind").empty()) return text(d, "state").empty() ? "nothing yet" : text(d, "state");
  const auto evidence = text(d, "kind_evidence");
  return text(d, "kind") + ", because " + (evidence.empty() ? "of: " : "") + text(d, "kind_reason") +
         (evidence.empty() ? "" : " matched " + evidence);
}

std::vector<std::string> remedied_and_why(ledger::reader& database, const json::object& d) {
  std::vector<std::string> all;
  std::string named, open;
  for (const auto& i : d.at("answers").as_array()) (flag_at(i, "/is_named") ? named : open) = text(i, "subject");
  const auto fixes = text(d, "facts/fixes");
  const auto why = text(d, "kind") == word(deployment_kind::rollback) ? "the rollback removed it"
                   : !fixes.empty()                                   ? "the hotfix reports that it fixes " + fixes
                   : !named.empty() ? "the hotfix names incident " + named + ", which is attributed to this change"
                   : !open.empty()
                       ? "incident " + open + " was open when the hotfix started and is attributed to this change"
                       : "it was the latest planned change live when the hotfix started";
  for (const auto& id : d.at("remedies").as_array())
    all.push_back(name_of_deployment(database, std::string(id.as_string())) + ", because " + why);
  if (all.empty() && text(d, "kind") == word(deployment_kind::hotfix))
    all.emplace_back("no known change: unattributed");
  return all;
}

}
