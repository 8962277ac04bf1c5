// The body of Jenkins' notification plugin: a build of a job that deploys.
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::jenkins {
namespace {

constexpr setting_rule settings[] = {
    {"jobs", true, "", "", "the names of the jobs that deploy", true},
    {"environment", false, "", "", "where they deploy to, unless a parameter of the build says so"},
    {"parameters.service", false, "", "SERVICE", "the build's parameter that names the service; without it, the job"},
    {"parameters.environment", false, "", "ENVIRONMENT", "the build's parameter that names the environment"},
    {"parameters.version", false, "", "VERSION", "the build's parameter that names the version"},
};

constexpr word states[] = {
    {"SUCCESS", "succeeded"}, {"UNSTABLE", "succeeded"}, {"FAILURE", "failed"}, {"ABORTED", "canceled"}};

std::string parameter(const hook& h, std::string_view setting) {
  return h.text("/build/parameters/" + pointer_token(h.settings.setting(setting)));
}

event build(const hook& h, std::optional<timestamp> at, timestamp now, std::string_view state) {
  const auto job = h.text("/name");
  auto e = h.start("deployment", h.subject(job + '#', "/build/number"), at, now);
  e.id = e.subject + '/' + std::string(state);
  put(e, "service", parameter(h, "parameters.service"));
  put(e, "environment", parameter(h, "parameters.environment"));
  put(e, "version", parameter(h, "parameters.version"));
  read_into(e, h.in,
            {{"service", "/name"},
             {"workflow", "/name"},
             {"commit", "/build/scm/commit"},
             {"url", "/build/full_url"},
             {"started_at", "/build/timestamp"}});
  put(e, "repository", repository_of(h.text("/build/scm/url")));
  constexpr std::string_view remote = "origin/";
  const auto branch = h.text("/build/scm/branch");
  put(e, "ref", branch.starts_with(remote) ? branch.substr(remote.size()) : branch);
  if (!e.fields.contains("environment")) put(e, "environment", h.settings.setting("environment"));
  put_state(e, state);
  return e;
}

result<decoded> started(const hook& h, timestamp now) {
  return decoded(build(h, h.time("/build/timestamp"), now, "running"));
}

// FINALIZED repeats it; the plugin knows the duration only then, so that without one the time of receipt stands.
result<decoded> completed(const hook& h, timestamp now) {
  const auto state = our_word(states, h.text("/build/status"));
  if (state.empty()) return decoded::nothing("status " + h.text("/build/status"));
  const auto began = h.time("/build/timestamp");
  const auto took = number_at(h.in, "/build/duration");
  auto at = std::optional(now);
  if (began && took && *took > 0) at = *began + std::chrono::milliseconds(std::min(*took, std::int64_t{1} << 40));
  return decoded(build(h, at, now, state));
}

constexpr hook_type types[] = {{"STARTED", started}, {"COMPLETED", completed}};

result<decoded> decode(const source& s, const delivery& d) {
  const auto in = json_body(d, "Jenkins");
  if (!in) return in.error();
  const hook h{s, key_of_bytes(d), *in, {}};
  if (!is_listed(h, "jobs", {h.text("/name")})) return decoded::nothing("a job that is none of jobs");
  const auto phase = h.text("/build/phase");
  if (phase == "QUEUED" || phase == "FINALIZED") return decoded::nothing("phase " + phase);
  return read_by_type(types, phase, h, d.received_at, "Jenkins' notification plugin");
}

}

extern constinit const collector collect = {
    .kind = "jenkins",
    .help = "Jenkins' notification plugin, with the secret as password in its URL (a pipeline step: see `send`)",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
};

}
