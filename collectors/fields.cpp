#include "collectors/fields.hpp"

#include <algorithm>
#include <array>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"
#include "collectors/words.hpp"

namespace releasehealth {
namespace {

constexpr auto table = [] {
  using enum event_type;
  constexpr set_of<event_type> any = {deployment, incident, work, flag, commit, tag, retraction};
  return std::to_array<field>({
      {"service", form::name, {deployment, incident, work, flag}, {}},
      {"environment", form::name, {deployment, incident, flag}, {}},
      {"team", form::name, {deployment}, {}},
      {"repository", form::name, {deployment, incident, work, flag, commit, tag}, {}},
      {"path", form::text, {deployment, incident, work, flag}, {}},
      {"project", form::name, {deployment, incident, work, flag}, {}},     // which the service is part of
      {"service_id", form::name, {deployment, incident, work, flag}, {}},  // of the sender; `service` is its title
      {"title", form::text, {deployment, incident, commit}, {}},
      {"url", form::text, any, {}},
      {"cause", form::name, {deployment, incident}, {}},
      {"incident", form::name, {deployment, work, flag}, {}},
      {"review_held_at", form::time, {deployment, incident}, {}},
      {"lines_changed", form::count, {deployment, commit}, {}, max_lines_changed},
      {"labels", form::names, {deployment, commit}, {}},
      {"ref", form::text, {deployment, commit}, {}},
      {"commit", form::name, {deployment, commit, tag}, {}},
      {"production_environment", form::flag, {deployment}, {}},  // false has no effect
      {"reviewed", form::flag, {deployment, commit}, {}},
      // deployments
      {"state", form::choice, {deployment}, words_text<deployment_state>},
      {"version", form::name, {deployment}, {}},
      {"artifacts", form::parts, {deployment}, "repository tag digest"},
      {"revisions", form::parts, {deployment}, "revision repository chart"},
      {"manifest_repository", form::name, {deployment}, {}},  // of Argo CD or Flux: not the service's code
      {"created_at", form::time, {deployment}, {}},
      {"started_at", form::time, {deployment, incident}, {}},
      {"finished_at", form::time, {deployment}, {}},
      {"due_at", form::time, {deployment}, "ahead"},
      {"corrected", form::flag, {deployment}, {}},
      {"first_commit_at", form::time, {deployment}, {}},
      {"date_only", form::flag, {deployment}, {}},  // the sender knows only the day
      {"line_released_at", form::time, {deployment}, {}},
      {"new_commits", form::count, {deployment}, {}, max_new_commits},
      {"kind", form::choice, {deployment}, words_text<deployment_kind>},
      {"failed", form::flag, {deployment}, {}},  // set manually: only in overrides
      {"fixes", form::name, {deployment}, {}},
      {"message", form::text, {deployment}, {}},
      {"tag", form::name, {deployment}, {}},
      {"task", form::name, {deployment}, {}},
      {"workflow", form::name, {deployment}, {}},
      {"actor", form::name, {deployment}, {}},
      {"justification", form::choice, {deployment}, "revenue data security core_workflow"},
      {"decision", form::timed, {deployment}, {}},
      {"approved", form::flag, {deployment}, {}},
      {"branched_from_production", form::flag, {deployment}, {}},
      {"cherry_picked", form::flag, {deployment}, {}},
      {"tested", form::flag, {deployment}, {}},
      {"regression_test", form::flag, {deployment}, {}},
      {"rollback_path", form::flag, {deployment}, {}},
      {"verified", form::flag, {deployment}, {}},
      {"communicated", form::flag, {deployment}, {}},
      {"action_items", form::any, {deployment}, {}},
      {"merged_back_at", form::time, {deployment}, {}},
      // incidents
      {"state", form::choice, {incident}, words_text_through<incident_state::resolved>},
      {"services", form::names, {incident}, {}},
      {"severity", form::severity, {incident}, {}},
      {"detected_at", form::time, {incident}, {}},
      {"acknowledged_at", form::time, {incident}, {}},
      {"mitigated_at", form::time, {incident}, {}},
      {"resolved_at", form::time, {incident}, {}},
      {"culprit", form::name, {incident}, {}},
      {"urgency", form::name, {incident}, {}},  // the sender's word, for filters
      {"level", form::name, {incident}, {}},
      {"issue_type", form::name, {incident}, {}},
      {"labels", form::any, {incident}, {}},
      {"reclassified", form::flag, {incident}, {}},  // type or labels changed: filters are applied again
      {"keys", form::names, {incident}, {}},         // names that its tool reuses for later incidents
      {"links", form::names, {incident}, {}},        // names, keys and URLs of other tools' reports
      {"same_as", form::names, {incident}, {}},      // names of the same incident; "none": never joined
      {"names", form::names, {incident}, {}},        // names of this incident alone, like its id and URL
      {"duplicate", form::flag, {incident}, {}},     // of same_as: it counts only as a part of that
      {"touches", form::names, {incident}, {}},
      {"responders", form::timed, {incident}, {}},
      {"blast_radius", form::choice, {incident}, "small large"},
      {"trajectory", form::choice, {incident}, "rising stable falling"},
      {"cause_known", form::flag, {incident}, {}},
      {"fix_tested", form::flag, {incident}, {}},
      // work and flags
      {"person", form::name, {work}, {}},
      {"begin", form::time, {work}, {}},
      {"end", form::time, {work}, {}},
      {"seconds", form::count, {work}, {}, max_work_seconds},
      {"flag", form::name, {flag}, {}},
      {"on", form::flag, {flag}, {}},
      {"at", form::time, {flag, tag}, {}},
      // commits
      {"default_branch", form::flag, {deployment, commit}, {}},
      {"pull_request", form::name, {commit}, {}},
      {"picked_from", form::name, {commit}, {}},
      {"reverts", form::name, {commit}, {}},
      {"authored_at", form::time, {commit}, {}},
      {"merged_at", form::time, {commit}, {}},
      {"parents", form::names, {commit}, {}},  // all of them, in order: empty for a root; missing: not known
      {"committed_at", form::time, {commit}, {}},
      // tags
      {"name", form::name, {tag}, {}},
      {"object", form::name, {tag}, {}},  // the ref's target: a commit, or the object of an annotated tag
      {"deleted", form::flag, {tag}, {}},
      // retractions
      {"of", form::choice, {retraction}, words_text<thing_type>},
      {"retracted", form::flag, {retraction}, {}},
  });
}();

constexpr std::size_t most_shown = 40;  // characters of a value in a message

// Builds "problem value; expected form".
std::string expected(std::string_view what, const json::value& value, std::string_view instead) {
  return std::string(what) + ' ' + shown(value) + "; expected " + std::string(instead);
}

std::string too_long(std::string_view text, std::size_t most) {
  return "has " + std::to_string(count_characters(text)) + " characters; expected at most " + std::to_string(most);
}

std::string check_name(std::string_view text) {
  if (text.empty()) return "is empty; expected 1 to 200 characters";
  return count_characters(text) > max_name ? too_long(text, max_name) : "";
}

struct checker {
  timestamp latest;

