// Names and messages that git allows: a version survives a round trip, the default rules decide, releases are ordered.
#include <cstdint>
#include <cstdlib>

#include "collectors/git/git.hpp"
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
  if (decided.kind == deployment_kind::redeploy) std::abort();
  for (const bool is_merge : {false, true})
    if (const auto m = git::read_message(name, is_merge); m.reverts.size() == 1 || (m.is_revert && m.is_reapply))
      std::abort();
  static const auto versions = *git::read_scheme("versions", ""), times = *git::read_scheme("times", "");
  std::vector<git::tag> tags;
  for (std::size_t begin = 0; begin < name.size(); begin = std::min(name.find('\n', begin), name.size() - 1) + 1)
    tags.push_back({name.substr(begin, std::min(name.find('\n', begin), name.size()) - begin), name.substr(begin, 1),
                    timestamp(std::chrono::seconds(begin))});
  const auto chosen = git::choose_releases(tags, versions);
  if (chosen.all.size() + chosen.left_out + chosen.same_version + chosen.same_commit != tags.size()) std::abort();
  for (const auto& r : chosen.all)
    if (r.predecessor && !(chosen.all.at(*r.predecessor).numbers < r.numbers)) std::abort();
  (void)git::choose_releases(tags, times);
  return 0;
}
