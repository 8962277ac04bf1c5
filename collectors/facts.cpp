#include "collectors/facts.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"
#include "collectors/duplicates.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

struct severity_word {
  std::string_view word;
  int severity;
};
constexpr severity_word severities[] = {
    {"critical", 1}, {"crit", 1},          {"page", 1},    {"emergency", 1}, {"emerg", 1},    {"fatal", 1},
    {"highest", 1},  {"blocker", 1},       {"urgent", 1},  {"immediate", 1}, {"disaster", 1}, {"error", 2},
    {"err", 2},      {"high", 2},          {"major", 2},   {"warning", 3},   {"warn", 3},     {"medium", 3},
    {"moderate", 3}, {"normal", 3},        {"average", 3}, {"minor", 4},     {"low", 4},      {"info", 5},
    {"notice", 5},   {"informational", 5}, {"lowest", 5},  {"trivial", 5},   {"debug", 5},
};
// The words before the digit of a severity scheme: SEV-1, Priority 2, S3. Longer words first.
constexpr std::string_view severity_schemes[] = {"severity", "sev", "priority", "prio", "level", "p", "s"};
constexpr std::string_view negations[] = {"no", "non", "not"};

// The sha after `words` in a commit message.
std::string sha_after(std::string_view message, std::string_view words) {
  const auto position = message.find(words);
  if (position == message.npos) return {};
  const auto rest = message.substr(position + words.size());
  const auto sha = rest.substr(0, rest.find_first_not_of(hex_digits));
  return is_commit(sha) ? std::string(sha) : std::string();
}

}

std::string first_line(std::string text) {
  text.resize(std::min({text.find('\n'), text.find('\r'), text.size()}));
  return text;
}

std::string repository_of(std::string url) {
  if (url.ends_with(".git")) url.resize(url.size() - 4);
  if (const auto scheme = url.find("://"); scheme != url.npos) {
    const auto path = url.find('/', scheme + 3);
    return path == url.npos ? std::string() : url.substr(path + 1);
  }
  const auto colon = url.find(':');
  return colon == url.npos ? url : url.substr(colon + 1);
}

std::string subject_at(const json::value& document, std::string_view prefix, std::string_view pointer) {
  auto id = text_at(document, pointer);
  return id.empty() ? id : std::string(prefix) + id;
}

void read_into(event& e, const json::value& document, std::initializer_list<reading> all) {
  for (const auto& [name, pointer] : all) {
    if (e.fields.contains(name)) continue;
    const auto* known = find_field(name);
    if (!known) throw std::logic_error("unknown field " + std::string(name));
    switch (known->looks) {
      case form::time: put(e, name, sender_time_at(document, pointer)); break;
      case form::severity:
        if (const auto severity = severity_of(text_at(document, pointer))) e.fields[name] = severity;
        break;
      case form::count:
        if (const auto number = number_at(document, pointer)) e.fields[name] = *number;
        break;
      default: {
        const auto text = text_at(document, pointer);
        put(e, name, name == "title" ? first_line(text) : text);
      }
    }
  }
}

void put_state(event& e, std::optional<deployment_state> state) {
  using enum deployment_state;
  put(e, "state", word(state));
  const bool is_end = state == succeeded || state == failed || state == canceled;
  if (is_end && !e.fields.contains("finished_at")) put(e, "finished_at", std::optional(e.time));
}

void put_state(event& e, std::optional<incident_state> state) { put(e, "state", word(state)); }

std::span<const json::value> elements_at(const json::object& document, std::string_view pointer) {
  const auto end = pointer.find('/', 1);
  const auto* found = document.if_contains(pointer.substr(1, end == pointer.npos ? end : end - 1));
  return found ? elements_at(*found, end == pointer.npos ? std::string_view() : pointer.substr(end))
               : std::span<const json::value>();
}

std::span<const json::value> elements_at(const json::value& document, std::string_view pointer) {
  json::error_code ec;
  const auto* all = document.find_pointer({pointer.data(), pointer.size()}, ec);
  if (!all || !all->is_array()) return {};
  return {all->get_array().data(), all->get_array().size()};
}

