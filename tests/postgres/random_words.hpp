#pragma once
// The vocabulary of random histories: few names, versions and instants, so that equal ones occur.
#include <algorithm>
#include <random>
#include <string>

#include "collectors/base/json.hpp"
#include "collectors/base/time.hpp"

namespace releasehealth::test {

class random_words {
 public:
  explicit random_words(unsigned seed) : random(seed), is_long(seed % 3 == 0) {}

  std::mt19937 random;
  const bool is_long;  ///< many deployments of one target, over more than the rollback look-back

  int pick(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }
  bool one_in(int n) { return pick(n) == 0; }

 protected:
  std::string time() {  // few instants, so that equal ones occur; few of them far away
    if (is_long) return format_time(*parse_time("2026-01-01T00:00:00Z") + std::chrono::hours(6 * pick(4 * 365)));
    const auto day = one_in(6) ? 190 + pick(4) : one_in(4) ? pick(40) : pick(6);
    return format_time(*parse_time("2026-01-01T00:00:00Z") + std::chrono::days(day) + std::chrono::hours(6 * pick(4)));
  }
  std::string deployment_name() { return "d" + std::to_string(pick(std::max(1, deployments))); }
  std::string incident_name() { return "i" + std::to_string(pick(6)); }
  std::string version() {
    return (one_in(3) ? "" : "v") + ("1." + std::to_string(pick(is_long ? 12 : 4)) + '.' + std::to_string(pick(2))) +
           (one_in(8) ? "+" + std::to_string(pick(2)) : "");
  }
  std::string commit() { return "abcdef0" + std::string(one_in(3) ? "" : "12345") + std::to_string(pick(3)); }
  std::string repository() {
    static const char* const names[] = {"acme/checkout", "acme/checkout", "github.com/acme/checkout", "acme/search"};
    return names[pick(4)];
  }
  std::string service() {
    static const char* const names[] = {"checkout", "search", "cart"};
    return names[is_long ? 0 : pick(3)];
  }
  std::string environment() {
    static const char* const names[] = {"production", "production", "production", "prod-eu", "staging"};
    return names[is_long ? 3 * pick(2) : pick(5)];
  }
  std::string source() { return one_in(5) ? "other" : "test"; }
  std::string digest() { return "sha256:" + std::to_string(pick(3)); }
  static std::string page_of(const std::string& incident) { return "https://incidents.example/" + incident; }
  json::array revisions() {
    json::array all = {json::object{{"revision", "fedcba9" + std::to_string(pick(3))}, {"repository", "acme/deploy"}}};
    if (one_in(2)) all.push_back({{"revision", "2.0." + std::to_string(pick(2))}, {"chart", "base"}});
    return all;
  }

  int deployments = 0;
};

}
