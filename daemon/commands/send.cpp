#include <iostream>
#include <thread>

#include "collectors/base/printable.hpp"
#include "collectors/base/text.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/typed.hpp"
#include "daemon/http/client.hpp"
#include "daemon/system/clock.hpp"
#include "daemon/system/random_id.hpp"

namespace releasehealth {
namespace {

constexpr const char* default_intake_url = "http://127.0.0.1:9620";
constexpr auto derive_patience = std::chrono::seconds{5};  // derivation usually takes less than 1 s
constexpr auto pause = std::chrono::milliseconds{100};

struct send_options {
  std::string type, url = default_intake_url, operations_url, token_file, format = "text";
  std::vector<std::string> fields;
  bool allows_unknown = false;
};

// Polls until a row fits, a poll fails or derive_patience ends. Returns the last response.
template <class Fits>
result<std::optional<json::object>> find_derived(const operations_listener& listener, const thing_name& thing,
                                                 Fits fits) {
  const auto end = std::chrono::steady_clock::now() + derive_patience;
  for (;;) {
    auto found = find_thing(listener, thing);
    if (!found || (*found && fits(**found)) || std::chrono::steady_clock::now() > end) return found;
    std::this_thread::sleep_for(pause);
  }
}

// A deployment counts for a service, so a report without one must be about a deployment whose service is known.
void require_service(const event& e, bool names_subject, const operations_listener& listener) {
  if (e.type != event_type::deployment || e.fields.contains("service") || e.fields.contains("repository")) return;
  if (!names_subject) throw usage_error("send: a deployment needs service=NAME");
  if (listener.url.empty()) return;
  const auto is_placed = [](const json::object& row) { return !text_at(row, "/service").empty(); };
  const auto found = find_derived(listener, {e.thing, e.subject}, is_placed);
  if (found && (!*found || !is_placed(**found)))
    throw std::runtime_error("send: unknown deployment " + in_quotes(e.subject) + "; a new one needs service=NAME");
}

// "checkout 1.9.3, hotfix (explicit kind)", and the URL of its page.
std::string describe(const json::object& row, thing_type thing, const std::string& url) {
  const auto text_of = [&](const char* column) { return text_at(row, std::string("/") + column); };
  const bool is_deployment = thing == thing_type::deployment;
  auto out = is_deployment ? text_of("service") : "incident " + text_of("subject") + " of " + text_of("service");
  if (is_deployment) out += ' ' + (text_of("version").empty() ? text_of("subject") : text_of("version"));
  if (text_of("environment") != default_environment) out += " in " + text_of("environment");
  out += ", " + (text_of("kind").empty() ? text_of("state") : text_of("kind") + " (" + text_of("kind_reason") + ')');
  if (is_deployment) out += "\n  " + url + "/deployments/" + text_of("id");
  return printable(out);
}

// The derived row of a stored event in words; type and subject for types without a list.
std::string became(const event& e, const operations_listener& listener) {
  const auto itself = std::string(word(e.type)) + ' ' + e.subject;
  if (e.type != event_type::deployment && e.type != event_type::incident) return itself;
  const auto state = text_at(e.fields, "/state");
  auto found = result<std::optional<json::object>>(error(errc::unavailable, "no operations listener is known"));
  if (!listener.url.empty())
    found = find_derived(listener, {e.thing, e.subject, text_at(e.fields, "/service")},
                         [&](const json::object& row) { return state.empty() || text_at(row, "/state") == state; });
  if (found && *found) return describe(**found, e.thing, listener.url);
  std::cerr << "send: cannot look up the result: "
            << (found ? "not derived yet" : found.error().text() + "; --operations-url sets the operations listener")
            << '\n';
  return itself;
}

int run_send(const send_options& o) {
  auto fields = read_fields(o.fields);
  std::vector<std::string> names;
  for (const auto& [name, value] : fields) names.emplace_back(name);
  const auto type = parse_word<event_type>(o.type);
  if (!o.allows_unknown) require_known_fields("send", type, names, {"id", "time", "subject", "source"});
  fields["type"] = o.type;
  const bool names_subject = fields.contains("subject");
  if (!fields.contains("id")) fields["id"] = "send-" + random_id();
  // a deployment without a subject is reported once, when it has finished
  if (type == event_type::deployment && !names_subject && !fields.contains("state"))
    fields["state"] = word(deployment_state::succeeded);
  const auto e = canonical::read_event(fields, system_now());
  if (!e) throw usage_error("send: " + e.error().text());
  operations_listener listener{o.operations_url, read_token(o.token_file)};
  if (listener.url.empty() && o.url == default_intake_url) listener.url = default_operations_url;
  require_service(*e, names_subject, listener);
  const auto answer = http::send("POST", o.url + "/api/v1/events", json::serialize(fields),
                                 {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + listener.token}});
  if (!answer) throw std::runtime_error("send: " + answer.error().text());
  if (answer->status != 202) throw std::runtime_error("send: " + problem_text(*answer));
  if (o.format == "json") {
    std::cout << answer->body;
    return 0;
  }
  const auto counts = parse_json(answer->body);
  const auto* accepted = counts && counts->is_object() ? counts->get_object().if_contains("accepted") : nullptr;
  const bool is_new = !accepted || *accepted != json::value(0);
  std::cout << (is_new ? "accepted: " : "duplicate, already stored: ") << became(*e, listener) << '\n';
  return 0;
}

}

std::function<int()> add_send(CLI::App& app, const common_options&) {
  const auto o = std::make_shared<send_options>();
  app.add_option("type", o->type, "deployment, incident, work, flag, commit or retraction")
      ->required()
      ->check(one_of("type", words_of<event_type>()));
  app.add_option("fields", o->fields, "key=value, like service=checkout version=1.8.3 kind=hotfix");
  app.add_option("--url", o->url, "URL of the intake listener")->envname("RELEASEHEALTHD_URL")->capture_default_str();
  app.add_option(
         "--operations-url", o->operations_url,
         "URL of the operations listener, to look up the result; default for a local intake: http://127.0.0.1:9621")
      ->envname("RELEASEHEALTHD_OPERATIONS_URL");
  app.add_option("--token-file", o->token_file,
                 "file with a token of scope send; RELEASEHEALTHD_TOKEN holds the token itself")
      ->envname("RELEASEHEALTHD_TOKEN_FILE");
  app.add_flag("--allow-unknown", o->allows_unknown, "send fields that are unknown for this type of event");
  app.add_option("--format", o->format, "text, or json for the daemon's response")
      ->check(one_of("format", {"text", "json"}))
      ->capture_default_str();
  app.footer("Example: releasehealthd send deployment service=checkout version=1.8.3 kind=hotfix");
  return [o] { return run_send(*o); };
}

}
