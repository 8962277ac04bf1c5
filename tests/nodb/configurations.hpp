#pragma once
// Parses configurations written as text: their errors or their settings.
#include "daemon/config/config.hpp"
#include "tests/check.hpp"

namespace releasehealth::test {

inline const environment no_environment = [](const std::string&) { return std::optional<std::string>(); };

/// One error per line; empty without errors.
inline std::string mistakes(std::string_view text, const environment& env = no_environment) {
  const auto read = parse_config(text, "c.toml", env);
  std::string all;
  if (const auto* wrong = std::get_if<config_mistakes>(&read))
    for (const auto& m : wrong->all) all += (all.empty() ? "" : "\n") + m;
  return all;
}

/// Requires a configuration without errors.
inline config right(std::string_view text, const environment& env = no_environment) {
  auto read = parse_config(text, "c.toml", env);
  REQUIRE(std::holds_alternative<config>(read));
  return std::get<config>(std::move(read));
}

}
