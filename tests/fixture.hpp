#pragma once
// A collector's fixture: fixtures/NAME.http is a delivery with the headers as sent and the body byte for byte;
// `Fixture-Setting: key=value` sets a key of the source, `Fixture-Path` is the path below that of the source.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <re2/re2.h>

#include "collectors/collector.hpp"

namespace releasehealth::test {

inline std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A source of that kind with default settings.
inline source source_of(const collector& kind) {
  source from;
  from.name = from.kind = kind.kind;
  for (const auto& rule : kind.settings)
    if (!rule.fallback.empty()) from.settings[std::string(rule.key)] = {std::string(rule.fallback)};
  return from;
}

struct fixture {
  source from;
  headers head;
  std::string body, path;

  delivery as_delivery(std::string_view with_body) const {
    return {.header = head, .body = with_body, .received_at = *parse_time("2026-11-20T12:00:00Z"), .path = path};
  }
};

/// Accepts any bytes, also incomplete fixtures, as fuzzers write them.
inline fixture parse_fixture(const collector& kind, const std::string& all) {
  const auto end_of_head = std::min(all.find("\n\n"), all.size());
  fixture f{source_of(kind), {}, all.substr(std::min(end_of_head + 2, all.size())), {}};
  std::istringstream lines(all.substr(0, end_of_head));
  for (std::string line; std::getline(lines, line);) {
    const auto colon = std::min(line.find(": "), line.size());
    const auto name = line.substr(0, colon), value = line.substr(std::min(colon + 2, line.size()));
    const auto equals = std::min(value.find('='), value.size());
    if (name == "Fixture-Setting")
      f.from.settings[value.substr(0, equals)] = {value.substr(std::min(equals + 1, value.size()))};
    else if (name == "Fixture-Path")
      f.path = value;
    else
      f.head.add(name, value);
  }
  return f;
}

inline fixture read_fixture(const collector& kind, const std::filesystem::path& file) {
  return parse_fixture(kind, read_all(file));
}

/// Whether the source's README lists that reason under `## Ignored`, where `…` matches any words.
inline bool lists_reason(const collector& kind, const std::string& reason) {
  std::istringstream lines(read_all(std::filesystem::path(SOURCE_DIR) / "collectors" / kind.kind / "README.md"));
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) in_table = line == "## Ignored";
    const auto cell = in_table && line.starts_with("| `") ? line.substr(2, line.find(" | ") - 2) : std::string();
    for (std::size_t from = 0; (from = cell.find('`', from)) != cell.npos;) {
      const auto end = cell.find('`', from + 1);
      auto pattern = RE2::QuoteMeta(cell.substr(from + 1, end - from - 1));
      RE2::GlobalReplace(&pattern, "…", ".*");
      if (RE2::FullMatch(reason, pattern)) return true;
      from = end + 1;
    }
  }
  return false;
}

}
