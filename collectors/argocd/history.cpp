// History from Argo CD's API, converted into the notifications that would have reported it.
#include "collectors/facts.hpp"

namespace releasehealth::argocd {
namespace {

json::array sources_of(const json::value& all) {
  json::array sources;
  for (const auto& one : elements_at(all, ""))
    sources.emplace_back(json::object{{"repository", value_at(one, "/repoURL")}, {"chart", value_at(one, "/chart")}});
  return sources;
}

/// What a notification has of an application, with the source or the sources of one sync.
json::object notification(const json::value& application, const json::value& synced) {
  const auto source = value_at(synced, "/source");
  return {{"app", value_at(application, "/metadata/name")},
          {"namespace", value_at(application, "/metadata/namespace")},
          {"labels", value_at(application, "/metadata/labels")},
          {"annotations", value_at(application, "/metadata/annotations")},
          {"repository", value_at(source, "/repoURL")},
          {"chart", value_at(source, "/chart")},
          {"target_revision", value_at(source, "/targetRevision")},
          {"sources", sources_of(value_at(synced, "/sources"))},
          {"url", value_at(application, "/url")}};
}

// A sync that succeeded. The application shows the images of the last one only.
past_delivery earlier_sync(const json::value& application, const json::value& sync) {
  auto body = notification(application, sync);
  body["operation"] = {{"phase", "Succeeded"},
                       {"startedAt", value_at(sync, "/deployStartedAt")},
                       {"finishedAt", value_at(sync, "/deployedAt")},
                       {"revision", value_at(sync, "/revision")},
                       {"revisions", value_at(sync, "/revisions")},
                       {"initiatedBy", value_at(sync, "/initiatedBy/username")}};
  return {std::move(body)};
}

std::vector<past_delivery> last_operation(const json::value& application) {
  const auto operation = value_at(application, "/status/operationState");
  const auto phase = text_at(operation, "/phase");
  std::vector<past_delivery> all;
  const auto add = [&](std::string_view told_phase) {
    auto body = notification(application, value_at(application, "/spec"));
    body["images"] = value_at(application, "/status/summary/images");
    body["operation"] = {{"phase", told_phase},
                         {"startedAt", value_at(operation, "/startedAt")},
                         {"finishedAt", value_at(operation, "/finishedAt")},
                         {"revision", value_at(operation, "/syncResult/revision")},
                         {"revisions", value_at(operation, "/syncResult/revisions")},
                         {"initiatedBy", value_at(operation, "/operation/initiatedBy/username")}};
    all.push_back({std::move(body)});
  };
  if (!phase.empty()) add("Running");
  // until the application is looked at again, its images are those of before the sync
  const auto finished_at = time_at(operation, "/finishedAt"), seen_at = time_at(application, "/status/reconciledAt");
  const bool has_old_images = phase == "Succeeded" && (!finished_at || !seen_at || *seen_at < *finished_at);
  if (!phase.empty() && phase != "Running" && !has_old_images) add(phase);
  return all;
}

result<std::vector<past_delivery>> syncs_of(const json::value& application) {
  if (text_at(application, "/metadata/name").empty())
    return error(errc::malformed, "is not an application", {{"/metadata/name", "missing; expected its name"}});
  const auto last = text_at(application, "/status/operationState/startedAt");
  const bool is_recent = json_source(application).find("/recent") != nullptr;
  std::vector<past_delivery> all;
  for (const auto& sync : elements_at(application, is_recent ? "/recent" : "/status/history"))
    if (text_at(sync, "/deployStartedAt") != last) all.push_back(earlier_sync(application, sync));
  for (auto& one : last_operation(application)) all.push_back(std::move(one));
  return all;
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "argocd-applications", .help = "GET /api/v1/applications", .members = "items", .tell = syncs_of},
};

}
