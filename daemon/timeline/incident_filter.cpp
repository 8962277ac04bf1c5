// Decides which incidents of a source count on their own (figures.md section 18).
#include <algorithm>

#include "collectors/fields.hpp"
#include "daemon/timeline/join.hpp"

namespace releasehealth {
namespace {

// Whether a field has one of the values, or is a list that contains one.
bool has_one_of(const json::object& fields, const std::pair<const std::string, std::vector<std::string>>& wanted) {
  const auto& [field, values] = wanted;
  const auto* value = fields.if_contains(field);
  const auto is_one = [&values = values](const json::value& v) {
    return std::ranges::find(values, text_at(v, "")) != values.end();
  };
  return value && (value->is_array() ? std::ranges::any_of(value->get_array(), is_one) : is_one(*value));
}

// A duplicate counts only as part of its original: it is closed while the outage continues.
bool is_duplicate(std::vector<report> told) {
  order_reports(told);
  return flag_at(merge_reports(told), "/duplicate");
}

}

std::vector<std::string> join_settings::followers() const {
  std::vector<std::string> all;
  for (const auto& [source, filter] : filters)
    if (!filter.follows.empty()) all.push_back(source);
  return all;
}

bool join_settings::lets_in(const thing_id& thing, const std::vector<report>& told) const {
  if (is_duplicate(told)) return false;
  const auto filter = filters.find(thing.source);
  return filter == filters.end() || filter->second.lets_in(told);
}

bool join_settings::knows_names_of(std::string_view source, const json::object& fields) const {
  const auto filter = filters.find(source);
  return filter == filters.end() || filter->second.fits_any(fields);
}

bool incident_filter::lets_in(std::vector<report> told) const {
  if (!follows.empty()) return false;
  std::erase_if(told, [](const report& r) { return r.retraction || r.is_override; });
  if (told.empty()) return true;  // entered by hand
  order_reports(told);
  json::object facts;
  const auto fits = [&](const auto& condition) {
    return !facts.contains(condition.first) || has_one_of(facts, condition);
  };
  bool is_in = false;
  for (const auto& r : told) {
    for (const auto& [name, value] : r.fields) facts[name] = value;
    const auto severity = static_cast<int>(number_at(facts, "/severity").value_or(0));
    const bool is_fitting = fits_any(facts);
    if (is_fitting && (severities.empty() || severities.contains(severity)) && std::ranges::all_of(words, fits))
      is_in = true;
    if (!is_fitting && flag_at(r.fields, "/reclassified")) is_in = false;
  }
  return is_in;
}

bool incident_filter::fits_any(const json::object& fields) const {
  const auto is_absent = [&](const auto& condition) { return !fields.contains(condition.first); };
  return std::ranges::all_of(any_of, is_absent) ||
         std::ranges::any_of(any_of, [&](const auto& condition) { return has_one_of(fields, condition); });
}

}
