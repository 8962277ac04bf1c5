#include "daemon/figures/members.hpp"

#include <algorithm>

#include "daemon/figures/coverage.hpp"

namespace releasehealth {
namespace {

// Members have a boolean for each counting column and a number for each duration, null if they have none.
bool has_any(const json::object& member, const std::vector<std::string>& columns) {
  return std::ranges::any_of(columns, [&](std::string_view column) {
    if (column.find(':') != column.npos) {  // counted by key
      const auto* keys = member.if_contains("keys");
      return keys && keys->is_array() &&
             std::ranges::find(keys->get_array(), json::value(column)) != keys->get_array().end();
    }
    const auto* value = member.if_contains(column);
    return value && (value->is_bool() ? value->get_bool() : !value->is_null());
  });
}

std::vector<json::object> those_with(const std::vector<json::object>& all, const std::vector<std::string>& columns) {
  std::vector<json::object> out;
  std::ranges::copy_if(all, std::back_inserter(out), [&](const auto& m) { return has_any(m, columns); });
  return out;
}

}

members find_members(ledger::reader& from, const figure& f, const slice& in, const period& over,
                     const ledger::scope& of, const figure_settings& settings) {
  if (f.looks == shape::seconds || f.looks == shape::share || f.looks == shape::capacity) {
    auto all = from.work_members(over, of);
    if (f.looks == shape::seconds)
      std::erase_if(all, [&](const json::object& m) { return text_at(m, "/method") != in.value; });
    return {std::move(all), {}};
  }
  const auto by = terms_of(settings);
  // figures of the current instant look back over the follow-up horizon and coverage window, or to the first incident
  const auto with_begin = [&](timestamp begin) {
    return period{over.label, f.is_now ? begin : over.begin, over.end, false};
  };
  auto ended = from.deployment_members(with_begin(over.end - std::max(settings.follow_up_horizon, coverage_window)),
                                       deployed_in(of), in_seconds(settings.response_target), by, settings.causes);
  auto started = from.incident_members(with_begin({}), of, by);
  members out;
  for (const auto* all : {&ended, &started})
    for (const auto& [columns, into] : {std::pair(&in.columns, &out.counted), std::pair(&divided_by(f, in), &out.of)}) {
      auto some = those_with(*all, *columns);
      into->insert(into->end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
  return out;
}

}
