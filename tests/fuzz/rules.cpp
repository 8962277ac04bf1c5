// Rules: the first two lines are user patterns, the rest are the facts of a deployment. Any patterns are either
// rejected or give a decision.
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "daemon/timeline/kind.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  std::string when, unless, version;
  std::getline(lines, when);
  std::getline(lines, unless);
  const auto wanted = compile_pattern(when), unwanted = compile_pattern(unless);
  if (!wanted || !unwanted) return 0;
  deployment d;
  std::getline(lines, d.version);
  d.finished_at = parse_time("2026-11-20T12:00:00Z");
  json::array labels;
  for (const auto key : rule_keys()) {
    std::string text;
    std::getline(lines, text);
    d.facts[key] = text;
    labels.emplace_back(text);
  }
  d.commit_facts = {{"titles", labels}, {"refs", labels}, {"labels", labels}};
  rulebook book;
  for (const auto key : rule_keys()) {
    kind_rule r;
    r.name = std::string(key);
    r.kind = deployment_kind::hotfix;
    r.when.push_back({std::string(key), *wanted});
    r.unless.push_back({std::string(key), *unwanted});
    r.patch_release = book.rules.size() % 2 == 1;
    book.rules.push_back(std::move(r));
  }
  const auto decided = decide_by_rules(book, d, {});
  constexpr std::size_t longest_evidence = 2000;
  if (decided.reason.empty() || decided.evidence.size() > longest_evidence) std::abort();
  return 0;
}
