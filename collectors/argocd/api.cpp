// Argo CD's API: every application, with the history of its syncs and the last operation.
#include "collectors/api.hpp"

#include "collectors/facts.hpp"

namespace releasehealth::argocd {
namespace {

// One answer has all applications; the fields leave out their resources.
api_request first_applications(const api_place&) {
  return {
      "/api/v1/applications?fields=items.metadata.name,items.metadata.namespace,items.metadata.labels,"
      "items.metadata.annotations,items.spec,items.status.history,items.status.operationState,items.status.summary,"
      "items.status.reconciledAt"};
}

result<api_page> read_applications(const api_place& place, const api_request&, const api_answer& answer) {
  api_page page;
  if (value_at(answer.body, "/items").is_null()) return page;  // no application
  auto all = objects_at(answer, "/items");
  if (!all) return all.error();
  page.objects = std::move(*all);
  for (auto& one : page.objects) {
    one["url"] =
        place.base + "/applications/" + text_at(one, "/metadata/namespace") + '/' + text_at(one, "/metadata/name");
    json::array recent;
    for (const auto& sync : elements_at(one, "/status/history"))
      if (const auto deployed_at = time_at(sync, "/deployedAt"); deployed_at && *deployed_at >= place.since)
        recent.push_back(sync);
    one["recent"] = std::move(recent);
  }
  return page;
}

const api_list lists[] = {
    {.name = "applications",
     .permission = "applications, get, */*",
     .format = "argocd-applications",
     .first = first_applications,
     .read = read_applications},
};

}

extern constinit const tool_api api{.url = "", .scope = "", .lists = lists};

}
