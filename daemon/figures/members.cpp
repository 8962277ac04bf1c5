#include "daemon/figures/members.hpp"

#include <algorithm>

#include "sql.hpp"

namespace releasehealth {
namespace {

// Members carry a boolean for what is counted and a number for a duration that they have.
bool has_any(const json::object& member, const std::vector<std::string_view>& columns) {
  return std::ranges::any_of(columns, [&](std::string_view column) {
    const auto* value = member.if_contains(column);
    return value && (value->is_bool() ? value->get_bool() : !value->is_null());
  });
}

bool any_known(const std::vector<json::object>& all, const std::vector<std::string_view>& columns) {
  return std::ranges::any_of(
      all, [&](const json::object& m) { return std::ranges::any_of(columns, [&](auto c) { return m.contains(c); }); });
}

std::vector<json::object> those_with(const std::vector<json::object>& all,
                                     const std::vector<std::string_view>& columns) {
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
  const auto target = std::chrono::duration<double>(settings.response_target).count();
  for (const auto& all : {from.members(sql::figures_deployment_members, over, of, target),
                          from.members(sql::figures_incident_members, over, of)})
    if (any_known(all, in.columns)) return {those_with(all, in.columns), those_with(all, f.denominator)};
  return {};
}

}