  std::string range_of(timestamp instant, bool may_be_ahead = false) const {
    if (instant > latest && !may_be_ahead)
      return "time " + format_time(instant) + " is more than 5 minutes in the future";
    if (instant < min_time) return "time " + format_time(instant) + " is before 1990; expected a later one";
    return {};
  }

  std::string time(json::value& value, bool may_be_ahead = false) const {
    const auto parsed = value.is_string() ? parse_time(std::string_view(value.get_string())) : std::nullopt;
    if (!parsed) return expected("invalid time", value, "RFC 3339 with an offset");
    auto wrong = range_of(*parsed, may_be_ahead);
    if (wrong.empty()) value = format_time(*parsed);
    return wrong;
  }

  // Checks the times inside a value: a wrong one would count as years of work.
  std::string times_in(json::value& value) const {
    if (value.is_array())
      for (auto& one : value.get_array())
        if (auto wrong = times_in(one); !wrong.empty()) return wrong;
    if (value.is_object())
      for (const auto name : {"at", "from", "to"})
        if (auto* part = value.get_object().if_contains(name); part && !part->is_null())
          if (auto wrong = time(*part); !wrong.empty()) return std::string(name) + ": " + wrong;
    return {};
  }

  static std::string names(const json::value& value) {
    constexpr std::string_view wanted = "an array of at most 100 names of 1 to 200 characters";
    if (!value.is_array()) return expected("invalid names", value, wanted);
    if (value.get_array().size() > max_names)
      return "has " + std::to_string(value.get_array().size()) + " names; expected " + std::string(wanted);
    for (const auto& v : value.get_array())
      if (!v.is_string() || !check_name(std::string_view(v.get_string())).empty())
        return expected("invalid name", v, wanted);
    return {};
  }

  static std::string parts(const json::value& value, std::string_view members) {
    std::string wanted = "an array of at most 100 texts of 1 to 500 characters, or objects {";
    for (const auto name : split_words(members)) wanted.append(wanted.ends_with('{') ? "" : ", ").append(name);
    wanted += '}';
    const auto is_part = [](const json::value* v) {
      return v && v->is_string() && !v->get_string().empty() &&
             count_characters(std::string_view(v->get_string())) <= max_part;
    };
    if (!value.is_array()) return expected("invalid value", value, wanted);
    if (value.get_array().size() > max_names)
      return "has " + std::to_string(value.get_array().size()) + " elements; expected " + wanted;
    for (const auto& one : value.get_array()) {
      if (!one.is_object()) {
        if (!is_part(&one)) return expected("invalid element", one, wanted);
        continue;
      }
      bool is_first = true;
      for (const auto name : split_words(members)) {
        const auto* member = one.get_object().if_contains(name);
        if (!is_part(member) && (is_first || (member && !member->is_null())))
          return expected("invalid " + std::string(name), member ? *member : json::value(nullptr), wanted);
        is_first = false;
      }
    }
    return {};
  }

