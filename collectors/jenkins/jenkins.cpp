// The payload of Jenkins' notification plugin: a build of a job that deploys.
#include <algorithm>
#include <sstream>

#include "collectors/api.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::jenkins {

extern const api_shape history[1];  // history.cpp
extern const tool_api api;          // api.cpp

namespace {

constexpr setting_rule settings[] = {
    {"jobs", true, "", "", "the names of the jobs that deploy, or their paths in folders: shop/deploy", true},
    {"environment", false, "", "", "the environment of deployments, unless a parameter of the build names it"},
    {"parameters.service", false, "", "SERVICE", "the build's parameter that names the service; default: the job"},
    {"parameters.environment", false, "", "ENVIRONMENT", "the build's parameter that names the environment"},
    {"parameters.version", false, "", "VERSION", "the build's parameter that names the version"},
};

constexpr std::int64_t max_milliseconds = std::int64_t{1} << 40;  // 34 years

constexpr spelling<deployment_state> states[] = {{"SUCCESS", deployment_state::succeeded},
                                                 {"UNSTABLE", deployment_state::succeeded},
                                                 {"FAILURE", deployment_state::failed},
                                                 {"ABORTED", deployment_state::canceled}};

std::string parameter(const hook& h, std::string_view setting) {
  return h.text("/build/parameters/" + pointer_token(h.settings.setting(setting)));
}

// Returns long/deploy for job/long/job/deploy/, because names repeat in folders and multibranch projects. Empty for a
// top-level job, whose name is unique.
std::string path_in_folders(const hook& h) {
  constexpr std::string_view mark = "job/";
  std::string path;
  std::istringstream parts(h.text("/url"));
  int depth = 0;
  for (std::string part; std::getline(parts, part, '/');)
    if (part + '/' == mark && std::getline(parts, part, '/')) path += (depth++ > 0 ? "/" : "") + part;
  return depth > 1 ? path : std::string();
}

event build(const hook& h, std::optional<timestamp> occurred, timestamp now, deployment_state state) {
  const auto path = path_in_folders(h);
  const auto subject = h.subject((path.empty() ? h.text("/name") : path) + '#', "/build/number");
  auto e = h.start(thing_type::deployment, subject, occurred, now);
  e.id = e.subject + '/' + std::string(word(state));
  put(e, "service", parameter(h, "parameters.service"));
  put(e, "environment", parameter(h, "parameters.environment"));
  put(e, "version", parameter(h, "parameters.version"));
  read_into(e, h.body,
            {{"service", "/name"}, {"workflow", "/name"}, {"commit", "/build/scm/commit"}, {"url", "/build/full_url"}});
  put(e, "repository", repository_of(h.text("/build/scm/url")));
  constexpr std::string_view remote = "origin/";
  const auto branch = h.text("/build/scm/branch");
  put(e, "ref", branch.starts_with(remote) ? branch.substr(remote.size()) : branch);
  if (!e.fields.contains("environment")) put(e, "environment", h.settings.setting("environment"));
  put_state(e, state);
  return e;
}

result<decoded> started(const hook& h, timestamp now) {
  auto e = build(h, h.time("/build/timestamp"), now, deployment_state::running);
  put(e, "started_at", h.time("/build/timestamp"));
  return decoded(std::move(e));
}

// The timestamp of STARTED is the start, that of COMPLETED the start plus the duration. A pipeline's duration may still
// be 0 in COMPLETED; its end is then the time of receipt. FINALIZED repeats COMPLETED.
result<decoded> completed(const hook& h, timestamp now) {
  const auto state = our_word(states, h.text("/build/status"));
  if (!state) return decoded::nothing("status " + h.text("/build/status"));
  const auto said = h.time("/build/timestamp");
  const auto milliseconds = number_at(h.body, "/build/duration").value_or(0);
  const bool is_end = said && milliseconds > 0;
  auto e = build(h, is_end ? said : std::optional(now), now, *state);
  const auto took = std::chrono::milliseconds(std::clamp(milliseconds, std::int64_t{0}, max_milliseconds));
  if (said && *said - took > timestamp{}) put(e, "started_at", std::optional(timestamp(*said - took)));
  return decoded(std::move(e));
}

constexpr hook_type types[] = {{"STARTED", started}, {"COMPLETED", completed}};

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const hook h{s, key_of_bytes(d), *body, {}};
  if (!is_listed(h, "jobs", {h.text("/name"), path_in_folders(h)}))
    return decoded::nothing("a job that is none of jobs");
  const auto phase = h.text("/build/phase");
  if (phase == "QUEUED" || phase == "FINALIZED") return decoded::nothing("phase " + phase);
  return read_by_type(types, phase, h, d.received_at, "Jenkins' notification plugin");
}

constexpr setup_step setup[] = {
    {"Job Notifications", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "jenkins",
    .help = "Jenkins' notification plugin, with the secret as password in its URL (a pipeline step: see `send`)",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .history = history,
    .api = &api,
    .setup = setup,
};

}
