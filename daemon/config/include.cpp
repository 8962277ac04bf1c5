// Files that the configuration includes (interface.md section 6).
#include <algorithm>
#include <fstream>

#include <glob.h>

#include "daemon/config/reader.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t max_included_files = 1000;

/// The texts of the key. Other values are reported where the key is read.
std::vector<std::string> include_patterns(const toml::table& main) {
  std::vector<std::string> all;
  const auto* node = main.get("include");
  if (!node) return all;
  if (const auto* one = node->as_string()) all.push_back(**one);
  if (const auto* list = node->as_array())
    for (const auto& entry : *list)
      if (const auto* text = entry.as_string()) all.push_back(**text);
  return all;
}

std::string without_wildcards(const std::string& folder) {
  std::string all;
  for (const char c : folder) {
    if (std::string_view("\\*?[").find(c) != std::string_view::npos) all += '\\';
    all += c;
  }
  return all;
}

/// The matching files, sorted by name; relative patterns start in `folder`.
std::vector<std::filesystem::path> files_of(const std::string& glob_pattern, const std::filesystem::path& folder) {
  const auto whole = glob_pattern.starts_with('/')
                         ? glob_pattern
                         : (std::filesystem::path(without_wildcards(folder.native())) / glob_pattern).native();
  glob_t found{};
  std::vector<std::filesystem::path> all;
  if (glob(whole.c_str(), 0, nullptr, &found) == 0) all.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  std::ranges::sort(all);
  return all;
}

void merge(config_reading& r, toml::table& merged, toml::table& added, const std::string& path) {
  for (auto&& [key, node] : added) {
    const auto name = path.empty() ? std::string(key.str()) : path + '.' + std::string(key.str());
    auto* known = merged.get(key.str());
    if (!known) {
      merged.insert(key, std::move(node));
    } else if (known->is_table() && node.is_table()) {
      merge(r, *known->as_table(), *node.as_table(), name);
    } else if (known->is_array_of_tables() && node.is_array_of_tables()) {
      for (auto& table : *node.as_array()) known->as_array()->push_back(std::move(table));
    } else {
      r.mistake(node.source(), name + ": duplicate key; also defined at " + r.place_of(known->source()));
    }
  }
}

void read_included(config_reading& r, const std::filesystem::path& file, toml::table& merged) {
  const auto cannot = [&](const std::string& why) { r.mistakes.push_back(file.string() + ": cannot be read: " + why); };
  std::error_code ec;
  if (!std::filesystem::is_regular_file(file, ec)) return cannot(ec ? ec.message() : "not a regular file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return cannot(std::generic_category().message(errno));
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  try {
    auto parsed = toml::parse(text, std::string_view(file.native()));
    if (const auto* nested = parsed.get("include")) {
      r.mistake(nested->source(),
                "include: an included file may not include others; expected the key in " + r.file.string());
      parsed.erase("include");
    }
    merge(r, merged, parsed, "");
  } catch (const toml::parse_error& e) {
    r.mistake(e.source(), std::string(e.description()));
  }
}

}

std::vector<std::filesystem::path> read_includes(config_reading& r, toml::table& merged) {
  std::vector<std::filesystem::path> all;
  for (const auto& glob_pattern : include_patterns(merged))
    for (auto& file : files_of(glob_pattern, r.file.parent_path())) {
      std::error_code ec;
      const bool is_main = std::filesystem::equivalent(file, r.file, ec);
      if (!is_main && std::ranges::find(all, file) == all.end()) all.push_back(std::move(file));
    }
  if (all.size() > max_included_files) {
    r.mistake(merged.get("include")->source(), "include: " + std::to_string(all.size()) + " files; expected at most " +
                                                   std::to_string(max_included_files));
    return {};
  }
  for (const auto& file : all) read_included(r, file, merged);
  return all;
}

}