void put_responders(event& e, const json::value& document, std::string_view pointer, std::string_view name) {
  json::array all;
  for (const auto& one : elements_at(document, pointer))
    if (auto person = text_at(one, name); !person.empty() && all.size() < max_names)
      all.push_back(json::object{{"person", std::move(person)}});
  if (!all.empty()) e.fields["responders"] = std::move(all);
}

void put_services(event& e, const json::value& document, std::string_view pointer, std::string_view name) {
  json::array all;
  for (const auto& one : elements_at(document, pointer))
    if (auto service = text_at(one, name); !service.empty() && all.size() < max_names)
      all.emplace_back(std::move(service));
  if (!all.empty()) e.fields["services"] = std::move(all);
}

namespace {

constexpr std::size_t max_links = 20;

void add_name(event& e, std::string_view field, std::string_view name, std::size_t most) {
  if (name.empty() || count_characters(name) > max_name) return;
  auto& all = e.fields[field];
  if (!all.is_array()) all = json::array();
  auto& names = all.get_array();
  if (names.size() < most && std::ranges::find(names, json::value(name)) == names.end()) names.emplace_back(name);
}

// A URL ends at white space, a quote or a bracket, and before the punctuation that ends a sentence.
void add_urls(event& e, std::string_view text) {
  constexpr std::string_view ends = " \t\r\n\"'<>()[]{}|\\^`", marks = ".,;:!?";
  for (auto colon = text.find("://"); colon != text.npos; colon = text.find("://", colon + 1)) {
    const auto scheme = text.substr(0, colon).ends_with("https") ? 5 : text.substr(0, colon).ends_with("http") ? 4 : 0;
    if (scheme == 0) continue;
    auto url = text.substr(colon - static_cast<std::size_t>(scheme));
    url = url.substr(0, url.find_first_of(ends));
    while (!url.empty() && marks.find(url.back()) != marks.npos) url.remove_suffix(1);
    if (url.size() > static_cast<std::size_t>(scheme) + 3)
      for (const auto& name : url_names(url)) add_name(e, "links", name, max_links);
  }
}

void add_urls_below(event& e, const json::value& value) {
  if (value.is_string()) add_urls(e, value.get_string());
  if (value.is_array())
    for (const auto& one : value.get_array()) add_urls_below(e, one);
  if (value.is_object())
    for (const auto& [name, one] : value.get_object()) add_urls_below(e, one);
}

}

std::vector<std::string> url_names(std::string_view name) {
  auto key = lower_case(name);
  const auto scheme = key.find("://");
  if (scheme == key.npos) return key.empty() ? std::vector<std::string>() : std::vector{std::move(key)};
  key.erase(0, scheme + 3);
  key.erase(std::min(key.find('#'), key.size()));
  if (const auto user = key.rfind('@', key.find('/')); user != key.npos) key.erase(0, user + 1);
  const auto query = key.find('?');
  auto page = key.substr(0, query);
  while (page.ends_with('/')) page.pop_back();
  std::vector<std::string> all = {std::move(page)};
  if (query != key.npos) all.push_back("sha256:" + sha256_hex(key));
  return all;
}

void put_links(event& e, const json::value& document, std::initializer_list<std::string_view> pointers) {
  for (const auto pointer : pointers)
    if (const auto* found = json_source(document).find(pointer)) {
      if (!e.fields.contains("links")) e.fields["links"] = json::array();
      add_urls_below(e, *found);
    }
}

void put_link(event& e, std::string_view name) { add_name(e, "links", name, max_links); }
void put_key(event& e, std::string_view name) { add_name(e, "keys", name, max_names); }
void put_name(event& e, std::string_view name) { add_name(e, "names", name, max_names); }

void duplicate_of(event& e, std::span<const std::string> names) {
  e.fields["duplicate"] = true;
  for (const auto& name : names) add_name(e, "same_as", name, max_names);
}

