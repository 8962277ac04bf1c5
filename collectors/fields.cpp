#include "collectors/fields.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

constexpr std::string_view all = "deployment incident work flag commit retraction";

constexpr field table[] = {
    {"service", form::name, "deployment incident work flag", {}},
    {"environment", form::name, "deployment incident flag", {}},
    {"team", form::name, "deployment", {}},
    {"repository", form::name, "deployment incident work flag commit", {}},
    {"path", form::text, "deployment incident work flag", {}},
    {"title", form::text, "deployment incident commit", {}},
    {"url", form::text, all, {}},
    {"cause", form::name, "deployment incident", {}},
    {"incident", form::name, "deployment work flag", {}},
    {"review_held_at", form::time, "deployment incident", {}},
    {"lines_changed", form::count, "deployment commit", {}},
    {"labels", form::names, "deployment commit", {}},
    {"ref", form::text, "deployment commit", {}},
    {"commit", form::name, "deployment commit", {}},
    {"reviewed", form::flag, "deployment commit", {}},
    // deployments
    {"state", form::choice, "deployment", "pending running canceled failed succeeded inactive superseded destroyed"},
    {"version", form::name, "deployment", {}},
    {"created_at", form::time, "deployment", {}},
    {"started_at", form::time, "deployment incident", {}},
    {"finished_at", form::time, "deployment", {}},
    {"due_at", form::time, "deployment", "ahead"},
    {"corrected", form::flag, "deployment", {}},
    {"first_commit_at", form::time, "deployment", {}},
    {"date_only", form::flag, "deployment", {}},  // the sender knows the day, not the time of day
    {"line_released_at", form::time, "deployment", {}},
    {"kind", form::choice, "deployment", "planned hotfix rollback redeploy"},
    {"fixes", form::name, "deployment", {}},
    {"message", form::text, "deployment", {}},
    {"tag", form::name, "deployment", {}},
    {"task", form::name, "deployment", {}},
    {"workflow", form::name, "deployment", {}},
    {"actor", form::name, "deployment", {}},
    {"justification", form::choice, "deployment", "revenue data security core_workflow"},
    {"decision", form::any, "deployment", {}},
    {"approved", form::flag, "deployment", {}},
    {"branched_from_production", form::flag, "deployment", {}},
    {"cherry_picked", form::flag, "deployment", {}},
    {"tested", form::flag, "deployment", {}},
    {"regression_test", form::flag, "deployment", {}},
    {"rollback_path", form::flag, "deployment", {}},
    {"verified", form::flag, "deployment", {}},
    {"communicated", form::flag, "deployment", {}},
    {"action_items", form::any, "deployment", {}},
    {"merged_back_at", form::time, "deployment", {}},
    // incidents
    {"state", form::choice, "incident", "open acknowledged resolved"},
    {"services", form::names, "incident", {}},
    {"severity", form::severity, "incident", {}},
    {"detected_at", form::time, "incident", {}},
    {"acknowledged_at", form::time, "incident", {}},
    {"mitigated_at", form::time, "incident", {}},
    {"resolved_at", form::time, "incident", {}},
    {"culprit", form::name, "incident", {}},
    {"touches", form::names, "incident", {}},
    {"responders", form::any, "incident", {}},
    {"blast_radius", form::choice, "incident", "small large"},
    {"trajectory", form::choice, "incident", "rising stable falling"},
    {"cause_known", form::flag, "incident", {}},
    {"fix_tested", form::flag, "incident", {}},
    // work and flags
    {"person", form::name, "work", {}},
    {"begin", form::time, "work", {}},
    {"end", form::time, "work", {}},
    {"seconds", form::count, "work", {}},
    {"flag", form::name, "flag", {}},
    {"on", form::flag, "flag", {}},
    {"at", form::time, "flag", {}},
    // commits
    {"default_branch", form::flag, "deployment commit", {}},
    {"pull_request", form::name, "commit", {}},
    {"picked_from", form::name, "commit", {}},
    {"reverts", form::name, "commit", {}},
    {"authored_at", form::time, "commit", {}},
    {"merged_at", form::time, "commit", {}},
    // retractions
    {"of", form::choice, "retraction", "deployment incident work flag commit"},
    {"retracted", form::flag, "retraction", {}},
};

// Counts characters, not bytes: a limit that a reader can count.
std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string check_name(std::string_view text) {
  if (text.empty()) return "is empty";
  return characters(text) > max_name ? "is longer than 200 characters" : "";
}

struct checker {
  timestamp latest;

  std::string time(json::value& value, bool may_be_ahead) const {
    const auto parsed = value.is_string() ? parse_time(std::string_view(value.get_string())) : std::nullopt;
    if (!parsed) return "is not an RFC 3339 time with an offset";
    if (*parsed > latest && !may_be_ahead) return "is more than 5 minutes in the future";
    value = format_time(*parsed);
    return {};
  }

  std::string operator()(const field& f, json::value& value) const {
    const auto text = value.is_string() ? std::string_view(value.get_string()) : std::string_view();
    switch (f.looks) {
      case form::name: return value.is_string() ? check_name(text) : "is not text";
      case form::text:
        if (!value.is_string()) return "is not text";
        return characters(text) > max_text ? "is longer than 10000 characters" : "";
      case form::time: return time(value, f.choices == "ahead");
      case form::flag: return value.is_bool() ? "" : "is neither true nor false";
      case form::count: return value.is_int64() && value.get_int64() >= 0 ? "" : "is not a whole number, 0 or more";
      case form::severity:
        return value.is_int64() && value.get_int64() >= 1 && value.get_int64() <= 5 ? "" : "is not 1, 2, 3, 4 or 5";
      case form::choice:
        return value.is_string() && has_word(f.choices, text) ? "" : "is none of: " + std::string(f.choices);
      case form::names: {
        if (!value.is_array()) return "is not an array of names";
        if (value.get_array().size() > max_names) return "holds more than 100 names";
        for (const auto& v : value.get_array())
          if (!v.is_string() || !check_name(std::string_view(v.get_string())).empty())
            return "holds something that is not a name of 1 to 200 characters";
        return {};
      }
      case form::any: return {};
    }
    return {};
  }
};

}

std::span<const field> fields() { return table; }

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

void put(event& e, std::string_view field, std::string_view value) {
  if (!value.empty()) e.fields[field] = value;
}

void put(event& e, std::string_view field, std::optional<timestamp> value) {
  if (value) e.fields[field] = format_time(*value);
}

std::string_view event_types() { return all; }

bool is_event_type(std::string_view type) { return has_word(all, type); }

std::vector<problem> check(event& e, timestamp received_at, const std::string& at) {
  std::vector<problem> found;
  const auto note = [&](std::string_view name, std::string what) {
    if (!what.empty()) found.push_back({at + '/' + pointer_token(name), std::move(what)});
  };
  const checker value_of{received_at + max_ahead};
  note("id", check_name(e.id));
  note("subject", check_name(e.subject));
  if (!e.source.empty()) note("source", check_name(e.source));
  if (!is_event_type(e.type)) note("type", "is none of: " + std::string(all));
  if (e.time > value_of.latest) note("time", "is more than 5 minutes in the future");
  for (const auto& f : table) {
    const auto entry = e.fields.find(f.name);
    if (entry == e.fields.end() || entry->value().is_null() || !has_word(f.types, e.type)) continue;
    note(f.name, value_of(f, entry->value()));
  }
  return found;
}

}
