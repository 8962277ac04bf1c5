#include "collectors/artifact.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

constexpr std::string_view package_scheme = "pkg:";

// Decodes percent escapes; text with invalid escapes is returned unchanged.
std::string unescaped(std::string_view text) {
  std::string key = "x=";
  for (const char c : text) key += c == '+' ? "%2B" : c == '&' ? "%26" : std::string(1, c);
  const auto read = parse_form(key);
  return read && !read->empty() ? read->front().second : std::string(text);
}

// Removes and returns the part after the separator at that position; empty if there is none.
std::string take_behind(std::string_view& text, std::size_t position) {
  if (position == text.npos) return {};
  std::string rest(text.substr(position + 1));
  text = text.substr(0, position);
  return rest;
}

image parse_plain(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != text.npos) text.remove_prefix(scheme + 3);
  image artifact;
  artifact.digest = take_behind(text, text.find('@'));
  const auto colon = text.rfind(':'), slash = text.rfind('/');
  const bool is_port = slash != text.npos && colon != text.npos && slash > colon;
  if (!is_port) artifact.tag = take_behind(text, colon);
  artifact.repository = text;
  return artifact;
}

// pkg:type/namespace/name@version?qualifiers#subpath
image parse_package(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const auto qualifiers = take_behind(text, text.find('?'));
  const auto at_sign = text.rfind('@');
  const auto version =
      unescaped(take_behind(text, at_sign == text.npos || at_sign < text.rfind('/') ? text.npos : at_sign));
  image artifact;
  (version.find(':') == version.npos ? artifact.tag : artifact.digest) = version;
  std::string registry;
  for (const auto& [name, value] :
       parse_form(qualifiers).value_or(std::vector<std::pair<std::string, std::string>>())) {
    if (name == "tag") artifact.tag = value;
    if (name == "repository_url") registry = value;
  }
  const auto type = text.substr(0, text.find('/'));
  const auto path = unescaped(text.substr(std::min(type.size() + 1, text.size())));
  const bool is_image = type == "pkg:oci" || type == "pkg:docker";
  const auto name = path.substr(path.rfind('/') + 1);
  if (const auto scheme = registry.find("://"); scheme != registry.npos) registry.erase(0, scheme + 3);
  if (!is_image)
    artifact.repository = text;
  else if (registry.empty())
    artifact.repository = path;
  else
    artifact.repository = registry.ends_with('/' + name) ? registry : registry + '/' + path;
  return artifact;
}

bool is_storable_part(std::string_view text) { return count_characters(text) <= max_part && is_storable(text); }

void add_once(event& e, std::string_view field, const json::value& element) {
  auto& all = e.fields[field];
  if (!all.is_array()) all = json::array();
  auto& list = all.get_array();
  const auto is_there = std::ranges::any_of(list, [&](const json::value& one) { return one == element; });
  if (list.size() < max_names && !is_there) list.push_back(element);
}

// Adds an element of these members, unless check() would reject one as too long.
void put_element(event& e, std::string_view field,
                 std::initializer_list<std::pair<std::string_view, const std::string&>> members) {
  json::object element;
  for (const auto& [name, value] : members) {
    if (!is_storable_part(value)) return;
    if (!value.empty()) element[name] = value;
  }
  add_once(e, field, element);
}

}

image parse_image(std::string_view reference) {
  return reference.starts_with(package_scheme) ? parse_package(reference) : parse_plain(reference);
}

std::string reference_of(const image& artifact) {
  return artifact.repository + (artifact.tag.empty() ? "" : ':' + artifact.tag) +
         (artifact.digest.empty() ? "" : '@' + artifact.digest);
}

image image_at(const json::value& element) {
  if (element.is_string()) return parse_image(std::string_view(element.get_string()));
  return {text_at(element, "/repository"), text_at(element, "/tag"), text_at(element, "/digest")};
}

source_revision revision_at(const json::value& element) {
  if (element.is_string()) return {std::string(element.get_string()), {}, {}};
  return {text_at(element, "/revision"), text_at(element, "/repository"), text_at(element, "/chart")};
}

void put_image(event& e, std::string_view reference) {
  const auto artifact = parse_image(reference);
  if (!artifact.repository.empty())
    put_element(e, "artifacts",
                {{"repository", artifact.repository}, {"tag", artifact.tag}, {"digest", artifact.digest}});
}

void put_revision(event& e, const source_revision& added) {
  if (!added.revision.empty())
    put_element(e, "revisions",
                {{"revision", added.revision}, {"repository", added.repository}, {"chart", added.chart}});
}

void put_image_annotations(event& e, const json::value& document, std::string_view pointer) {
  const auto annotation = [&](std::string_view name) {
    auto text =
        text_at(document, std::string(pointer) + '/' + pointer_token("org.opencontainers.image." + std::string(name)));
    return count_characters(text) <= max_name && is_storable(text) ? text : std::string();
  };
  if (!e.fields.contains("version")) put(e, "version", annotation("version"));
  if (!e.fields.contains("repository")) put(e, "repository", repository_of(annotation("source")));
  if (const auto commit = lower_case(annotation("revision")); is_commit(commit) && !e.fields.contains("commit"))
    put(e, "commit", commit);
}

}
