#include <iostream>

#include "collectors/base/form.hpp"
#include "collectors/base/printable.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/typed.hpp"
#include "daemon/http/client.hpp"

namespace releasehealth {
namespace {

struct amend_options {
  std::string thing;
  thing_name named;
  std::string reason, url = default_operations_url, token_file, format = "text";
  std::vector<std::string> fields, withdrawn;
};

std::string listed(const std::vector<json::object>& all) {
  std::string out;
  for (const auto& row : all) {
    out += '\n';
    for (const auto* column : {"/id", "/service", "/environment", "/version", "/subject"})
      if (const auto text = text_at(row, column); !text.empty()) out += "  " + text;
  }
  return out;
}

// The id of the only thing with that name. Without the scope `read` the name itself is returned: the daemon resolves
// it.
std::string find_id(const operations_listener& listener, const thing_name& named) {
  const auto found = find_things(listener, named);
  if (!found && found.error().code == errc::forbidden) return named.name;
  if (!found) throw std::runtime_error("amend: " + found.error().text());
  const auto exact = std::ranges::find(*found, named.name, [](const json::object& row) { return text_at(row, "/id"); });
  if (exact != found->end()) return named.name;
  const auto where = (named.service.empty() ? "" : " of service " + in_quotes(named.service)) +
                     (named.environment.empty() ? "" : " in " + in_quotes(named.environment));
  if (found->empty())
    throw std::runtime_error("amend: unknown " + std::string(word(named.thing)) + ' ' + in_quotes(named.name) + where);
  if (found->size() > 1)
    throw std::runtime_error("amend: " + in_quotes(named.name) + " matches several " + std::string(word(named.thing)) +
                             "s; expected --service, --environment or an id:" + listed(*found));
  return id_of(found->front(), named.name);
}

int run_amend(const amend_options& o) {
  auto patch = read_fields(o.fields);
  for (const auto& name : o.withdrawn) patch[name] = nullptr;
  std::vector<std::string> names;
  for (const auto& [name, value] : patch) names.emplace_back(name);
  require_known_fields("amend", report_of(o.named.thing), names, {});
  patch["reason"] = o.reason;
  const operations_listener listener{o.url, read_token(o.token_file)};
  const auto id = find_id(listener, o.named);
  const auto answer =
      http::send("PATCH", o.url + "/api/v1/" + o.thing + "s/" + encode_part(id), json::serialize(patch),
                 {{"Content-Type", "application/merge-patch+json"}, {"Authorization", "Bearer " + listener.token}});
  if (!answer) throw std::runtime_error("amend: " + answer.error().text());
  if (answer->status != 202) throw std::runtime_error("amend: " + problem_text(*answer));
  if (o.format == "json")
    std::cout << answer->body;
  else
    std::cout << "accepted: " << o.thing << ' ' << printable(o.named.name) << '\n';
  return 0;
}

}

std::function<int()> add_amend(CLI::App& app, const common_options&) {
  const auto o = std::make_shared<amend_options>();
  app.add_option("thing", o->thing, "deployment or incident")
      ->required()
      ->check(one_of("thing", words_through<thing_type::incident>()));
  app.add_option("name", o->named.name, "id, the sender's id, or a deployment's version")->required();
  app.add_option("fields", o->fields, "key=value, like kind=planned merged_back_at=2026-11-03T10:15:00Z");
  app.add_option("--service", o->named.service, "service of the thing, if the name is ambiguous");
  app.add_option("--environment", o->named.environment, "environment of the thing, if the name is ambiguous");
  app.add_option("--withdraw", o->withdrawn, "fields whose override to withdraw");
  app.add_option("--reason", o->reason, "reason, stored with author and time")->required();
  app.add_option("--url", o->url, "URL of the operations listener")
      ->envname("RELEASEHEALTHD_OPERATIONS_URL")
      ->capture_default_str();
  app.add_option("--token-file", o->token_file,
                 "file with a token of scopes amend and read; RELEASEHEALTHD_TOKEN holds the token itself")
      ->envname("RELEASEHEALTHD_TOKEN_FILE");
  app.add_option("--format", o->format, "text, or json for the daemon's response")
      ->check(one_of("format", {"text", "json"}))
      ->capture_default_str();
  app.footer("Example: releasehealthd amend deployment 1.8.3 --service checkout kind=hotfix --reason 'urgent fix'");
  return [o] {
    o->named.thing = *parse_word<thing_type>(o->thing);
    return run_amend(*o);
  };
}

}
