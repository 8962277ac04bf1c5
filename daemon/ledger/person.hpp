#pragma once
// A person's name in what senders wrote, in whatever encoding it stands there.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"

namespace releasehealth::ledger {

/// Finds a name as a whole word or several, whatever the case of its letters, whether accents are composed (Unicode's
/// full case folding, by ICU) and however the words are spaced, and puts a pseudonym in its place. Keys that are fields
/// of events (figures.md section 3) stay what they are.
class person {
 public:
  person(std::string_view name, std::string pseudonym);

  bool is_in(std::string_view text) const;
  /// The text with the pseudonym; nothing if it does not hold the name.
  std::optional<std::string> replaced(std::string_view text) const;

  /// The same of everything that a text may be: JSON (also in texts of JSON), NDJSON, a form, base64; else as it is.
  /// Values and keys are decoded, and what held the name is encoded again.
  std::optional<std::string> rewritten(std::string_view text) const { return rewritten(text, max_layers); }
  /// In every text and key of a value. Whether anything changed.
  bool rewrite(json::value& v) const { return rewrite(v, max_layers); }
  bool rewrite(json::object& o) const { return rewrite(o, max_layers); }

 private:
  static constexpr int max_layers = 6;  ///< of encodings in one another
  std::optional<std::string> rewritten(std::string_view text, int layers) const;
  std::optional<std::string> rewritten_lines(std::string_view text, int layers) const;
  std::optional<std::string> rewritten_form(std::string_view text, int layers) const;
  std::optional<std::string> rewritten_base64(std::string_view text, int layers) const;
  bool rewrite(json::value&, int layers) const;
  bool rewrite(json::object&, int layers) const;

  std::string folded_, pseudonym_;
};

}
