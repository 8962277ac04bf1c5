// Measures the cost of a late event in a service of many deployments against rebuilding that service. Prints
// alternating measurements in seconds, one JSON object per case.
#include "daemon/derivation/derive.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>

#include "tests/bench/deriving.hpp"

using namespace releasehealth;
using namespace releasehealth::bench;

namespace {

constexpr int deployments = 20'000, incidents = 1'000, rounds = 5;
constexpr auto history = std::chrono::days(3 * 365);
const auto first_day = *parse_time("2023-11-01T00:00:00Z");
const auto now = first_day + history;

event deployed(const std::string& subject, timestamp at, const std::string& version, std::string_view ref = "main") {
  return report_of(thing_type::deployment, subject, at,
                   {{"service", "checkout"},
                    {"environment", "production"},
                    {"state", "succeeded"},
                    {"started_at", format_time(at - std::chrono::minutes(7))},
                    {"version", version},
                    {"ref", ref},
                    {"title", "Rounding of three-way splits"},
                    {"actor", "robin"},
                    {"url", "https://example.org/deployments/" + subject}});
}

// One in twenty is a rollback, one in twenty a hotfix, and one in twenty has an incident.
void fill(ledger::appender& to) {
  std::mt19937 random(1);
  std::vector<event> batch;
  const auto step = duration(history) / deployments;
  const auto flush = [&] {
    if (!batch.empty()) store(to, batch, now);
    batch.clear();
  };
  for (int n = 0; n < deployments; ++n) {
    const auto at = first_day + step * n;
    const auto version = n % 20 == 7 ? "v" + std::to_string(n - 2) : "v" + std::to_string(n);
    batch.push_back(deployed("d" + std::to_string(n), at, version, n % 20 == 13 ? "hotfix/1" : "main"));
    if (n % (deployments / incidents) == 11) {
      const auto subject = "i" + std::to_string(n);
      batch.push_back(report_of(thing_type::incident, subject, at + std::chrono::minutes(5),
                                {{"service", "checkout"}, {"state", "open"}, {"severity", 1 + n % 5}}));
      batch.push_back(report_of(thing_type::incident, subject, at + std::chrono::minutes(90), {{"state", "resolved"}}));
    }
    if (batch.size() >= 1000) flush();
  }
  flush();
}

/// A late event and its position in the history.
struct late_case {
  const char* name;
  std::function<event(int round)> make;
};

const late_case cases[] = {
    {"the newest deployment",
     [](int r) { return deployed("n" + std::to_string(r), now + std::chrono::hours(r), "n" + std::to_string(r)); }},
    {"a deployment 40 days late",
     [](int r) { return deployed("l" + std::to_string(r), now - std::chrono::days(40 + r), "l" + std::to_string(r)); }},
    {"a deployment in the middle of the history",
     [](int r) {
       return deployed("m" + std::to_string(r), first_day + history / 2 + std::chrono::hours(r),
                       "m" + std::to_string(r));
     }},
    {"the first deployment of all",
     [](int r) {
       return deployed("f" + std::to_string(r), first_day - std::chrono::hours(r + 1), "f" + std::to_string(r));
     }},
    {"a failed attempt in the middle",
     [](int r) {
       auto e = deployed("a" + std::to_string(r), first_day + history / 2 + std::chrono::hours(r), "a");
       e.fields["state"] = "failed";
       return e;
     }},
    {"an incident 40 days late",
     [](int r) {
       return report_of(thing_type::incident, "late" + std::to_string(r), now - std::chrono::days(40 + r),
                        {{"service", "checkout"}, {"state", "open"}});
     }},
    {"the retraction of a deployment in the middle",
     [](int r) {
       auto e =
           report_of(thing_type::deployment, "d" + std::to_string(deployments / 2 + 3 * r), now, {{"retracted", true}});
       e.type = event_type::retraction;
       return e;
     }},
};

}

int main() {
  return with_ledger([](const session& where) {
    ledger::appender to(where);
    ledger::deriver derive(where, {});
    const auto filled = seconds([&] { fill(to); });
    const auto derived = seconds([&] { derive.derive(); });
    std::fprintf(stderr, "%d deployments, %d incidents: stored in %.1f s, derived in %.1f s\n", deployments, incidents,
                 filled, derived);
    std::vector<double> rebuilt;
    std::vector<std::vector<double>> late(std::size(cases));
    for (int r = 0; r < rounds; ++r) {
      rebuilt.push_back(seconds([&] { derive.rebuild(); }));
      for (std::size_t c = 0; c < std::size(cases); ++c) {
        store(to, {cases[c].make(r)}, now);
        late[c].push_back(seconds([&] { derive.derive(); }));
      }
    }
    if (!derive.check().empty()) throw std::runtime_error("incremental derivation differs from a rebuild");
    const auto list = [](const std::vector<double>& all) {
      std::string out;
      for (const auto one : all) out += (out.empty() ? "" : ", ") + std::to_string(one);
      return out;
    };
    for (std::size_t c = 0; c < std::size(cases); ++c)
      std::printf("{\"name\": \"%s\", \"among\": %d, \"measured\": [%s], \"baseline\": [%s]}\n", cases[c].name,
                  deployments, list(late[c]).c_str(), list(rebuilt).c_str());
  });
}
