// The figures page against prometheus-cpp's TextSerializer on the same series: alternating seconds as JSON.
#include "daemon/telemetry/exposition.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <sstream>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"
#include "daemon/reports/page.hpp"

using namespace releasehealth;

namespace {

constexpr int services = 131;  // about 100,000 series
constexpr const char* periods[] = {"7d", "30d", "90d", "180d", "month", "previous_month"};

double seconds(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void add(const std::vector<std::string>& wanted, std::vector<std::string>& to) {
  for (const auto& c : wanted)
    if (std::ranges::find(to, c) == to.end()) to.push_back(c);
}

void add_columns(const figure& f, const figure_settings& settings, std::vector<std::string>& to) {
  std::vector<std::string> wanted = f.denominator;
  for (const auto& s : settings.slices_of(f))
    for (const auto& c : s.columns)
      if (f.looks == shape::quantiles)
        wanted.insert(wanted.end(), {c + "_p50", c + "_p90", c + "_n"});
      else
        wanted.push_back(c);
  add(wanted, to);
}

std::vector<double> some_values(std::size_t count) {
  std::vector<double> all;
  for (std::size_t n = 1; n <= count; ++n) all.push_back(static_cast<double>(n) * (n % 3 == 0 ? 1.0 / 7 : 1));
  return all;
}

/// Every figure of many services.
snapshot everything(const figure_settings& settings) {
  snapshot s;
  s.at = *parse_time("2026-11-01T00:00:00Z");
  for (const auto* p : periods) s.periods.push_back({p, s.at - std::chrono::days(30), s.at});
  for (const auto& f : figures()) add_columns(f, settings, f.is_now ? s.columns_now : s.columns);
  for (const auto& e : evidence_rules()) {  // thresholds are judged by them
    for (const auto* columns : {&e.known, &e.all, &e.judged_by, &e.judges}) add(*columns, s.columns_now);
    if (!e.tracked.empty()) add({std::string(e.tracked)}, s.columns_now);
  }
  for (int n = 0; n < services; ++n) {
    auto& to = s.places[{"service-" + std::to_string(n), "production"}];
    to.team = "checkout";
    for (const auto* p : periods) to.values[p] = some_values(s.columns.size());
    to.now = some_values(s.columns_now.size());
  }
  return s;
}

/// Copies the page's samples into prometheus-cpp's registry. Returns their number.
int fill(prometheus::Registry& registry, const std::string& page) {
  int samples = 0;
  prometheus::Family<prometheus::Gauge>* family = nullptr;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view help = "# HELP ";
    if (line.starts_with(help)) {
      const auto end = line.find(' ', help.size());
      const auto name = line.substr(help.size(), end - help.size());
      family = &prometheus::BuildGauge().Name(name).Help(line.substr(end + 1)).Register(registry);
    }
    if (line.starts_with('#')) continue;
    prometheus::Labels labels;
    auto at = line.find('{') + 1;
    while (line[at - 1] != '}') {
      const auto equals = line.find("=\"", at), end = line.find('"', equals + 2);
      labels[line.substr(at, equals - at)] = line.substr(equals + 2, end - equals - 2);
      at = end + 2;
    }
    family->Add(labels).Set(std::stod(line.substr(at)));
    ++samples;
  }
  return samples;
}

/// Counts the bytes written: both sides' output is compressed or sent in pieces.
class counting_buffer : public std::streambuf {
 public:
  std::size_t bytes = 0;

 private:
  std::streamsize xsputn(const char*, std::streamsize n) override {
    bytes += static_cast<std::size_t>(n);
    return n;
  }
  int overflow(int c) override {
    ++bytes;
    return c;
  }
};

}

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const figure_settings settings;
  const auto s = everything(settings);
  prometheus::Registry registry;
  const auto samples = fill(registry, render(s, settings, text_format::prometheus));
  std::size_t bytes = 0;
  counting_buffer counting;
  std::string measured, baseline;
  for (int r = 0; r < rounds; ++r) {
    const auto* const comma = r ? ", " : "";
    measured += comma + std::to_string(seconds([&] {
                  render(s, settings, text_format::prometheus, [&](std::string_view piece) { bytes += piece.size(); });
                }));
    baseline += comma + std::to_string(seconds([&] {
                  std::ostream out(&counting);
                  prometheus::TextSerializer().Serialize(out, registry.Collect());
                }));
  }
  std::printf("{\"series\": %d, \"measured\": [%s], \"baseline\": [%s]}\n", samples, measured.c_str(),
              baseline.c_str());
  return bytes == 0 || counting.bytes == 0;
}
