#include "daemon/reports/report.hpp"

#include <charconv>
#include <set>
#include <utility>

#include "collectors/csv/csv.hpp"
#include "daemon/reports/coverage.hpp"

namespace releasehealth {
namespace {

/// The missing evidence of each scope, computed once per scope.
class scope_gaps {
 public:
  explicit scope_gaps(const snapshot& s) : snapshot_(s) {}

  /// The names of the missing evidence, the most important first; empty: the figure has enough.
  std::vector<std::string_view> of(const figure_row& row) {
    std::vector<std::string_view> names;
    for (const auto name : row.shown.rests_on)
      if (gaps_in(row).contains(name)) names.push_back(name);
    return names;
  }

 private:
  const std::set<std::string_view>& gaps_in(const figure_row& row) {
    const auto [known, is_new] = known_.try_emplace({row.where, row.is_team() ? row.team : std::string()});
    if (is_new)
      for (const auto& one : coverage_of(scope_of_row(row), snapshot_))
        if (one.is_gap()) known->second.insert(one.rule->name);
    return known->second;
  }
  const scope_figures& scope_of_row(const figure_row& row) const {
    static const scope_figures nothing;
    const auto figures_of = [&](const auto& all, const auto& key) -> const scope_figures& {
      const auto found = all.find(key);
      return found == all.end() ? nothing : found->second;
    };
    return row.is_team() ? figures_of(snapshot_.teams, row.team) : figures_of(snapshot_.places, row.where);
  }

  const snapshot& snapshot_;
  std::map<std::pair<place, std::string>, std::set<std::string_view>> known_;
};

json::value or_null(const std::optional<double>& n) { return n ? json_number(*n) : json::value(nullptr); }

std::string shortest(double value) {
  char text[32];
  const auto [end, ec] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

/// Every row of every period; figures of the current instant belong to the periods that end now.
template <class Each>
void for_each_row(const snapshot& s, const figure_settings& settings, const std::optional<chosen_figure>& only,
                  Each each) {
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (only && !only->has(row)) return;
    if (!row.shown.is_now) return each(row);
    for (const auto& p : s.periods)
      if (p.end == s.at)
        each(figure_row{row.where, row.team, p, row.shown, row.part, row.quantile, row.nth, row.value, row.group});
  });
}

}

json::value json_number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? json::value(whole) : json::value(value);
}

std::string csv_report(const snapshot& s, const figure_settings& settings, const std::optional<chosen_figure>& only) {
  std::string out = "period,begin,end,service,team,environment,figure,label,value\r\n";
  for_each_row(s, settings, only, [&](const figure_row& row) {
    if (is_beside_its_group(s, row.where, settings.names)) return;
    std::string text;
    for (const auto& [name, value] : row.labels())
      text += (text.empty() ? "" : ";") + std::string(name) + '=' + std::string(value);
    const std::string cells[] = {row.span.label,
                                 format_time(row.span.begin),
                                 format_time(row.span.end),
                                 row.where.service,
                                 row.team,
                                 row.where.environment,
                                 std::string(row.shown.name),
                                 text,
                                 row.value ? shortest(row.value->value) : std::string()};
    for (const auto& c : cells) out += csv::quote(c) + (&c == std::end(cells) - 1 ? "\r\n" : ",");
  });
  return out;
}

std::string json_array(std::vector<std::string> objects) {
  std::string out = "[";
  for (auto& one : objects) {
    if (out.size() > 1) out += ',';
    out += one;
    std::string().swap(one);  // releases memory early: it may be large
  }
  return out + ']';
}

// Serializes row by row: as JSON values, all figures of two years need ten times the memory of their text.
std::vector<std::string> figures_json(const snapshot& s, const figure_settings& settings, std::size_t spooled,
                                      const std::optional<chosen_figure>& only) {
  std::map<std::string, std::string> rows;
  unsigned char of_a_row[4096];
  json::monotonic_resource memory(of_a_row);
  json::serializer writing;
  const auto append = [&writing](std::string& out, const json::object& one) {
    char part[1024];
    for (writing.reset(&one); !writing.done();) {
      const auto text = writing.read(part);
      out.append(text.data(), text.size());
    }
  };
  scope_gaps gaps(s);
  for_each_row(s, settings, only, [&](const figure_row& row) {
    {
      json::object labels(&memory);
      for (const auto& [name, value] : row.labels()) labels[name] = value;
      json::object out({{"service", row.where.service},
                        {"team", row.team},
                        {"environment", row.where.environment},
                        {"figure", row.shown.name},
                        {"labels", std::move(labels)},
                        {"value", row.value ? json_number(row.value->value) : json::value(nullptr)},
                        {"numerator", row.value ? or_null(row.value->numerator) : json::value(nullptr)},
                        {"denominator", row.value ? or_null(row.value->denominator) : json::value(nullptr)},
                        {"observations", row.value ? or_null(row.value->observations) : json::value(nullptr)}},
                       &memory);
      if (!row.group.empty()) out["group"] = row.group;
      if (const auto missing = gaps.of(row); !missing.empty())
        out["gaps"] = json::array(missing.begin(), missing.end(), &memory);
      auto& text = rows[row.span.label];
      if (!text.empty()) text += ',';
      append(text, out);
    }
    memory.release();
  });
  std::vector<std::string> all;
  for (const auto& p : s.periods) {
    json::object head = {
        {"period", p.label}, {"begin", format_time(p.begin)}, {"end", format_time(p.end)}, {"partial", p.partial}};
    if (!s.has_incidents) head["without_incidents"] = true;
    if (spooled > 0) head["spooled"] = spooled;
    auto& one = all.emplace_back();
    append(one, head);
    one.back() = ',';
    one += "\"figures\":[";
    one += std::exchange(rows[p.label], {});
    one += "]}";
  }
  return all;
}

}
