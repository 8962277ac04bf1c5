// POST /api/v1/decide: the policy's recommendation for a current incident (figures.md section 9).
#include <algorithm>

#include "collectors/fields.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/things.hpp"
#include "daemon/timeline/policy.hpp"

namespace releasehealth::api {
namespace {

constexpr std::string_view decision_schema = R"json({
  "type": "object",
  "properties": {
    "decision": {"type": ["string", "null"], "enum": ["{recommendations}", null], "description": "null: no rule of the policy matches"},
    "policy": {"type": ["string", "null"], "description": "the rule's name"},
    "because": {"type": "string"},
    "facts": {"type": "object"}
  },
  "required": ["decision", "policy", "because", "facts"],
  "additionalProperties": false
})json";

/// The facts of interface.md section 3, and the name of a stored incident that they complete.
struct decision_question {
  std::string incident;  ///< empty: none
  json::object facts;    ///< policy_keys(), detected_at
};

// Fails with errc::malformed and pointers.
result<decision_question> read_decision_question(std::string_view body, timestamp now) {
  auto asked = parse_json_strictly(body);
  if (!asked) return asked.error();
  if (!asked->is_object())
    return error(errc::malformed, "invalid question", {{"", "is " + shown(*asked) + "; expected an object"}});
  event e;
  e.id = e.subject = "x";
  e.reports(thing_type::incident);
  e.time = now;
  e.fields = std::move(asked->get_object());
  std::vector<problem> found;
  for (const auto& [name, value] : e.fields) {
    const bool known = name == "incident" || name == "detected_at" ||
                       std::ranges::find(policy_keys(), std::string_view(name)) != policy_keys().end();
    if (!known) found.push_back({'/' + pointer_token(name), "unknown fact of policies"});
  }
  if (const auto* name = e.fields.if_contains("incident"); name && !name->is_string())
    found.push_back({"/incident", "invalid value " + shown(*name) + "; expected text"});
  for (auto& p : check(e, now)) found.push_back(std::move(p));
  if (!found.empty()) return error(errc::malformed, "nothing was decided", std::move(found));
  decision_question q{text_at(e.fields, "/incident"), std::move(e.fields)};
  q.facts.erase("incident");
  return q;
}

/// {"decision", "policy", "because", "facts"}; `stored`: the columns of the named incident, if it is known.
/// errc::malformed: no fact is given.
result<json::object> answer_decision(const policy& rules, const decision_question& q, const json::object* stored,
                                     timestamp now) {
  json::object facts;
  for (const auto key : policy_keys())
    if (const auto* told = stored ? stored->at("facts").as_object().if_contains(key) : nullptr) facts[key] = *told;
  for (const auto& [name, value] : q.facts) facts[name] = value;
  auto detected = time_at(facts, "/detected_at");
  if (!detected && stored) detected = time_at(*stored, "/detected_at");
  facts.erase("detected_at");
  const auto elapsed = std::max(duration{0}, now - detected.value_or(now));
  const auto said = recommend(rules, read_policy_facts(facts), elapsed);
  if (!said && !read_policy_facts(facts).told)
    return error(
        errc::malformed, "nothing was decided",
        {{"", "no facts; expected at least one of touches, blast_radius, trajectory, cause_known, fix_tested"}});
  std::string because = said ? "rule " + said->rule : std::string("no rule of the policy holds");
  if (detected)
    because += ", " + format_duration(std::chrono::floor<std::chrono::minutes>(elapsed)) + " after the detection";
  return json::object{{"decision", said ? json::value(word(said->then)) : json::value(nullptr)},
                      {"policy", said ? json::value(said->rule) : json::value(nullptr)},
                      {"because", because},
                      {"facts", std::move(facts)}};
}

result<plan> decide(const call& c) {
  auto q = read_decision_question(c.request.body, c.now);
  if (!q) return q.error();
  return reading{
      [q = std::move(*q), now = c.now, current = c.current](ledger::reader& database) -> result<http::response> {
        const auto found = q.incident.empty() ? std::vector<json::object>() : database.find_incidents(q.incident);
        if (found.empty() && !q.incident.empty()) return unknown(thing_type::incident);
        auto decided = answer_decision(current->timeline.decisions, q, found.empty() ? nullptr : &found.front(), now);
        if (!decided) return decided.error();
        return http::json_answer(200, std::move(*decided));
      }};
}

}

std::vector<endpoint> decisions(const surroundings&) {
  return {{"POST",
           "/api/v1/decide",
           {.tag = "decisions",
            .summary = "Get the policy's recommendation for a current incident.",
            .gives = "Decision",
            .takes = "Question",
            .scope = "read",
            .names_something = true,
            .query = std::vector<http::parameter>{},
            .schema = decision_schema},
           decide}};
}

}
