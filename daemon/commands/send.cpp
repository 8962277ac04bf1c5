#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/http/client.hpp"
#include "daemon/random_id.hpp"

namespace releasehealth {
namespace {

struct send_options {
  std::string type, url = "http://127.0.0.1:9620", token_file;
  std::vector<std::string> fields;
};

int run_send(const send_options& o) {
  auto event = read_fields(o.fields);
  event["type"] = o.type;
  if (!event.contains("id")) event["id"] = "send-" + random_id();
  // a deployment that names no earlier one is told once, when it is done
  if (o.type == "deployment" && !event.contains("subject") && !event.contains("state")) event["state"] = "succeeded";
  const auto answer =
      http::send("POST", o.url + "/api/v1/events", json::serialize(event),
                 {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + read_token(o.token_file)}});
  if (!answer) throw std::runtime_error(answer.error().text());
  (answer->status == 202 ? std::cout : std::cerr) << answer->body;
  return answer->status == 202 ? 0 : 1;
}

}

std::function<int()> add_send(CLI::App& app, const common_options&) {
  const auto o = std::make_shared<send_options>();
  app.add_option("type", o->type, "deployment, incident, work, flag, commit or retraction")->required();
  app.add_option("fields", o->fields, "key=value, as in service=checkout version=1.8.3 kind=hotfix");
  app.add_option("--url", o->url, "the daemon's intake")->envname("RELEASEHEALTHD_URL")->capture_default_str();
  app.add_option("--token-file", o->token_file, "holds a token with the scope send")
      ->envname("RELEASEHEALTHD_TOKEN_FILE");
  return [o] { return run_send(*o); };
}

}
