// The page of figures against prometheus-cpp's TextSerializer, on the same series: seconds of each, by turns, as JSON.
#include "daemon/figures/exposition.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <sstream>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "daemon/figures/page.hpp"
#include "daemon/figures/snapshot.hpp"

using namespace releasehealth;

namespace {

constexpr int families = 10, services = 2'500, periods = 4;  // 100,000 series
constexpr const char* names[periods] = {"7d", "30d", "90d", "month"};

double seconds(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::string service(int n) { return "service-" + std::to_string(10'000 + n); }

}

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  prometheus::Registry registry;
  for (int f = 0; f < families; ++f) {
    auto& family =
        prometheus::BuildGauge().Name("releasehealth_figure_" + std::to_string(f)).Help("A figure.").Register(registry);
    for (int s = 0; s < services; ++s)
      for (const auto* p : names)
        family
            .Add({{"service_name", service(s)},
                  {"team_name", "checkout"},
                  {"deployment_environment", "production"},
                  {"period", p}})
            .Set(s * 1.25);
  }
  std::size_t bytes = 0;
  const auto ours = [&] {
    exposition page(text_format::prometheus);
    for (int f = 0; f < families; ++f) {
      page.family("releasehealth_figure_" + std::to_string(f), metric_type::gauge, "A figure.");
      for (int s = 0; s < services; ++s) {
        const auto name = service(s);
        for (const auto* p : names)
          page.sample({{"service_name", name},
                       {"team_name", "checkout"},
                       {"deployment_environment", "production"},
                       {"period", p}},
                      s * 1.25);
      }
    }
    bytes = page.text().size();
  };
  const auto theirs = [&] {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, registry.Collect());
    bytes = out.str().size();
  };
  std::string measured, baseline;
  for (int r = 0; r < rounds; ++r) {
    measured += (r ? ", " : "") + std::to_string(seconds(ours));
    baseline += (r ? ", " : "") + std::to_string(seconds(theirs));
  }
  std::printf("{\"series\": %d, \"measured\": [%s], \"baseline\": [%s]}\n", families * services * periods,
              measured.c_str(), baseline.c_str());
  return bytes == 0;
}
