#include "daemon/figures/backfill.hpp"

#include <iostream>

#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/figures/page.hpp"
#include "daemon/ledger/derive.hpp"

namespace releasehealth {
namespace {

struct backfill_options {
  std::string from, to, step = "1h";
};

// Kept until the end, because a series must not be interrupted by another: some 1.5 GB.
constexpr std::size_t max_samples = 50'000'000;

int run_backfill(const config& c, const backfill_options& o) {
  const auto now = system_now();
  const auto begin = read_time_option(o.from, "--from"), end = read_time_option(o.to, "--to");
  const auto step = parse_duration(o.step);
  if (!begin || !end || *begin >= *end) throw usage_error("--from is needed, and before --to");
  if (!step || *step < std::chrono::minutes{1}) throw usage_error("--step is no duration of a minute or more, like 1h");
  const auto database = open_database(c, "backfill");
  ledger::deriver(database.where, c.timeline).derive();
  ledger::reader from(database.where);
  backfill past;
  progress_line progress;
  const auto last = std::min(*end, now);
  for (auto at = *begin; at < last; at += *step) {
    const figure_question everything{.periods = current_periods(c.figures.rolling, c.figures.zone, at),
                                     .service = {},
                                     .environment = {},
                                     .team = {}};
    past.add(at, render(answer_question(from, everything, c.figures, at), c.figures, text_format::openmetrics));
    if (past.samples() > max_samples)
      throw std::runtime_error("more than " + std::to_string(max_samples) +
                               " samples: ask for less at once, promtool takes several files");
    progress.show(static_cast<std::uint64_t>((at - *begin).count()),
                  static_cast<std::uint64_t>((last - *begin).count()), past.samples(), "samples");
  }
  progress.end();
  past.write(std::cout);
  std::cerr << past.samples() << " samples\n";
  return 0;
}

}

std::function<int()> add_backfill(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<backfill_options>();
  app.add_option("--from", o->from, "the first instant: 2025-01-01, or a time")->required();
  app.add_option("--to", o->to, "before this one")->required();
  app.add_option("--step", o->step, "between two instants; Prometheus looks back 5 minutes for a sample")
      ->capture_default_str();
  return [o, &options] { return run_backfill(load_or_refuse(options), *o); };
}

}
