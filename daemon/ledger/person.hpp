#pragma once
// Finds and replaces a person's name in stored payloads, in any supported encoding.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"

namespace releasehealth::ledger {

/// Replaces a name, matched as one or several whole words, with a pseudonym. Matching ignores case (Unicode full case
/// folding, by ICU), composition of accents and the spacing of words. Keys that are event fields (figures.md section 3)
/// are not changed.
class person {
 public:
  person(std::string_view name, std::string pseudonym);

  bool is_in(std::string_view text) const;
  /// The text with the pseudonym; nullopt if it does not contain the name.
  std::optional<std::string> replaced(std::string_view text) const;

  /// Like replaced(), but decodes the text first: JSON (also nested in JSON strings), NDJSON, a form, base64, or plain
  /// text. Values and keys are decoded, and those that contained the name are encoded again.
  std::optional<std::string> rewritten(std::string_view text) const { return rewritten(text, max_layers); }
  /// Replaces the name in every string and key of a value. Returns whether anything changed.
  bool rewrite(json::value& v) const { return rewrite(v, max_layers); }
  bool rewrite(json::object& o) const { return rewrite(o, max_layers); }

 private:
  static constexpr int max_layers = 6;  ///< nested encodings
  std::optional<std::string> rewritten(std::string_view text, int layers) const;
  std::optional<std::string> rewritten_lines(std::string_view text, int layers) const;
  std::optional<std::string> rewritten_form(std::string_view text, int layers) const;
  std::optional<std::string> rewritten_base64(std::string_view text, int layers) const;
  bool rewrite(json::value&, int layers) const;
  bool rewrite(json::object&, int layers) const;

  std::string folded_, pseudonym_;
};

}
