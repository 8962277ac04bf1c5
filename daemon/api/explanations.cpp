// GET /api/v1/figures/{figure}/explain, and the same for deployments and incidents
#include "daemon/api/endpoints.hpp"
#include "daemon/api/parameters.hpp"
#include "daemon/api/things.hpp"
#include "daemon/figures/figure.hpp"

namespace releasehealth::api {
namespace {

// Labels select among the series of a figure.
std::vector<http::parameter> parameters_of_figure() {
  std::vector<http::parameter> all = {in_period, of_service, in_environment, of_team};
  all.push_back({.name = "quantile", .help = "0.5 or 0.9", .choices = "0.5 0.9"});
  for (const auto label : slice_labels()) all.push_back({.name = label, .help = "select series by this label"});
  return all;
}

result<plan> explain_figure_of(const call& c) {
  figure_inquiry q;
  q.figure = c.named();
  for (const auto& [target, name] :
       {std::pair(&q.service, "service"), std::pair(&q.team, "team"), std::pair(&q.period, "period")})
    if (auto given = c.query(name); !given.empty()) *target = std::move(given);
  if (auto given = c.environment(); !given.empty()) q.environment = std::move(given);
  auto names = slice_labels();
  names.insert("quantile");
  for (const auto name : names)
    if (auto given = c.query(name); !given.empty()) q.labels.emplace_back(name, std::move(given));
  return reading{
      [q = std::move(q), current = c.current, now = c.now](ledger::reader& database) -> result<http::response> {
        const auto found = explain_figure(database, q, as_derived(database, current->figures), now);
        if (!found) return found.error();
        json::array items;
        for (const auto& e : *found) items.push_back(as_json(e));
        return http::json_answer(200, {{"items", std::move(items)}, {"next", nullptr}});
      }};
}

endpoint of_thing(const shown_thing& thing) {
  const auto begin = [&thing](const call& c) -> result<plan> {
    return reading{[&thing, id = c.named()](ledger::reader& database) -> result<http::response> {
      const auto found = thing.explain(database, id);
      if (found.empty()) return unknown(thing.type);
      return http::json_answer(200, as_json(found.front()));
    }};
  };
  return {"GET", thing.path_of_one() + "/explain",
          about_reading("figures", "Explain this with its evidence.", "Explanation", {}), begin};
}

}

std::vector<endpoint> explanations(const surroundings&) {
  std::vector<endpoint> all = {{"GET", "/api/v1/figures/{figure}/explain",
                                about_reading("figures", "Explain a figure of a service or a team by its members.",
                                              "Explanations", parameters_of_figure()),
                                explain_figure_of}};
  for (const auto& thing : shown_things) all.push_back(of_thing(thing));
  return all;
}

}
