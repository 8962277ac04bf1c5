// GET /openapi.yaml: openapi.json, completed with the paths of the routes and the events of the table of fields
// (OpenAPI 3.1).
#include <algorithm>
#include <cctype>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/timeline/policy.hpp"
#include "documents.hpp"

namespace releasehealth::api {
namespace {

json::object schema_ref(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

json::array words(std::string_view all) {
  json::array out;
  for (const auto word : split_words(all)) out.emplace_back(word);
  return out;
}

// The schema of a field's value; null withdraws it.
json::object schema_of(const field& f) {
  const json::array text = {"string", "null"};
  switch (f.looks) {
    case form::name: return {{"type", text}, {"maxLength", max_name}};
    case form::text: return {{"type", text}, {"maxLength", max_text}};
    case form::time: return {{"type", text}, {"format", "date-time"}};
    case form::flag: return {{"type", json::array{"boolean", "null"}}};
    case form::count: return {{"type", json::array{"integer", "null"}}, {"minimum", 0}, {"maximum", f.most}};
    case form::severity: return {{"type", json::array{"integer", "null"}}, {"minimum", 1}, {"maximum", 5}};
    case form::names:
      return {{"type", json::array{"array", "null"}},
              {"items", {{"type", "string"}, {"maxLength", max_name}}},
              {"maxItems", max_names}};
    case form::parts: {
      json::object members;
      for (const auto name : split_words(f.choices)) members[name] = {{"type", text}, {"maxLength", max_part}};
      const auto first = f.choices.substr(0, f.choices.find(' '));
      return {{"type", json::array{"array", "null"}},
              {"items",
               {{"anyOf", json::array{json::object{{"type", "string"}, {"minLength", 1}, {"maxLength", max_part}},
                                      json::object{{"type", "object"},
                                                   {"properties", std::move(members)},
                                                   {"required", json::array{first}}}}}}},
              {"maxItems", max_names}};
    }
    case form::choice: {
      auto choices = words(f.choices);
      choices.emplace_back(nullptr);
      return {{"enum", std::move(choices)}};
    }
    case form::timed:
    case form::any: break;
  }
  return {};
}

json::object fields_of(event_type type) {
  json::object all;
  for (const auto& f : fields())
    if (f.types.contains(type)) all[f.name] = schema_of(f);
  return all;
}

// Adds a schema for each type of event and for each kind of amendment.
void add_events(json::object& schemas) {
  json::array all;
  for (const auto type : words_of<event_type>()) {
    const auto known = *parse_word<event_type>(type);
    auto properties = fields_of(known);
    properties["id"] = {
        {"type", "string"}, {"description", "idempotency key, together with the source"}, {"maxLength", max_name}};
    properties["type"] = {{"const", type}};
    properties["subject"] = {
        {"type", "string"}, {"description", "name of the thing; default: id"}, {"maxLength", max_name}};
    properties["time"] = {
        {"type", "string"}, {"format", "date-time"}, {"description", "when it happened; default: the time of receipt"}};
    const auto name = sentence_case(std::string(type) + "Event");
    json::array needed = {"id", "type"};
    if (known == event_type::retraction) needed.insert(needed.end(), {"of", "subject"});
    schemas[name] = {{"type", "object"}, {"required", std::move(needed)}, {"properties", std::move(properties)}};
    all.emplace_back(schema_ref(name));
  }
  schemas["Event"] = {{"description", "Fields that are not listed here are stored."}, {"oneOf", std::move(all)}};
  for (const auto& [name, type] : {std::pair("DeploymentAmendment", event_type::deployment),
                                   std::pair("IncidentAmendment", event_type::incident)}) {
    auto properties = fields_of(type);
    properties["reason"] = {{"type", "string"}, {"minLength", 1}, {"maxLength", max_text}};
    schemas[name] = {{"type", "object"},
                     {"required", json::array{"reason"}},
                     {"minProperties", 2},
                     {"properties", std::move(properties)}};
  }
  json::object facts;
  const auto incident = fields_of(event_type::incident);
  for (const auto key : policy_keys()) facts[key] = incident.at(key);
  facts["detected_at"] = incident.at("detected_at");
  facts["incident"] = {{"type", "string"}, {"description", "a stored incident, whose facts the other fields complete"}};
  schemas["Question"] = {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(facts)}};
}

json::object as_parameter(const http::parameter& p) {
  json::object schema = {{"type", "string"}};
  if (!p.choices.empty()) schema["enum"] = words(p.choices);
  if (p.is_time) schema["format"] = "date-time";
  json::object out = {{"name", p.name},
                      {"in", "query"},
                      {"description", p.help},
                      {"required", p.is_needed},
                      {"schema", std::move(schema)}};
  if (!p.example.empty()) out["example"] = p.example;
  return out;
}

json::object content(std::string_view what) {
  if (what.find('/') != what.npos) return {{what, {{"schema", {{"type", "string"}}}}}};
  return {{"application/json", {{"schema", schema_ref(what)}}}};
}

// "get_api_v1_deployments_id": one for each path and method.
std::string operation_id(const http::route& r) {
  std::string id;
  for (const char c : std::string(r.method) + std::string(r.pattern)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      id += lower_case(c);
    else if (!id.empty() && id.back() != '_')
      id += '_';
  }
  if (id.ends_with('_')) id.pop_back();
  return id;
}

void add_refusals(json::object& responses, const http::route& r, bool has_path) {
  const auto& documentation = r.documentation;
  const auto add = [&](const char* status, std::string_view what) {
    responses[status] = {{"description", what},
                         {"content", {{"application/problem+json", {{"schema", schema_ref("Problem")}}}}}};
  };
  if (documentation.query || !documentation.takes.empty())
    add("400", "A parameter or field is invalid; the response names it.");
  if (!documentation.scope.empty() || documentation.tag == "intake")
    add("401", "No token or signature, or an invalid one.");
  if (!documentation.scope.empty())
    add("403", "The token lacks the scope, or is restricted to other services or environments.");
  if ((has_path && documentation.tag != "pages") || documentation.names_something) add("404", "Unknown name.");
  if (!documentation.takes.empty())
    add("413", "The request body is too large."), add("415", "Unsupported content type.");
  if (documentation.tag != "health" && documentation.tag != "pages")
    add("503", "PostgreSQL is unavailable, or a limit is reached; Retry-After has the delay.");
}

// OpenAPI has `{path}` for `{path...}`.
std::string path_of(std::string_view pattern) {
  std::string path(pattern);
  if (const auto dots = path.find("...}"); dots != path.npos) path.erase(dots, 3);
  return path;
}

json::object operation(const http::route& r) {
  const auto& documentation = r.documentation;
  json::object out = {{"operationId", operation_id(r)},
                      {"tags", json::array{json::value(documentation.tag)}},
                      {"summary", documentation.summary},
                      {"description", documentation.summary}};
  json::array parameters;
  const auto path = path_of(r.pattern);
  for (auto brace = path.find('{'); brace != path.npos; brace = path.find('{', brace + 1)) {
    const auto name = path.substr(brace + 1, path.find('}', brace) - brace - 1);
    parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  const bool has_path = !parameters.empty();
  if (documentation.query)
    for (const auto& p : *documentation.query) parameters.push_back(as_parameter(p));
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!documentation.takes.empty()) {
    json::object body = content(documentation.takes);
    if (r.method == "PATCH") body = {{"application/merge-patch+json", {{"schema", schema_ref(documentation.takes)}}}};
    out["requestBody"] = {{"required", true}, {"content", std::move(body)}};
  }
  json::object success = {{"description", documentation.status == 202 ? "Accepted." : "Success."}};
  if (!documentation.gives.empty()) {
    auto given = content(documentation.gives);
    if (documentation.also_csv) given["text/csv"] = {{"schema", {{"type", "string"}}}};
    success["content"] = std::move(given);
  }
  json::object responses;
  responses[std::to_string(documentation.status)] = std::move(success);
  add_refusals(responses, r, has_path);
  out["responses"] = std::move(responses);
  if (!documentation.scope.empty()) {
    json::object token;
    token[documentation.scope] = json::array();
    out["security"] = json::array{std::move(token)};
    if (documentation.scope == "read")
      out["security"].as_array().emplace_back(json::object());  // no token is needed on loopback
  }
  return out;
}

}

namespace {

/// A placeholder in openapi.json for a list of words.
struct vocabulary_name {
  std::string_view name;
  std::span<const std::string_view> words;
};
constexpr vocabulary_name vocabulary_names[] = {
    {"{kinds}", words_of<deployment_kind>()},
    {"{states of deployments}", words_through<deployment_state::succeeded>()},
    {"{states of incidents}", words_of<incident_state>()},
    {"{remedies}", words_through<way::flag>()},
    {"{recommendations}", words_of<way>()},
};

void add_words(json::array& words, const json::value& choice) {
  const auto* known = std::ranges::find(
      vocabulary_names, choice.is_string() ? std::string_view(choice.get_string()) : "", &vocabulary_name::name);
  if (known == std::end(vocabulary_names))
    words.push_back(choice);
  else
    words.insert(words.end(), known->words.begin(), known->words.end());
}

// Replaces the placeholders in every `enum`.
void write_words(json::value& schema) {
  if (schema.is_array()) {
    for (auto& one : schema.get_array()) write_words(one);
  } else if (schema.is_object()) {
    for (auto& [name, value] : schema.get_object()) {
      if (name != "enum") {
        write_words(value);
        continue;
      }
      json::array choices;
      for (const auto& choice : value.as_array()) add_words(choices, choice);
      value = std::move(choices);
    }
  }
}

json::object openapi(const std::vector<http::route>& operations, const std::vector<http::route>& intake) {
  auto parsed = json::parse(documents::openapi);
  auto& document = parsed.get_object();
  auto& schemas = document["components"].as_object()["schemas"].as_object();
  for (const auto& r : operations)
    if (!r.documentation.schema.empty()) schemas[r.documentation.gives] = json::parse(r.documentation.schema);
  write_words(parsed);
  add_events(schemas);
  json::object paths;
  const auto add = [&](const std::vector<http::route>& routes, bool is_elsewhere) {
    for (const auto& r : routes) {
      if (r.documentation.tag.empty()) continue;
      auto& path = paths[path_of(r.pattern)];
      if (!path.is_object()) path = json::object();
      path.as_object()[lower_case(r.method)] = operation(r);
      if (is_elsewhere)
        path.as_object()["servers"] =
            json::array{json::object{{"url", "{intake}"},
                                     {"description", "the intake listener"},
                                     {"variables", {{"intake", {{"default", "http://127.0.0.1:9620"}}}}}}};
    }
  };
  add(operations, false);
  add(intake, true);
  document["info"].as_object()["version"] = RELEASEHEALTH_VERSION;
  document["paths"] = std::move(paths);
  return std::move(document);
}

}

std::vector<endpoint> openapi_document(const surroundings& around) {
  const auto show = [&operations = around.operations, &intake = around.intake](const call&) -> result<plan> {
    // every JSON document is also a YAML document
    return http::response{200, "application/yaml", json::serialize(openapi(operations, intake)) + '\n', {}};
  };
  return {{"GET", "/openapi.yaml", {"health", "Get this document.", "application/yaml"}, show}};
}

}
