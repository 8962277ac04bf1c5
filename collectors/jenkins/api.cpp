// Jenkins' API: the builds of each job of the setting `jobs`, a hundred at a time.
#include "collectors/api.hpp"

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::jenkins {
namespace {

// /job/shop/job/deploy for shop/deploy.
std::string path_of_job(std::string_view job) {
  std::string path;
  while (!job.empty()) path += "/job/" + encode_part(take_part(job, '/'));
  return path;
}

std::vector<api_request> scopes(const api_place& place) {
  std::vector<api_request> all;
  for (const auto& job : place.settings.list("jobs"))
    all.push_back({path_of_job(job) + "/api/json?tree=fullName,name"});
  return all;
}

result<api_page> read_scopes(const api_place&, const api_request&, const api_answer& answer) {
  return api_page{{{{"scope", value_at(answer.body, "/fullName")}, {"name", value_at(answer.body, "/name")}}}, {}};
}

constexpr std::int64_t page_size = 100;
constexpr std::string_view members =
    "allBuilds[number,url,result,building,timestamp,duration,"
    "actions[parameters[name,value],lastBuiltRevision[SHA1,branch[name]],remoteUrls]]";

api_request builds_since(const api_place& place, std::int64_t first) {
  const auto range = '{' + std::to_string(first) + ',' + std::to_string(first + page_size) + '}';
  return {path_of_job(place.scope) + "/api/json?first=" + std::to_string(first) +
          "&tree=" + encode_part(std::string(members) + range)};
}

api_request first_builds(const api_place& place) { return builds_since(place, 0); }

// The newest first. A build that starts meanwhile shifts the others, so that some are read twice.
result<api_page> read_builds(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/allBuilds");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  const auto is_old = [&](const json::object& one) {
    const auto started_at = sender_time_at(one, "/timestamp");
    return started_at && *started_at < place.since;
  };
  const auto first = parse_number<std::int64_t>(parameter_of(asked, "first")).value_or(0);
  if (page.objects.size() == page_size && !is_old(page.objects.back()))
    page.next = builds_since(place, first + page_size);
  std::erase_if(page.objects, is_old);
  for (auto& one : page.objects) one["job"] = {{"name", value_at(place.scope_object, "/name")}, {"path", place.scope}};
  return page;
}

const api_list lists[] = {
    {.name = "builds",
     .permission = "Job/Read",
     .format = "jenkins-builds",
     .first = first_builds,
     .read = read_builds,
     .overlap = std::chrono::days(1)},  // a build may run for hours
};

}

extern constinit const tool_api api{.url = "",
                                    .scope = "job",
                                    .example = "shop/*",
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_scopes,
                                    .proof = api_proof::user};

}
