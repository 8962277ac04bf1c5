// A [[threshold]]: the figure, its period, the service or team, and the value.
#include <algorithm>

#include "daemon/config/reader.hpp"

namespace releasehealth {
namespace {

word_list numbers_and_ratios() {
  word_list all = {"a number"};
  for (const auto& f : figures())
    if (f.looks == shape::ratio && f.owners != belongs::teams) all.push_back(f.name);
  return all;
}

}

threshold read_threshold(config_table& t, const std::vector<std::string>& rolling) {
  threshold read;
  t.text("figure", read.figure);
  t.text("period", read.period);
  t.text("service", read.service);
  t.text("team", read.team);
  t.number("minimum", read.minimum);
  if (read.minimum < 0) t.invalid("minimum", "number", t.spelled("minimum"), "0 or more");
  if (t.has("above") == t.has("below")) t.wrong("expected either above or below");
  if (!read.service.empty() && !read.team.empty()) t.wrong("service and team are mutually exclusive");
  if (const auto* l = find_threshold_figure(read.figure);
      l && find_figure(l->figure)->owners == belongs::teams && !read.service.empty())
    t.wrong("service", "services do not have this figure; expected team, or neither");
  read.above = t.has("above");
  for (const auto* side : {"above", "below"}) {
    t.number_or_name(side, read.value, read.ratio);
    if (const auto* f = find_figure(read.ratio);
        t.has(side) && !read.ratio.empty() && (!f || f->looks != shape::ratio || f->owners == belongs::teams))
      t.unknown(side, "ratio", read.ratio, numbers_and_ratios());
  }
  const auto* compared = find_threshold_figure(read.figure);
  if (!compared) t.unknown("figure", "figure", read.figure, word_list_of(threshold_figures(), &threshold_figure::name));
  if (compared && find_figure(compared->figure)->is_now) {
    if (!read.period.empty()) t.invalid("period", "period", read.period, "none, because the figure is a current value");
  } else if (read.period != month && read.period != previous_month &&
             std::ranges::find(rolling, read.period) == rolling.end()) {
    auto known = word_list_of(rolling);
    known.insert(known.end(), {month, previous_month});
    t.unknown("period", "period", read.period, known);
  }
  return read;
}

}
