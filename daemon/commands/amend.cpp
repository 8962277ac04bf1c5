#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/http/client.hpp"

namespace releasehealth {
namespace {

struct amend_options {
  std::string thing, id, reason, url = "http://127.0.0.1:9621", token_file;
  std::vector<std::string> fields, withdrawn;
};

int run_amend(const amend_options& o) {
  auto patch = read_fields(o.fields);
  for (const auto& name : o.withdrawn) patch[name] = nullptr;
  patch["reason"] = o.reason;
  const auto answer = http::send(
      "PATCH", o.url + "/api/v1/" + o.thing + "s/" + o.id, json::serialize(patch),
      {{"Content-Type", "application/merge-patch+json"}, {"Authorization", "Bearer " + read_token(o.token_file)}});
  if (!answer) throw std::runtime_error(answer.error().text());
  (answer->status == 202 ? std::cout : std::cerr) << answer->body;
  return answer->status == 202 ? 0 : 1;
}

}

std::function<int()> add_amend(CLI::App& app, const common_options&) {
  const auto o = std::make_shared<amend_options>();
  app.add_option("thing", o->thing, "deployment or incident")
      ->required()
      ->check(CLI::IsMember({"deployment", "incident"}));
  app.add_option("id", o->id, "as `explain` and the lists give it")->required();
  app.add_option("fields", o->fields, "key=value, as in kind=planned merged_back_at=2026-11-03T10:15:00Z");
  app.add_option("--withdraw", o->withdrawn, "fields whose earlier override no longer holds");
  app.add_option("--reason", o->reason, "why: it is kept with who and when")->required();
  app.add_option("--url", o->url, "the daemon's operations listener")->capture_default_str();
  app.add_option("--token-file", o->token_file, "holds a token with the scope amend")
      ->envname("RELEASEHEALTHD_TOKEN_FILE");
  return [o] { return run_amend(*o); };
}

}
