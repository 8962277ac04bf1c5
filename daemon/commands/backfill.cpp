#include "daemon/reports/backfill.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "collectors/base/nearest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

struct backfill_options {
  std::string begin, end, step = "1h", directory, split = "1d";
  std::vector<std::string> labels;
};

/// The parsed and validated options.
struct backfill_plan {
  timestamp begin, end;
  duration step, split;
  std::map<std::string, std::string> labels;
};

// Kept in memory until a file is complete, because OpenMetrics does not allow the samples of two series to interleave:
// about 1.5 GB.
constexpr std::size_t max_samples = 50'000'000;
constexpr duration least_split = std::chrono::hours{2};  // the length of promtool's blocks

duration read_duration(const std::string& text, const char* option, duration least) {
  const auto length = parse_duration(text);
  if (!length || *length < least)
    throw usage_error(std::string(option) + ": invalid duration " + in_quotes(text) + "; expected at least " +
                      format_duration(least) + ", like \"1d\"");
  return *length;
}

// The labels of a series scraped with deploy/prometheus.yml; `given` override them.
std::map<std::string, std::string> target_labels(const http::endpoint& address, const std::vector<std::string>& given) {
  const bool is_any = address.address == "0.0.0.0" || address.address == "::";
  const auto host = is_any ? std::string("127.0.0.1") : address.address;
  std::map<std::string, std::string> all = {
      {"job", "releasehealthd"},
      {"instance", (host.find(':') == host.npos ? host : '[' + host + ']') + ':' + std::to_string(address.port)}};
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", digits = "0123456789";
  for (const auto& word : given) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (equals == word.npos || name.empty() ||
        name.find_first_not_of(std::string(letters).append(digits)) != name.npos ||
        letters.find(name.front()) == letters.npos)
      throw usage_error("--label: invalid label " + in_quotes(word) + "; expected name=value, like job=releasehealthd");
    all[name] = word.substr(equals + 1);
  }
  return all;
}

backfill_plan read_plan(const config& c, const backfill_options& o) {
  const auto begin = read_time_option(o.begin, "--from"), end = read_time_option(o.end, "--to");
  if (!begin || !end || *begin >= *end)
    throw usage_error("--from: " + in_quotes(o.begin) + " is not before --to " + in_quotes(o.end) +
                      "; expected an earlier time");
  return {*begin, *end, read_duration(o.step, "--step", std::chrono::minutes{1}),
          read_duration(o.split, "--split", least_split), target_labels(c.operations, o.labels)};
}

// The end of the file that contains an instant. Files begin at multiples of `split` in UTC.
timestamp end_of_file(timestamp instant, duration split) {
  const auto since_epoch = instant.time_since_epoch();
  return timestamp(since_epoch - since_epoch % split + split);
}

// "2025-01-31.om", with the time of its first sample if that is not midnight.
std::string file_name(timestamp first) {
  auto name = format_time(first);
  std::erase(name, ':');
  if (const auto midnight = name.find("T000000Z"); midnight != name.npos) name.erase(midnight);
  return name + ".om";
}

void write_file(const std::filesystem::path& directory, timestamp first, const backfill& past) {
  const auto path = directory / file_name(first);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  past.write(out);
  if (!out.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

int run_backfill(const config& c, const backfill_options& o) {
  const auto plan = read_plan(c, o);
  const auto database = open_database(c, "backfill");
  ledger::deriver(database.where, c.timeline).derive();
  ledger::reader queries(database.where);
  const auto figures = as_derived(queries, c.figures);
  if (!o.directory.empty()) std::filesystem::create_directories(o.directory);
  backfill past(plan.labels);
  progress_line progress;
  std::size_t samples = 0, files = 0;
  const auto last = std::min(plan.end, system_now());
  auto first = plan.begin;
  for (auto instant = plan.begin; instant < last; instant += plan.step) {
    if (!o.directory.empty() && instant >= end_of_file(first, plan.split)) {
      write_file(o.directory, first, past);
      samples += past.samples();
      past = backfill(plan.labels);
      first = instant;
      ++files;
    }
    const figure_question everything{.periods = current_periods(c.figures.rolling, c.figures.zone, instant),
                                     .service = {},
                                     .environment = {},
                                     .team = {}};
    past.add(instant,
             render(answer_question(queries, everything, figures, instant), figures, text_format::openmetrics));
    if (past.samples() > max_samples)
      throw std::runtime_error("more than " + std::to_string(max_samples) +
                               " samples in one file; expected --directory, a shorter --split or a longer --step");
    progress.show(static_cast<std::uint64_t>((instant - plan.begin).count()),
                  static_cast<std::uint64_t>((last - plan.begin).count()), samples + past.samples(), "samples");
  }
  progress.end();
  samples += past.samples();
  if (o.directory.empty()) {
    past.write(std::cout);
  } else if (past.samples() > 0) {
    write_file(o.directory, first, past);
    ++files;
  }
  std::cerr << samples << " samples" << (o.directory.empty() ? "" : " in " + std::to_string(files) + " files") << '\n';
  return 0;
}

}

std::function<int()> add_backfill(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<backfill_options>();
  app.add_option("--from", o->begin, "begin: a date (2025-01-01) or an RFC 3339 time")->required();
  app.add_option("--to", o->end, "end, exclusive")->required();
  app.add_option("--step", o->step, "interval between samples; Prometheus looks back 5 minutes for a sample")
      ->capture_default_str();
  app.add_option("--directory", o->directory,
                 "write one file per day there; promtool reads them much faster than one large file");
  app.add_option("--split", o->split, "with --directory: time span of one file")->capture_default_str();
  app.add_option(
      "--label", o->labels,
      "name=value for every series; default: job=releasehealthd and instance=ADDRESS of the operations listener, "
      "as Prometheus labels scraped series");
  app.footer("Example: releasehealthd backfill --from 2025-01-01 --to 2026-01-01 --directory past");
  return [o, &options] { return run_backfill(load_or_refuse(options), *o); };
}

}
