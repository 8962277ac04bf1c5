#include "collectors/setup.hpp"

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

// The lines of the required settings, each with a placeholder for the user's value.
std::string required_settings(const collector& kind) {
  source filled;
  filled.kind = kind.kind;
  std::string lines;
  const auto fill = [&](const setting_rule& rule) {
    const std::string placeholder = rule.is_list ? "deploy" : "production";
    filled.settings[std::string(rule.key)] = {placeholder};
    const auto value = rule.is_list ? '[' + in_quotes(placeholder) + ']' : in_quotes(placeholder);
    lines += std::string(rule.key) + " = " + value + "    # required, change it: " + std::string(rule.help) + '\n';
  };
  for (const auto& rule : kind.settings)
    if (!rule.fallback.empty()) filled.settings[std::string(rule.key)] = {std::string(rule.fallback)};
  for (const auto& rule : kind.settings)
    if (rule.is_required) fill(rule);
  // `check` also requires settings that depend on others
  for (const auto& rule : kind.settings) {
    if (kind.check(filled).empty()) break;
    if (rule.key == "environment" || (rule.is_list && rule.filters.empty())) fill(rule);
  }
  return lines;
}

}

std::string source_table(const collector& kind, std::string_view secret_file) {
  return "[[source]]\nname = " + in_quotes(kind.kind) + "\nkind = " + in_quotes(kind.kind) +
         "\nsecret_file = " + in_quotes(secret_file) + '\n' + required_settings(kind);
}

std::string test_delivery(const collector& kind, std::string_view url, std::string_view secret_file) {
  const auto& proof = kind.proof;
  if (proof.is == test_proof::value::none) return {};
  const auto secret = "$(cat " + shell_word(secret_file) + ')';
  const auto shown = proof.is == test_proof::value::secret
                         ? secret
                         : "$(printf %s '{}' | openssl dgst -sha256 -hmac \"" + secret + "\" -r | cut -d' ' -f1)";
  return "curl " + shell_word(url) + " -H 'Content-Type: application/json' -H '" + std::string(test_header) +
         ": 1' \\\n  -H \"" + std::string(proof.header) + ": " + std::string(proof.prefix) + shown + "\" -d '{}'\n";
}

}
