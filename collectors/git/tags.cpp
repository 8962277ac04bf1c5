#include <algorithm>
#include <map>

#include <re2/re2.h>

#include "collectors/base/text.hpp"
#include "collectors/git/git.hpp"

namespace releasehealth::git {
namespace {

struct named_scheme {
  std::string_view name, pattern, example;
  bool names_are_times;
};
constexpr named_scheme schemes[] = {
    {"versions", R"(^v?(\d+)\.(\d+)\.(\d+)$)", "1.2.3, v1.2.3", false},
    {"numbers", R"(^(?:release[_-]|v|r)?(\d+)$)", "v42, release_42", false},
    {"times", R"(^\d{4}-\d\d-\d\dT\d{6}$)", "2024-05-01T131500", true},
};

constexpr std::size_t max_name = 200;

/// The groups of digits, and the version that they form.
struct captured {
  std::vector<std::uint64_t> numbers;
  std::string version;
};

// A name that consists only of its version keeps its spelling: other tools also report v1.2.3.
bool is_plain_version(std::string_view name) {
  static const re2::RE2 plain(R"(v?\d+(\.\d+)*)");
  return re2::RE2::FullMatch(re2::StringPiece(name.data(), name.size()), plain);
}

// nullopt if the name does not match.
std::optional<captured> capture(const re2::RE2& pattern, std::string_view name) {
  constexpr int most = 16;
  re2::StringPiece groups[most + 1];
  const int count = std::min(pattern.NumberOfCapturingGroups(), most);
  if (!pattern.Match(re2::StringPiece(name.data(), name.size()), 0, name.size(), re2::RE2::ANCHOR_BOTH, groups,
                     count + 1))
    return {};
  captured out;
  for (int g = 1; g <= count; ++g) {
    const auto n = parse_number<std::uint64_t>({groups[g].data(), groups[g].size()});
    if (!n) continue;
    out.numbers.push_back(*n);
    out.version += (out.version.empty() ? "" : ".") + std::string(groups[g]);
  }
  const auto bare = name.starts_with('v') ? name.substr(1) : name;
  if (out.version.empty() || (is_plain_version(name) && bare == out.version)) out.version = name;
  return out;
}

// Reads "2024-05-01T131500" as UTC.
std::optional<timestamp> time_in(std::string_view name) {
  constexpr std::size_t length = 17, time = 11;
  if (name.size() != length) return {};
  return parse_time(std::string(name.substr(0, time)) + std::string(name.substr(time, 2)) + ':' +
                    std::string(name.substr(time + 2, 2)) + ':' + std::string(name.substr(time + 4, 2)) + 'Z');
}

bool comes_before(const release& a, const release& b) {
  return std::tie(a.at, a.numbers, a.name) < std::tie(b.at, b.numbers, b.name);
}

// Keeps one release per key; returns the number of dropped ones.
template <class Key, class Better>
std::size_t keep_one(std::vector<release>& all, Key key, Better is_better) {
  std::map<decltype(key(all.front())), release> kept;
  const auto count = all.size();
  for (auto& r : all) {
    const auto [entry, is_new] = kept.try_emplace(key(r), r);
    if (!is_new && is_better(r, entry->second)) entry->second = r;
  }
  all.clear();
  for (auto& [name, r] : kept) all.push_back(std::move(r));
  return count - all.size();
}

constexpr std::size_t line_numbers = 2;

void find_predecessors(std::vector<release>& all) {
  std::map<std::vector<std::uint64_t>, std::size_t> by_version;
  for (std::size_t n = 0; n < all.size(); ++n)
    if (all[n].numbers.size() > line_numbers) by_version.emplace(all[n].numbers, n);
  for (auto entry = by_version.begin(); entry != by_version.end(); ++entry) {
    if (entry == by_version.begin()) continue;
    const auto previous = std::prev(entry);
    if (std::equal(entry->first.begin(), entry->first.begin() + line_numbers, previous->first.begin()))
      all[entry->second].predecessor = previous->second;
  }
}

bool is_four_part(std::string_view name) {
  static const re2::RE2 four(R"(^v?\d+\.\d+\.\d+\.\d+$)");
  return re2::RE2::FullMatch(re2::StringPiece(name.data(), name.size()), four);
}

}

bool is_prerelease(std::string_view name) {
  static const re2::RE2 words(
      R"((?i)(?:[-._+]|\d)(?:rc|alpha|beta|pre|preview|dev|snapshot|nightly|canary|milestone|eap|ea)[-._]?\d*(?:[-._+]\d+)*$)");
  static const re2::RE2 letters(R"((?i)\d+\.\d+[-._]?[abm][-._]?\d+$)");
  const re2::StringPiece text(name.data(), name.size());
  return re2::RE2::PartialMatch(text, words) || re2::RE2::PartialMatch(text, letters);
}

std::string scheme_names() {
  std::string all;
  for (const auto& s : schemes)
    all += (all.empty() ? "" : ", ") + std::string(s.name) + " (" + std::string(s.example) + ')';
  return all;
}

result<tag_scheme> read_scheme(const std::string& name_or_pattern, const std::string& prefix) {
  tag_scheme out{prefix, nullptr};
  auto text = name_or_pattern;
  if (const auto known = std::ranges::find(schemes, std::string_view(text), &named_scheme::name);
      known != std::end(schemes)) {
    text = known->pattern;
    out.names_are_times = known->names_are_times;
  }
  re2::RE2::Options quiet;
  quiet.set_log_errors(false);
  out.pattern = std::make_shared<const re2::RE2>(text, quiet);
  if (!out.pattern->ok())
    return error(errc::malformed,
                 "is not a pattern (" + out.pattern->error() + "); expected a pattern or one of: " + scheme_names());
  return out;
}

chosen_releases choose_releases(const std::vector<tag>& tags, const tag_scheme& scheme) {
  chosen_releases out;
  bool are_versions = false;
  for (const auto& t : tags) {
    ++out.tags;
    auto name = std::string_view(t.name);
    const bool has_prefix = name.starts_with(scheme.prefix);
    if (has_prefix) name.remove_prefix(scheme.prefix.size());
    auto found = has_prefix && t.name.size() <= max_name ? capture(*scheme.pattern, name) : std::nullopt;
    const auto named_time = found && scheme.names_are_times ? time_in(name) : std::optional(t.at);
    const bool is_early = found && !scheme.takes_prereleases && is_prerelease(name);
    if (!found || !named_time || is_early) {
      (is_early ? out.prereleases : out.left_out) += 1;
      out.four_part += has_prefix && is_four_part(name) ? 1 : 0;
      out.others.push_back(t);
      continue;
    }
    are_versions |= found->numbers.size() >= line_numbers;
    release r{t.name, std::move(found->version), std::move(found->numbers), t.commit, *named_time, false, {}};
    r.is_patch = r.numbers.size() > line_numbers && r.numbers[line_numbers] > 0;
    out.all.push_back(std::move(r));
  }
  if (are_versions) {
    out.same_version = keep_one(
        out.all, [](const release& r) { return r.numbers; }, comes_before);
    out.same_commit = keep_one(
        out.all, [](const release& r) { return r.commit; },
        [](const release& a, const release& b) { return a.numbers > b.numbers; });
  }
  std::ranges::sort(out.all, comes_before);
  if (are_versions) find_predecessors(out.all);
  return out;
}

}
