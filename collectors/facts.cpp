#include "collectors/facts.hpp"

#include <algorithm>

#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

struct severity_word {
  std::string_view word;
  int severity;
};
constexpr severity_word severities[] = {
    {"critical", 1}, {"page", 1}, {"emergency", 1}, {"error", 2}, {"high", 2}, {"major", 2},  {"warning", 3},
    {"medium", 3},   {"warn", 3}, {"minor", 4},     {"low", 4},   {"info", 5}, {"notice", 5}, {"informational", 5},
};

// The sha that stands behind `words` in a commit message.
std::string sha_after(std::string_view message, std::string_view words) {
  const auto at = message.find(words);
  if (at == message.npos) return {};
  const auto rest = message.substr(at + words.size());
  const auto sha = rest.substr(0, rest.find_first_not_of("0123456789abcdef"));
  return sha.size() >= 7 && sha.size() <= 40 ? std::string(sha) : std::string();
}

}

std::string first_line(std::string text) {
  text.resize(std::min({text.find('\n'), text.find('\r'), text.size()}));
  return text;
}

void put_message(event& e, std::string_view message) {
  put(e, "title", first_line(std::string(message)));
  put(e, "picked_from", sha_after(message, "(cherry picked from commit "));
  // squash merges quote old words in their bodies: only a subject that says so makes it a revert
  if (message.starts_with("Revert \"") && !message.starts_with("Revert \"Revert"))
    put(e, "reverts", sha_after(message, "This reverts commit "));
}

void put_labels(event& e, const json::value& in, std::string_view pointer, std::string_view name) {
  json::error_code ec;
  const auto* labels = in.find_pointer({pointer.data(), pointer.size()}, ec);
  json::array names;
  if (labels && labels->is_array())
    for (const auto& label : labels->get_array())
      if (auto text = text_at(label, name); !text.empty() && names.size() < max_names)
        names.emplace_back(std::move(text));
  e.fields["labels"] = std::move(names);
}

void retract(event& e) {
  e.fields["of"] = e.thing;
  e.fields["retracted"] = true;
  e.type = "retraction";
}

decoded with_return(event e) {
  event back = e;
  back.id += "/returned";
  back.fields = {{"of", e.thing}, {"retracted", false}};
  back.type = "retraction";
  decoded out(std::move(e));
  out.events.push_back(std::move(back));
  return out;
}

int severity_of(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  const auto known = std::ranges::find(severities, text, &severity_word::word);
  if (known != std::end(severities)) return known->severity;
  const auto digits = text.starts_with("sev") ? text.substr(3) : text.starts_with("p") ? text.substr(1) : text;
  return digits.size() == 1 && digits[0] >= '1' && digits[0] <= '5' ? digits[0] - '0' : 0;
}

}
