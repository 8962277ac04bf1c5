// The summary of a history that `import git` prints before, or instead of, storing it.
#include <algorithm>
#include <map>

#include "collectors/words.hpp"
#include "daemon/figures/period.hpp"
#include "daemon/import/git_history.hpp"

namespace releasehealth {

std::string summary(const git_history& h, const calendar& zone) {
  struct row {
    std::size_t releases = 0, patches = 0, day = 0, two_days = 0, week = 0, reverts = 0, reverted = 0;
  };
  std::map<std::string, row> months;
  const auto month_at = [&](timestamp instant) -> row& { return months[format_month(zone.month_of(instant))]; };
  constexpr duration day = std::chrono::hours{24}, two_days = 2 * day, week = 7 * day;
  for (const auto& r : h.releases.all) {
    auto& m = month_at(r.at);
    ++m.releases;
    if (!r.is_patch) continue;
    ++m.patches;
    const auto gap = r.gap(h.releases.all);
    if (!gap || *gap < duration{0}) continue;
    m.day += *gap <= day ? 1 : 0;
    m.two_days += *gap <= two_days ? 1 : 0;
    m.week += *gap <= week ? 1 : 0;
  }
  for (const auto reverted_at : h.reverts) ++month_at(reverted_at).reverts;
  for (const auto& f : h.reverted) ++month_at(f.reverted_at).reverted;
  std::string out = "month    releases  patches  within 24h  within 48h  within 7d  reverts  of a release\n";
  for (const auto& [name, m] : months) {
    char line[120];
    (void)std::snprintf(line, sizeof line, "%-8s %8zu %8zu %11zu %11zu %10zu %8zu %13zu\n", name.c_str(), m.releases,
                        m.patches, m.day, m.two_days, m.week, m.reverts, m.reverted);
    out += line;
  }
  for (const auto& [kind, count] : h.kinds) out += kind + "  " + std::to_string(count) + '\n';
  return out;
}

std::string advice_on_hotfixes(const git_history& h) {
  const bool has_hotfixes =
      std::ranges::any_of(h.kinds, [](const auto& k) { return k.first.starts_with(word(deployment_kind::hotfix)); });
  constexpr duration two_days = std::chrono::hours{48};
  const auto quick = std::ranges::count_if(h.releases.all, [&](const git::release& r) {
    const auto gap = r.is_patch ? r.gap(h.releases.all) : std::nullopt;
    return gap && *gap >= duration{0} && *gap <= two_days;
  });
  if (has_hotfixes || quick == 0) return {};
  return std::to_string(quick) + (quick == 1 ? " patch release" : " patch releases") +
         " within 48 h of their predecessor; no rule classifies them. To count them as hotfixes, add to "
         "the "
         "configuration:\n\n[[rule]]\nname = \"quick-patch\"\nkind = \"hotfix\"\nwhen = { patch_release = true, within "
         "= "
         "\"48h\" }\n\nand run `releasehealthd rebuild`, which applies it to what is stored already.\n";
}

}
