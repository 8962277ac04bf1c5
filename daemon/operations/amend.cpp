#include "daemon/operations/amend.hpp"

#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "daemon/random_id.hpp"

namespace releasehealth {
namespace {

// What an override may not change: what a deployment is called, and whose it is.
constexpr std::string_view identity[] = {"id",      "type",        "source",     "subject", "time",
                                         "service", "environment", "repository", "by"};

}

result<json::object> read_amendment(std::string_view content_type, std::string_view body, timestamp now) {
  const auto type = content_type.substr(0, content_type.find(';'));
  if (type != "application/merge-patch+json" && type != "application/json")
    return error(errc::media_type, "an amendment is application/merge-patch+json");
  auto patch = parse_json_strictly(body);
  if (!patch) return patch.error();
  if (!patch->is_object()) return error(errc::malformed, "not an amendment", {{"", "is not an object"}});
  event e;
  e.id = e.subject = "x";
  e.thing = e.type = "deployment";
  e.time = now;
  e.fields = std::move(patch->get_object());
  std::vector<problem> found;
  for (const auto name : identity)
    if (e.fields.contains(name)) found.push_back({'/' + std::string(name), "cannot be amended"});
  const auto reason = text_at(e.fields, "/reason");
  if (reason.empty() || reason.size() > max_text) found.push_back({"/reason", "is missing: why this is amended"});
  if (e.fields.size() < 2) found.push_back({"", "names no field to amend"});
  for (auto& p : check(e, now)) found.push_back(std::move(p));
  if (!found.empty()) return error(errc::malformed, "nothing was amended", std::move(found));
  return std::move(e.fields);
}

ledger::entry override_entry(const json::object& deployment, json::object patch, const std::string& by, timestamp now) {
  event e;
  e.id = "override-" + random_id();
  e.source = text_at(deployment, "/source");
  e.thing = e.type = "deployment";
  e.subject = text_at(deployment, "/subject");
  e.time = now;
  e.is_override = true;
  e.fields = std::move(patch);
  e.fields["by"] = by;
  e.fields["service"] = deployment.at("service");
  e.fields["environment"] = deployment.at("environment");
  ledger::entry out;
  out.source = canonical::source_name;
  out.key = e.id;
  out.received_at = now;
  out.events.push_back(std::move(e));
  return out;
}

}
