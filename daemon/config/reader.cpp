#include "daemon/config/reader.hpp"

#include <algorithm>
#include <sstream>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t longest_shown = 100;  // longest value shown in a message, in bytes

// Every run of white space as one space, and none beside brackets.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n';
    if (is_space && (out.empty() || out.back() == ' ' || out.back() == '[' || out.back() == '{')) continue;
    if ((c == ']' || c == '}') && !out.empty() && out.back() == ' ') out.pop_back();
    out += is_space ? ' ' : c;
  }
  return out;
}

std::string written(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& n) { out << toml::json_formatter{n}; });
  auto text = one_line(out.str());
  if (text.size() > longest_shown) text.replace(longest_shown, text.npos, "...");
  return text;
}

}

std::string config_reading::place_of(const toml::source_region& where) const {
  auto text = where.path ? *where.path : file.string();
  if (where.begin.line > 0) text += ':' + std::to_string(where.begin.line) + ':' + std::to_string(where.begin.column);
  return text;
}

void config_reading::mistake(const toml::source_region& where, const std::string& what) {
  mistakes.push_back(place_of(where) + ": " + what);
}

config_table::config_table(config_reading& r, const toml::table* t, std::string path, bool environment_applies,
                           bool is_all_at_start)
    : reading_(r),
      table_(t),
      path_(std::move(path)),
      environment_applies_(environment_applies),
      is_all_at_start_(is_all_at_start) {}

config_table::~config_table() {
  if (!table_) return;
  for (const auto& [key, node] : *table_)
    if (!asked_.contains(key.str()))
      reading_.mistake(key.source(), name(key.str()) + ": unknown key" + suggestion(key.str(), word_list_of(asked_)));
}

std::string config_table::name(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
}

toml::source_region config_table::where(std::string_view key) const {
  if (!table_) return {};
  const auto own_key = key.substr(0, key.find('.'));  // of a key in an inline table
  if (const auto* node = table_->get(own_key); node && node->source().begin.line > 0) return node->source();
  return stands_at_.begin.line > 0 ? stands_at_ : table_->source();
}

void config_table::wrong(std::string_view key, const std::string& what) {
  reading_.mistake(where(key), name(key) + ": " + what);
}
void config_table::wrong(const std::string& what) { reading_.mistake(where(""), path_ + ": " + what); }
void config_table::missing(std::string_view key, std::string_view expected) {
  wrong(key, "missing; expected " + std::string(expected));
}
void config_table::unknown(std::string_view key, std::string_view what, std::string_view value,
                           const word_list& known) {
  wrong(key, has(key) ? unknown_word(what, value, known) : "missing" + suggestion("", known));
}
void config_table::duplicate(std::string_view key, std::string_view what, std::string_view value) {
  wrong(key, "duplicate " + std::string(what) + ' ' + in_quotes(value) + "; expected another one");
}
void config_table::invalid(std::string_view key, std::string_view what, std::string_view value,
                           std::string_view expected) {
  wrong(key, "invalid " + std::string(what) + ' ' + in_quotes(value) + "; expected " + std::string(expected));
}
void config_table::wrong_type(std::string_view key, const toml::node& node, std::string_view expected) {
  wrong(key, "invalid value " + written(node) + "; expected " + std::string(expected));
}

void config_table::warn(std::string_view key, const std::string& what) {
  reading_.warnings.push_back(name(key) + ": " + what);
}

const toml::node* config_table::find(std::string_view key) {
  asked_.emplace(key);
  const auto* node = table_ ? table_->get(key) : nullptr;
  if (!node || !node->is_table()) remember_at_start(key, override_of(key).value_or(spelled(key)));
  return node;
}

// A digest: a URL may hold a password.
void config_table::remember_at_start(std::string_view key, const std::string& value) {
  if (reading_.at_start && is_at_start(key))
    (*reading_.at_start)[name(key)] = value.empty() ? value : sha256_hex(value);
}

config_table& config_table::at_start(std::string_view key) {
  at_start_.emplace(key);
  return *this;
}

void config_table::note(std::string_view key, std::string holds, std::string fallback) {
  if (reading_.known) reading_.known->push_back({name(key), std::move(holds), std::move(fallback), is_at_start(key)});
}

std::optional<std::string> config_table::override_of(std::string_view key) const {
  if (!environment_applies_) return {};
  std::string variable = "RELEASEHEALTHD_";
  for (char c : name(key)) variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return reading_.env(variable);
}

void config_table::text(std::string_view key, std::string& field) {
  note(key, "text", field.empty() ? std::string() : in_quotes(field));
  read_text(key, field);
}

void config_table::read_text(std::string_view key, std::string& field) {
  const auto* node = find(key);
  if (auto given = override_of(key))
    field = std::move(*given);
  else if (node && !node->is_string())
    wrong_type(key, *node, "text");
  else if (node)
    field = **node->as_string();
}

void config_table::flag(std::string_view key, bool& field) {
  note(key, "true or false", field ? "true" : "false");
  const auto* node = find(key);
  if (const auto given = override_of(key)) {
    if (*given == "true" || *given == "false")
      field = *given == "true";
    else
      invalid(key, "value", *given, "true or false");
  } else if (node && !node->is_boolean()) {
    wrong_type(key, *node, "true or false");
  } else if (node) {
    field = **node->as_boolean();
  }
}

void config_table::texts(std::string_view key, std::vector<std::string>& field) {
  std::string fallback;
  for (const auto& value : field) fallback += (fallback.empty() ? "[" : ", ") + in_quotes(value);
  note(key, "texts", fallback.empty() ? std::string() : fallback + "]");
  read_texts(key, field);
}

void config_table::read_texts(std::string_view key, std::vector<std::string>& field, bool is_secret) {
  const auto* node = find(key);
  if (!node) return;
  std::vector<std::string> values;
  if (node->is_string()) {
    values.push_back(**node->as_string());
  } else if (const auto* array = node->as_array();
             array && (array->empty() || array->is_homogeneous(toml::node_type::string))) {
    for (const auto& v : *array) values.push_back(**v.as_string());
  } else {
    constexpr std::string_view expected = "text or a list of texts";
    return is_secret ? wrong(key, "invalid value; expected " + std::string(expected))
                     : wrong_type(key, *node, expected);
  }
  field = std::move(values);
}

void config_table::pattern_of(std::string_view key, pattern& field) {
  note(key, "an RE2 pattern");
  std::string written;
  read_text(key, written);
  if (written.empty()) return;
  auto compiled = compile_pattern(written, reading_.max_pattern_bytes);
  if (compiled)
    field = *compiled;
  else
    wrong(key, "invalid pattern " + in_quotes(written) + ": " + compiled.error().detail + "; expected RE2's syntax");
}

std::string config_table::spelled(std::string_view key) const {
  const auto* node = table_ ? table_->get(key) : nullptr;
  std::ostringstream out;
  if (node) node->visit([&](const auto& n) { out << toml::json_formatter{n}; });
  return out.str();
}

}