void moved_to(event& e, const std::string& name) {
  e.fields = {{"service", nullptr}, {"repository", nullptr}, {"project", nullptr}};
  duplicate_of(e, std::span(&name, 1));
}

void no_duplicate(event& e) {
  e.fields["duplicate"] = false;
  e.fields["same_as"] = nullptr;
}

json::object members_of(const json::value& document, std::initializer_list<std::string_view> names) {
  json::object some;
  if (const auto* all = document.if_object())
    for (const auto name : names)
      if (const auto* one = all->if_contains(name)) some[name] = *one;
  return some;
}

std::string tag_at(const json::value& document, std::string_view pointer, std::string_view names) {
  std::vector<std::string> tags;
  for (const auto& tag : elements_at(document, pointer)) tags.push_back(text_at(tag, ""));
  if (tags.empty()) {
    std::istringstream list(text_at(document, pointer));
    for (std::string tag; std::getline(list >> std::ws, tag, ',');) tags.push_back(tag);
  }
  for (const auto& tag : tags)
    if (const auto end = tag.find_first_of(":="); end != tag.npos && has_word(names, tag.substr(0, end)))
      return tag.substr(end + 1);
  return {};
}

void put_message(event& e, std::string_view message) {
  put(e, "title", first_line(std::string(message)));
  put(e, "picked_from", sha_after(message, "(cherry picked from commit "));
  // squash merges quote old messages in their bodies: only a subject marks a revert
  if (message.starts_with("Revert \"") && !message.starts_with("Revert \"Revert"))
    put(e, "reverts", sha_after(message, "This reverts commit "));
}

void put_labels(event& e, const json::value& document, std::string_view pointer, std::string_view name) {
  json::array names;
  for (const auto& label : elements_at(document, pointer))
    if (auto text = text_at(label, name); !text.empty() && names.size() < max_names)
      names.emplace_back(std::move(text));
  e.fields["labels"] = std::move(names);
}

void retract(event& e) {
  e.fields["of"] = word(e.thing);
  e.fields["retracted"] = true;
  e.type = event_type::retraction;
}

decoded with_return(event e) {
  event back = e;
  back.id += "/returned";
  back.fields = {{"of", word(e.thing)}, {"retracted", false}};
  back.type = event_type::retraction;
  decoded out(std::move(e));
  out.events.push_back(std::move(back));
  return out;
}

namespace {

// The next run of letters and digits, in lower case; removes it from `text`.
std::string next_token(std::string_view& text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
  };
  text.remove_prefix(static_cast<std::size_t>(std::ranges::find_if(text, is_part) - text.begin()));
  const auto end = std::ranges::find_if_not(text, is_part);
  auto token = lower_case(std::string_view(text.begin(), end));
  text.remove_prefix(token.size());
  return token;
}

}

// In schemes that start at 0, levels 0 and 1 are both severity 1: SEV0, P0, SEV1 and P1.
int severity_of(std::string text) {
  auto rest = std::string_view(text);
  bool is_level = true;  // a digit here is a level: it is first or follows its scheme
  bool has_scheme = false;
  for (auto token = next_token(rest); !token.empty(); token = next_token(rest)) {
    if (std::ranges::find(negations, token) != std::end(negations)) return 0;
    if (const auto known = std::ranges::find(severities, token, &severity_word::word); known != std::end(severities))
      return known->severity;
    const auto scheme = std::ranges::find_if(severity_schemes, [&](auto name) { return token.starts_with(name); });
    if (scheme != std::end(severity_schemes)) {
      token.erase(0, scheme->size());
      is_level = has_scheme = true;
    }
    // schemes that start at 0 have 0 as their worst level; a bare 0 has no meaning
    if (is_level && token.size() == 1 && token[0] >= (has_scheme ? '0' : '1') && token[0] <= '5')
      return std::max(token[0] - '0', 1);
    is_level = has_scheme = has_scheme && token.empty();
  }
  return 0;
}

bool is_duplicate_word(std::string_view text) { return lower_case(text).find("duplicate") != std::string::npos; }

}
