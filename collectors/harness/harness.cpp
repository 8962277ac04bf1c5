// Harness' pipeline notifications by webhook. Harness publishes no schema: missing fields stay empty.
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::harness {
namespace {

constexpr setting_rule settings[] = {
    {"pipelines", true, "", "", "the identifiers or names of the pipelines that deploy", true},
    {"environment", false, "", "", "the environment of deployments, which Harness does not report", true},
};

constexpr spelling<deployment_state> types[] = {{"PipelineStart", deployment_state::running},
                                                {"PipelineSuccess", deployment_state::succeeded},
                                                {"PipelineFailed", deployment_state::failed}};

result<decoded> pipeline(const hook& h, timestamp now) {
  const auto type = h.text("/eventData/eventType");
  const auto state = our_word(types, type);
  if (!state) return decoded::nothing("event type " + type + " is not read");
  if (!is_listed(h, "pipelines", {h.text("/eventData/pipelineIdentifier"), h.text("/eventData/pipelineName")}))
    return decoded::nothing("a pipeline that is none of pipelines");
  const auto ended = h.time("/eventData/endTs"), began = h.time("/eventData/startTs");
  auto e = h.start(thing_type::deployment, h.text("/eventData/planExecutionId"),
                   state == deployment_state::running ? began : ended, now);
  e.id = e.subject + '/' + type;
  read_into(e, h.body,
            {{"service", "/eventData/pipelineIdentifier"},
             {"workflow", "/eventData/pipelineName"},
             {"workflow", "/eventData/pipelineIdentifier"},
             {"actor", "/eventData/triggeredBy/name"},
             {"url", "/eventData/executionUrl"},
             {"started_at", "/eventData/startTs"}});
  put(e, "environment", h.settings.setting("environment"));
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(pipeline({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the notification",
                 "Harness");
}

constexpr setup_step setup[] = {
    {"Pipeline Start", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "harness",
    .help = "Harness' pipeline notifications, with the secret as bearer token: deployments (its CDEvents: cloudevents)",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .setup = setup,
};

}
