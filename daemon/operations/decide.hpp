#pragma once
// Roll back or hotfix? What the policy recommends for an incident at hand (figures.md §9, interface.md §2).
#include "collectors/json.hpp"
#include "daemon/timeline/policy.hpp"

namespace releasehealth {

/// What somebody asks: the facts of interface.md §3, and the name of a stored incident whose facts the others complete.
struct decision_question {
  std::string incident;  ///< empty: none
  json::object facts;    ///< policy_keys(), detected_at
};
/// errc::malformed, with pointers.
result<decision_question> read_decision_question(std::string_view body, timestamp now);

/// {"decision", "policy", "because", "facts"}; `stored`: the columns of the incident that is named, if it is known.
/// errc::malformed: nobody told any of the facts.
result<json::object> answer_decision(const policy&, const decision_question&, const json::object* stored,
                                     timestamp now);

}
