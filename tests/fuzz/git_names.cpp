// Names that git allows, as tags, branches and titles: a version is read as itself, the default rules decide.
#include <cstdint>
#include <cstdlib>

#include "daemon/timeline/kind.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string name(reinterpret_cast<const char*>(data), size);
  if (const auto v = parse_version(name)) {
    const auto again =
        parse_version("v" + std::to_string(v->major) + '.' + std::to_string(v->minor) + '.' + std::to_string(v->patch));
    if (!again || again->line() != v->line() || again->patch != v->patch) std::abort();
  }
  deployment d;
  d.version = name;
  for (const auto key : rule_keys()) d.facts[key] = name;
  const auto decided = decide_by_rules({}, d, {});
  if (decided.kind != "planned" && decided.kind != "hotfix" && decided.kind != "rollback") std::abort();
  return 0;
}
