#include "daemon/discover/catalogue.hpp"

#include <algorithm>

#include <yaml-cpp/yaml.h>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth::discover {
namespace {

constexpr std::size_t longest_name = 63;  // Backstage's own limit
constexpr std::string_view kinds_read[] = {"Component", "System", "Group"};

/// A document within a file, and the number of lines before it.
struct document {
  std::string text;
  std::size_t lines_before = 0;
};

// A document marker at the beginning of a line ends a document, even within a block scalar.
std::vector<document> documents_of(std::string_view text) {
  std::vector<document> all(1);
  std::size_t lines = 0;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size() - 1) + 1;
    const auto line = text.substr(0, length);
    if (line.starts_with("---") && line.find_first_of(" \t\r\n", 3) == std::min<std::size_t>(3, line.size() - 1))
      all.push_back({{}, lines});
    all.back().text += line;
    text.remove_prefix(length);
    ++lines;
  }
  return all;
}

std::string text_of(const YAML::Node& parent, const char* key) {
  if (!parent.IsMap()) return {};
  const auto node = parent[key];
  return node && node.IsScalar() ? node.Scalar() : std::string();
}

YAML::Node child_of(const YAML::Node& parent, const char* key) {
  return parent.IsMap() && parent[key] ? parent[key] : YAML::Node();
}

// Backstage's names: letters and digits, with -, _ or . in between.
bool is_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (lower_case(c) >= 'a' && lower_case(c) <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= longest_name && is_letter(text.front()) && is_letter(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_placeholder(std::string_view text) { return text.find("${{") != text.npos || text.find("{{") != text.npos; }

void read_other(const YAML::Node& root, const std::string& kind, const std::string& file, catalogue& found) {
  if (kind != "Location") {
    ++found.others;
    return;
  }
  const auto spec = child_of(root, "spec");
  if (auto target = text_of(spec, "target"); !target.empty()) found.targets.push_back({file, std::move(target)});
  if (const auto targets = child_of(spec, "targets"); targets.IsSequence())
    for (const auto& target : targets)
      if (target.IsScalar()) found.targets.push_back({file, target.Scalar()});
}

void read_entity(const YAML::Node& root, const document& part, const std::string& file, catalogue& found) {
  if (!root.IsMap() || text_of(root, "apiVersion").find("backstage.io/") == std::string::npos) return;
  entity e;
  e.kind = text_of(root, "kind");
  if (std::ranges::find(kinds_read, e.kind) == std::end(kinds_read)) return read_other(root, e.kind, file, found);
  const auto metadata = child_of(root, "metadata"), spec = child_of(root, "spec");
  e.name = text_of(metadata, "name");
  e.file = file;
  const auto line_of = [&](const YAML::Node& node) {
    return part.lines_before + static_cast<std::size_t>(std::max(node.Mark().line, 0)) + 1;
  };
  e.line = line_of(e.name.empty() ? root : child_of(metadata, "name"));
  if (is_placeholder(e.name)) {
    ++found.templates;
    return;
  }
  if (!is_name(e.name)) {
    found.problems.push_back(e.place() + ": metadata.name: invalid name " + in_quotes(e.name) +
                             "; expected letters and digits with -, _ or . between, at most 63");
    return;
  }
  e.type = lower_case(text_of(spec, "type"));
  e.owner = text_of(spec, "owner");
  e.system = text_of(spec, "system");
  if (const auto notes = child_of(metadata, "annotations"); notes.IsMap())
    for (const auto& note : notes)
      if (note.first.IsScalar() && note.second.IsScalar() && !is_placeholder(note.second.Scalar()))
        e.annotations[note.first.Scalar()] = note.second.Scalar();
  if (const auto members = child_of(spec, "members"); members.IsSequence()) e.members = members.size();
  found.entities.push_back(std::move(e));
}

}

void read_catalogue(std::string_view text, const std::string& file, catalogue& found) {
  for (const auto& one : documents_of(text)) {
    try {
      read_entity(YAML::Load(one.text), one, file, found);
    } catch (const YAML::Exception& e) {
      const auto line = one.lines_before + static_cast<std::size_t>(std::max(e.mark.line, 0)) + 1;
      found.problems.push_back(file + ':' + std::to_string(line) + ": " + e.msg);
    }
  }
}

entity_reference parse_reference(std::string_view text, std::string_view fallback) {
  entity_reference out{std::string(fallback), {}};
  if (const auto colon = text.find(':'); colon != text.npos) {
    out.kind = lower_case(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  out.name = text.substr(text.rfind('/') + 1);  // without a slash, npos + 1 is 0: the whole text
  return out;
}

}