  std::string operator()(const field& f, json::value& value) const {
    const auto text = value.is_string() ? std::string_view(value.get_string()) : std::string_view();
    const auto is_from = [&](std::int64_t least, std::int64_t most) {
      return value.is_int64() && value.get_int64() >= least && value.get_int64() <= most;
    };
    switch (f.looks) {
      case form::name: return value.is_string() ? check_name(text) : expected("invalid name", value, "text");
      case form::text:
        if (!value.is_string()) return expected("invalid text", value, "text");
        return count_characters(text) > max_text ? too_long(text, max_text) : "";
      case form::time: return time(value, f.choices == "ahead");
      case form::flag: return value.is_bool() ? "" : expected("invalid value", value, "true or false");
      case form::count:
        return is_from(0, f.most)
                   ? ""
                   : expected("invalid number", value, "a whole number from 0 to " + std::to_string(f.most));
      case form::severity: return is_from(1, 5) ? "" : expected("invalid severity", value, "1, 2, 3, 4 or 5");
      case form::choice:
        return value.is_string() && has_word(f.choices, text)
                   ? ""
                   : expected("unknown value", value, "one of: " + std::string(f.choices));
      case form::names: return names(value);
      case form::parts: return parts(value, f.choices);
      case form::timed: return times_in(value);
      case form::any: return {};
    }
    return {};
  }
};

}

std::span<const field> fields() { return table; }

const field* find_field(std::string_view name) {
  const auto known = std::ranges::find(table, name, &field::name);
  return known == table.end() ? nullptr : &*known;
}

// Text for people is truncated, not rejected: a title of a megabyte is still the title of a release.
void put(event& e, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (value.size() > max_text) {
    if (const auto* known = find_field(name); known && known->looks == form::text)
      value = first_characters(value, max_text);
  }
  e.fields[name] = value;
}

void put(event& e, std::string_view field, std::optional<timestamp> value) {
  if (value) e.fields[field] = format_time(*value);
}

std::string storable_id(std::string_view id) {
  if (id.size() <= max_key_bytes && is_storable(id)) return std::string(id);
  return "sha256:" + sha256_hex(id);
}

namespace {

std::string short_id(std::string id) {
  return is_storable(id) && count_characters(id) <= max_name ? id : "sha256:" + sha256_hex(id);
}

}

bool is_commit(std::string_view text) {
  return text.size() >= shortest_commit && text.size() <= longest_commit &&
         text.find_first_not_of(hex_digits) == text.npos;
}

std::string tag_subject(std::string_view repository, std::string_view name) {
  return short_id(std::string(repository).append("@").append(name));
}

void shorten_ids(event& e) {
  for (auto* id : {&e.id, &e.subject}) *id = short_id(std::move(*id));
}

bool is_sane_time(timestamp time, timestamp received_at) { return time >= min_time && time <= received_at + max_ahead; }

std::string shown(const json::value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  if (!value.is_string()) return json::serialize(value);
  const auto text = std::string_view(value.get_string());
  const auto first = first_characters(text, most_shown);
  return json::serialize(json::value(first)) + (first.size() < text.size() ? "…" : "");
}

std::vector<problem> check(event& e, timestamp received_at, const std::string& root,
                           std::optional<std::string_view> unknown_type) {
  std::vector<problem> found;
  const auto note = [&](std::string_view name, std::string what) {
    if (!what.empty()) found.push_back({root + '/' + pointer_token(name), std::move(what)});
  };
  const checker value_of{received_at + max_ahead};
  note("id", check_name(e.id));
  note("subject", check_name(e.subject));
  if (!e.source.empty()) note("source", check_name(e.source));
  if (unknown_type)
    note("type",
         expected("unknown type", json::value(*unknown_type), "one of: " + std::string(words_text<event_type>)));
  note("time", value_of.range_of(e.time));
  for (const auto& f : table) {
    const auto entry = e.fields.find(f.name);
    if (entry == e.fields.end() || entry->value().is_null() || unknown_type || !f.types.contains(e.type)) continue;
    note(f.name, value_of(f, entry->value()));
  }
  static const std::string below;
  for (const auto& [name, value] : e.fields)
    if (auto wrong = find_unstorable(value, below))
      note(name, std::move(wrong->detail)), found.back().pointer += wrong->pointer;
  return found;
}

}
