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

members find_members(ledger::reader& database, const figure& f, const slice& part, const period& span,
                     const ledger::scope& targets, const figure_settings& settings) {
  if (f.looks == shape::seconds || f.looks == shape::share || f.looks == shape::capacity) {
    auto all = database.work_members(span, targets);
    if (f.looks == shape::seconds)
      std::erase_if(all, [&](const json::object& m) { return text_at(m, "/method") != part.value; });
    return {std::move(all), {}};
  }
  const auto terms = terms_of(settings);
  // figures of the current instant look back over the follow-up horizon and coverage window, or to the first incident
  const auto with_begin = [&](timestamp begin) {
    return period{span.label, f.is_now ? begin : span.begin, span.end, false};
  };
  auto ended =
      database.deployment_members(with_begin(span.end - std::max(settings.follow_up_horizon, coverage_window)),
                                  deployed_in(targets), in_seconds(settings.response_target), terms, settings.causes);
  auto started = database.incident_members(with_begin({}), targets, terms);
  members out;
  for (const auto* all : {&ended, &started})
    for (const auto& [columns, target] :
         {std::pair(&part.columns, &out.counted), std::pair(&divided_by(f, part), &out.whole)}) {
      auto some = those_with(*all, *columns);
      target->insert(target->end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
  return out;
}

}
