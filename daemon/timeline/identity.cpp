#include "daemon/timeline/identity.hpp"

#include <algorithm>
#include <optional>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

bool has_digit_at(std::string_view text, std::size_t position) {
  return position < text.size() && text[position] >= '0' && text[position] <= '9';
}

bool is_hex_text(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos; }

// The position of a semantic version's build metadata; the end if there is none.
std::size_t begin_of_metadata(std::string_view version) {
  const auto last = version.find_last_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-");
  const bool is_metadata = last != version.npos && version[last] == '+' && last + 1 < version.size();
  return is_metadata ? last : version.size();
}

std::string_view without_leading_v(std::string_view version) {
  if ((version.starts_with('v') || version.starts_with('V')) && has_digit_at(version, 1)) version.remove_prefix(1);
  return version;
}

bool are_same(const image& a, const image& b) {
  if (!a.digest.empty() && !b.digest.empty()) return a.digest == b.digest;
  return !a.tag.empty() && a.tag == b.tag;
}

bool name_the_same(const std::vector<image>& a, const std::vector<image>& b) {
  return std::ranges::equal(a, b, {}, &image::repository, &image::repository);
}

json::array images_as_json(const std::vector<image>& all) {
  json::array out;
  for (const auto& one : all) out.push_back(json::array{one.repository, one.tag, one.digest});
  return out;
}

std::vector<image> images_in(const json::object& facts, std::string_view name) {
  std::vector<image> all;
  if (const auto* found = facts.if_contains(name))
    for (const auto& one : found->as_array())
      all.push_back({text_at(one, "/0"), text_at(one, "/1"), text_at(one, "/2")});
  return all;
}

// Equal lists of images have equal first images, so the first one is enough for a key.
void add_image_keys(const identity& i, std::vector<std::string>& keys) {
  if (!i.images.empty()) {
    const auto& first = i.images.front();
    if (!first.tag.empty()) keys.push_back('t' + first.repository + ':' + first.tag);
    if (!first.digest.empty()) keys.push_back('d' + first.repository + '@' + first.digest);
  }
  if (!i.revisions.empty()) {
    std::string all = "r";
    for (const auto& one : i.revisions) all.append(one).append(" ");
    keys.push_back(std::move(all));
  }
}

}

bool same_commit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() != b.size() && !(a.size() >= shortest_commit && is_hex_text(a) && is_hex_text(b))) return false;
  return equal_ignoring_case(a, b.substr(0, a.size()));
}

bool same_version(std::string_view a, std::string_view b) {
  a = without_leading_v(a);
  b = without_leading_v(b);
  const auto end_a = begin_of_metadata(a), end_b = begin_of_metadata(b);
  const bool both_have = end_a != a.size() && end_b != b.size();
  return both_have ? a == b : a.substr(0, end_a) == b.substr(0, end_b);
}

std::string lookup_key(std::string_view name) {
  name = name.substr(0, begin_of_metadata(name));
  return lower_case(without_leading_v(version_in(name)));
}

std::string_view service_in(std::string_view name) {
  const auto at_sign = name.rfind('@');
  return at_sign == name.npos ? std::string_view() : name.substr(0, at_sign);
}

std::string_view version_in(std::string_view name) { return name.substr(name.rfind('@') + 1); }

bool identity::operator==(const identity& other) const {
  const bool both_have_images = !images.empty() && !other.images.empty();
  if (both_have_images &&
      (!name_the_same(sidecars, other.sidecars) || !std::ranges::equal(sidecars, other.sidecars, are_same)))
    return false;
  if (!commit.empty() && !other.commit.empty()) return same_commit(commit, other.commit);
  if (both_have_images && name_the_same(images, other.images))
    return std::ranges::equal(images, other.images, are_same);
  if (!version.empty() && !other.version.empty())
    return !is_moving && !other.is_moving && same_version(version, other.version);
  return !revisions.empty() && revisions == other.revisions;
}

std::vector<std::string> identity::keys() const {
  std::vector<std::string> all;
  if (!version.empty() && !is_moving) all.push_back('v' + lookup_key(version));
  if (!commit.empty()) all.push_back('c' + lower_case(std::string_view(commit).substr(0, shortest_commit)));
  add_image_keys(*this, all);
  return all;
}

std::string identity::indexed_keys() const {
  constexpr std::size_t digits = 16;
  std::vector<std::string> all;
  add_image_keys(*this, all);
  std::string text;
  for (const auto& key : all) text.append(text.empty() ? "" : " ").append(sha256_hex(key).substr(0, digits));
  return text;
}

json::object as_json(const identity& i) {
  json::object out;
  if (!i.commit.empty()) out["commit"] = i.commit;
  if (!i.version.empty()) out["version"] = i.version;
  if (i.is_moving) out["is_moving"] = true;
  if (!i.images.empty()) out["images"] = images_as_json(i.images);
  if (!i.sidecars.empty()) out["sidecars"] = images_as_json(i.sidecars);
  if (!i.revisions.empty()) out["revisions"] = json::value_from(i.revisions);
  return out;
}

identity identity_in(const json::object& facts) {
  identity i;
  i.commit = text_at(facts, "/commit");
  i.version = text_at(facts, "/version");
  i.is_moving = flag_at(facts, "/is_moving");
  i.images = images_in(facts, "images");
  i.sidecars = images_in(facts, "sidecars");
  if (const auto* revisions = facts.if_contains("revisions"))
    for (const auto& one : revisions->as_array()) i.revisions.emplace_back(one.as_string());
  return i;
}

}
