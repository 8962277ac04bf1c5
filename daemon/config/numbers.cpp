// Numbers, durations, dates and limits of the configuration.
#include <cmath>
#include <sstream>

#include "daemon/config/reader.hpp"

namespace releasehealth {

void config_table::number(std::string_view key, double& field) {
  note(key, "a number");
  read_number(key, field);
}

void config_table::read_number(std::string_view key, double& field) {
  const auto* node = find(key);
  if (!node) return;
  const auto value = node->value<double>();
  if (!node->is_number() || !value)
    wrong_type(key, *node, "a number");
  else if (!std::isfinite(*value))
    wrong_type(key, *node, "a finite number");
  else
    field = *value;
}

void config_table::number_or_name(std::string_view key, double& value, std::string& name) {
  note(key, "a number, or a name");
  const auto* node = table_ ? table_->get(key) : nullptr;
  if (node && node->is_string())
    read_text(key, name);
  else
    read_number(key, value);
}

void config_table::whole(std::string_view key, std::int64_t least, std::int64_t most, std::int64_t& field) {
  note(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
       field < least ? "" : std::to_string(field));
  const auto* node = find(key);
  const auto range = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  std::optional<std::int64_t> value;
  const auto given = override_of(key);
  if (given) {
    value = parse_number<std::int64_t>(*given);
  } else if (!node) {
    return;
  } else if (node->is_integer()) {
    value = **node->as_integer();
  }
  if (value && *value >= least && *value <= most)
    field = *value;
  else if (given)
    invalid(key, "value", *given, range);
  else
    wrong_type(key, *node, range);
}

void config_table::wholes(std::string_view key, std::int64_t least, std::int64_t most, std::set<int>& fields) {
  const auto range = "whole numbers from " + std::to_string(least) + " to " + std::to_string(most);
  note(key, range);
  const auto* node = find(key);
  if (!node) return;
  const auto* array = node->as_array();
  if (!array) return wrong_type(key, *node, "a list of " + range);
  for (const auto& one : *array) {
    const auto value = one.is_integer() ? **one.as_integer() : least - 1;
    if (value < least || value > most) return wrong_type(key, one, range);
    fields.insert(static_cast<int>(value));
  }
}

void config_table::length(std::string_view key, duration& field) {
  note(key, "a duration", field == duration{0} ? "" : in_quotes(format_duration(field)));
  read_length(key, field);
}

void config_table::read_length(std::string_view key, duration& field) {
  constexpr std::string_view expected = "one like \"48h\" or \"7d\", of at most 10 years";
  if (const auto* node = find(key); node && !node->is_string() && !override_of(key))
    return wrong_type(key, *node, expected);
  std::string written;
  read_text(key, written);
  if (written.empty()) return;
  if (const auto parsed = parse_duration(written))
    field = *parsed;
  else
    invalid(key, "duration", written, expected);
}

void config_table::date(std::string_view key, std::optional<timestamp>& field) {
  note(key, "a date");
  const auto* node = find(key);
  if (!node) return;
  std::ostringstream out;
  node->visit([&](const auto& n) { out << toml::default_formatter{n}; });
  const auto text = node->is_string() ? **node->as_string() : out.str();
  auto instant = parse_time(text);
  if (!instant) instant = parse_time(text + "T00:00:00Z");
  if (instant)
    field = *instant;
  else
    wrong_type(key, *node, "a date like 2026-03-01, or a time with an offset");
}

void config_table::bounds(limits& field) {
  for (std::size_t i = 0; i < limit_rules.size(); ++i) {
    const auto& rule = limit_rules[i];
    const auto dot = rule.key.find('.');
    if (rule.key.substr(0, dot) != path_) continue;
    const auto key = rule.key.substr(dot + 1);
    if (rule.unit != limit_unit::time) {
      whole(key, rule.least, rule.most, field.at(i));
      if (rule.key == "figures.max_pattern_bytes") reading_.max_pattern_bytes = field.at(i);
      continue;
    }
    duration value(field.at(i));
    const auto range = "from " + format_duration(duration(rule.least)) + " to " + format_duration(duration(rule.most));
    note(key, "a duration " + range, in_quotes(format_duration(value)));
    read_length(key, value);
    if (value < duration(rule.least) || value > duration(rule.most))
      invalid(key, "duration", format_duration(value), "one " + range);
    field.at(i) = value.count();
  }
}

}
