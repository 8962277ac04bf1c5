// Measures the cost of resolving versions by tags (figures.md section 14): deployments derived per second in a ledger
// of many commits and tags, with timely and late tags, against deployments of services without a repository,
// alternating. Prints one JSON object per case.
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "collectors/fields.hpp"
#include "daemon/derivation/derive.hpp"
#include "tests/bench/deriving.hpp"

using namespace releasehealth;
using namespace releasehealth::bench;

namespace {

constexpr int repositories = 300, commits = 1'000'000, tags = 100'000, at_once = 10'000, rounds = 5;
const auto first_day = *parse_time("2025-11-01T00:00:00Z");

/// Stores events in batches of a thousand.
class writer {
 public:
  explicit writer(const session& where) : to_(where) {}
  ~writer() { flush(); }

  void add(event e) {
    waiting_.push_back(std::move(e));
    if (waiting_.size() == 1000) flush();
  }
  void flush() {
    if (waiting_.empty()) return;
    store(to_, std::exchange(waiting_, {}), first_day + std::chrono::days(365));
  }

 private:
  ledger::appender to_;
  std::vector<event> waiting_;
};

std::string repository_of(int n) { return "acme/service-" + std::to_string(n % repositories); }
std::string version_of(int n) { return "1." + std::to_string(n / repositories) + ".0"; }
// Distinct in the first seven digits, as far as possible for this number.
std::string sha_of(int n) {
  char text[41];
  std::snprintf(text, sizeof text, "%08x%032x", static_cast<unsigned>(n) * 2654435761U, static_cast<unsigned>(n));
  return text;
}
timestamp time_of(int n) { return first_day + std::chrono::minutes(n / 4); }

event commit_event(int n) {
  return report_of(thing_type::commit, sha_of(n), time_of(n),
                   {{"repository", repository_of(n)}, {"title", "Rounding"}, {"authored_at", format_time(time_of(n))}});
}
event tag_event(int n) {
  const auto name = "v" + version_of(n);
  return report_of(thing_type::tag, tag_subject(repository_of(n), name), time_of(n),
                   {{"repository", repository_of(n)}, {"name", name}, {"commit", sha_of(n)}});
}
event deployed(const std::string& kind, int n) {
  return report_of(thing_type::deployment, kind + std::to_string(n), time_of(n) + std::chrono::hours(1),
                   {{"service", kind + '-' + std::to_string(n % repositories)},
                    {"environment", "production"},
                    {"state", "succeeded"},
                    {"version", version_of(n)}});
}

}

int main() {
  return with_ledger([](const session& where) {
    writer to(where);
    ledger::derive_settings settings;
    std::vector<service_rule> services;
    for (int n = 0; n < repositories; ++n)
      services.push_back({.name = "service-" + std::to_string(n), .team = {}, .repositories = {repository_of(n)}});
    settings.blame.names = naming(std::move(services), {});
    ledger::deriver derive(where, settings);
    const auto derived_a_second = [&](int first, const std::function<event(int)>& make) {
      for (int n = first; n < first + at_once; ++n) to.add(make(n));
      to.flush();
      return at_once / seconds([&] { derive.derive(); });
    };
    const auto stored = seconds([&] {
      for (int n = 0; n < commits; ++n) to.add(commit_event(n));
      for (int n = 0; n < tags; ++n) to.add(tag_event(n));
      to.flush();
    });
    const auto derived = seconds([&] { derive.derive(); });
    std::fprintf(stderr, "%d commits, %d tags: stored in %.1f s, derived in %.1f s\n", commits, tags, stored, derived);
    std::string plain, tagged, plain_beyond, late;
    const auto add = [](std::string& list, double value) {
      list += (list.empty() ? "" : ", ") + std::to_string(value);
    };
    for (int r = 0; r < rounds; ++r) {
      const int first = r * at_once, beyond = tags + first;
      add(plain, derived_a_second(first, [](int n) { return deployed("plain", n); }));
      add(tagged, derived_a_second(first, [](int n) { return deployed("service", n); }));
      // both kinds, so that the stacks are equally deep
      add(plain_beyond, derived_a_second(beyond, [](int n) { return deployed("plain", n); }));
      derived_a_second(beyond, [](int n) { return deployed("service", n); });
      add(late, derived_a_second(beyond, tag_event));
    }
    const char* row = "{\"name\": \"%s\", \"measured\": [%s], \"baseline\": [%s]}\n";
    std::printf(row, "deployments with tags", tagged.c_str(), plain.c_str());
    std::printf(row, "deployments whose tags come late", late.c_str(), plain_beyond.c_str());
  });
}
