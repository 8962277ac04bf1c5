#include "collectors/base/json.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <boost/json/basic_parser_impl.hpp>

#include "collectors/base/printable.hpp"

namespace releasehealth {
namespace {

constexpr std::string_view nul_character = "contains a NUL character";
constexpr std::size_t most_digits_shown = 40;  // of an invalid number

// PostgreSQL writes all digits of a number, and Boost reads larger ones as infinity.
bool is_in_range(double value) { return std::abs(value) <= 1e308; }

// The error of a double that does not represent its literal; empty if it does.
std::string_view problem_of_double(double value, std::string_view literal) {
  if (!is_in_range(value)) return "is out of range; expected a number up to 1e308";
  const auto mantissa = literal.substr(0, literal.find_first_of("eE"));
  if (value == 0 && mantissa.find_first_of("123456789") != mantissa.npos)
    return "is out of range; expected 0 or a number above 5e-324";
  if (literal.find_first_of(".eE") == literal.npos) return "is out of range; expected a whole number of 64 bits";
  return {};
}

// Tracks the parser's position in a document, to name the first duplicate key, NUL character or invalid number.
struct strictness {
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  struct level {
    bool is_array = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string, std::less<>> keys;
  };
  std::vector<level> levels;
  std::string text;
  std::optional<problem> found;

  std::string pointer() const {
    std::string out;
    for (const auto& l : levels) out += '/' + (l.is_array ? std::to_string(l.index) : pointer_token(l.key));
    return out;
  }
  void note(std::string_view what) {
    if (!found) found = problem{pointer(), std::string(what)};
  }
  void check_text(std::string_view s) {
    if (s.find('\0') != s.npos) note(nul_character);
  }
  void value_done() {
    if (!levels.empty() && levels.back().is_array) ++levels.back().index;
  }

  using ec = json::error_code;
  bool on_document_begin(ec&) { return true; }
  bool on_document_end(ec&) { return true; }
  bool on_object_begin(ec&) { return levels.emplace_back(), true; }
  bool on_object_end(std::size_t, ec&) { return levels.pop_back(), value_done(), true; }
  bool on_array_begin(ec&) { return levels.emplace_back().is_array = true; }
  bool on_array_end(std::size_t, ec&) { return levels.pop_back(), value_done(), true; }
  bool on_key_part(json::string_view s, std::size_t, ec&) { return text.append(s.data(), s.size()), true; }
  bool on_key(json::string_view s, std::size_t, ec&) {
    text.append(s.data(), s.size());
    levels.back().key = text;
    check_text(text);
    if (!levels.back().keys.insert(std::move(text)).second) note("duplicate key");
    text.clear();
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, ec&) { return text.append(s.data(), s.size()), true; }
  bool on_string(json::string_view s, std::size_t, ec&) {
    text.append(s.data(), s.size());
    check_text(text);
    text.clear();
    return value_done(), true;
  }
  bool on_number_part(json::string_view, ec&) { return true; }
  bool on_int64(std::int64_t, json::string_view, ec&) { return value_done(), true; }
  bool on_uint64(std::uint64_t, json::string_view, ec&) { return value_done(), true; }
  bool on_double(double value, json::string_view s, ec&) {
    const std::string_view literal(s.data(), s.size());
    if (const auto what = problem_of_double(value, literal); !what.empty())
      note("number " + std::string(literal.substr(0, most_digits_shown)) +
           (literal.size() > most_digits_shown ? "… " : " ") + std::string(what));
    return value_done(), true;
  }
  bool on_bool(bool, ec&) { return value_done(), true; }
  bool on_null(ec&) { return value_done(), true; }
  bool on_comment_part(json::string_view, ec&) { return true; }
  bool on_comment(json::string_view, ec&) { return true; }
};

json::parse_options options_of(const body_limits& may) {
  json::parse_options options;
  options.max_depth = may.json_depth;
  return options;
}

// An upper bound of the number of values in a text, before memory is allocated for them: each value but the first of an
// array or object follows a comma.
std::size_t count_values(std::string_view text) {
  std::size_t count = 1;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted && c == '\\')
      ++i;
    else if (c == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && (c == ',' || c == '[' || c == '{'))
      ++count;
  }
  return count;
}

// Decodes a pointer token (RFC 6901): `a~1b` is the key a/b.
std::string key_of(std::string_view token) {
  std::string key;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    key += !is_escape ? token[i] : token[++i] == '1' ? '/' : '~';
  }
  return key;
}

const json::value* find_in(const json::value& document, std::string_view pointer) {
  json::error_code ec;
  return document.find_pointer({pointer.data(), pointer.size()}, ec);
}

}

const json::value* json_source::find(std::string_view pointer) const {
  if (value_) return find_in(*value_, pointer);
  if (!pointer.starts_with('/')) return nullptr;
  const auto end = std::min(pointer.find('/', 1), pointer.size());
  const auto token = pointer.substr(1, end - 1);
  const auto* found = object_->if_contains(key_of(token));
  return !found || end == pointer.size() ? found : find_in(*found, pointer.substr(end));
}

std::string error::text() const {
  std::string out = detail;
  for (const auto& p : problems)
    out += (&p == problems.data() ? ": " : "; ") + p.pointer + (p.pointer.empty() ? "" : ": ") + p.detail;
  if (!log.empty()) out += ": " + log;
  return printable(out);
}

namespace {

// Windows editors and spreadsheets write a byte order mark; RFC 8259, section 8.1, allows a parser to skip it.
std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

result<json::value> parse(std::string_view text, const body_limits& may, const json::storage_ptr& where) {
  if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE"))
    return error(errc::malformed, "not JSON: a byte order mark of UTF-16; expected UTF-8");
  if (text.size() > may.json_values && count_values(text) > may.json_values)
    return error(errc::too_large, "contains too many JSON values").over("intake.max_json_values");
  json::error_code ec;
  auto value = json::parse({text.data(), text.size()}, ec, where, options_of(may));
  if (ec == json::error::too_deep)
    return error(errc::malformed, "not JSON: nested too deeply").over("intake.max_json_depth");
  if (ec) return error(errc::malformed, "not JSON: " + ec.message());
  return value;
}

}

// All values share one memory resource and are freed together; copy what must outlive the document.
result<json::value> parse_json(std::string_view text, const body_limits& may) {
  text = without_byte_order_mark(text);
  return parse(text, may,
               json::make_shared_resource<json::monotonic_resource>(std::max<std::size_t>(text.size(), 1024)));
}

json::value parse_own(std::string_view text) {
  constexpr std::size_t wrapped = 4;  // a factor: rows, overrides and pages add a few levels around accepted documents
  return json::parse({text.data(), text.size()}, {}, options_of({.json_depth = wrapped * most_json_depth}));
}

result<json::value> parse_json_strictly(std::string_view text, const body_limits& may) {
  text = without_byte_order_mark(text);
  auto value = parse(text, may, {});
  if (!value && value.error().code != errc::malformed) return value;
  json::basic_parser<strictness> check(options_of(may));
  json::error_code ec;
  check.write_some(false, text.data(), text.size(), ec);
  auto& where = check.handler();
  if (ec == json::error::exponent_overflow) where.note("number is out of range; expected a number up to 1e308");
  if (where.found && (value || ec == json::error::exponent_overflow))
    return error(errc::malformed, "rejected", {*where.found});
  return value;
}

json::value value_at(const json_source& document, std::string_view pointer) {
  const auto* found = document.find(pointer);
  return found ? *found : json::value(nullptr);
}

std::string text_at(const json_source& document, std::string_view pointer) {
  const auto* found = document.find(pointer);
  if (!found) return {};
  if (found->is_string()) {
    std::string text(found->get_string());
    std::erase(text, '\0');
    return text;
  }
  return found->is_number() ? json::serialize(*found) : std::string();
}

std::optional<timestamp> time_at(const json_source& document, std::string_view pointer) {
  const auto* found = document.find(pointer);
  if (!found || !found->is_string()) return {};
  return parse_time({found->get_string().data(), found->get_string().size()});
}

std::optional<timestamp> sender_time_at(const json_source& document, std::string_view pointer) {
  return parse_sender_time(text_at(document, pointer));
}

bool flag_at(const json_source& document, std::string_view pointer) {
  const auto* found = document.find(pointer);
  return found && found->is_bool() && found->get_bool();
}

std::optional<std::int64_t> number_at(const json_source& document, std::string_view pointer) {
  const auto* found = document.find(pointer);
  if (!found || !found->is_int64()) return {};
  return found->get_int64();
}

std::string pointer_token(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

namespace {

// The error of a value; empty if it can be stored. The pointer is built from its end, and only on an error.
std::string_view what_is_unstorable(const json::value& v, std::string& pointer) {
  if (v.is_double() && !is_in_range(v.get_double())) return "number is out of range; expected a number up to 1e308";
  if (v.is_string() && v.get_string().find('\0') != json::string::npos) return nul_character;
  if (v.is_array())
    for (std::size_t n = 0; n < v.get_array().size(); ++n)
      if (const auto what = what_is_unstorable(v.get_array()[n], pointer); !what.empty()) {
        pointer.insert(0, '/' + std::to_string(n));
        return what;
      }
  if (v.is_object())
    for (const auto& [key, value] : v.get_object()) {
      if (key.find('\0') != key.npos) return nul_character;
      if (const auto what = what_is_unstorable(value, pointer); !what.empty()) {
        pointer.insert(0, '/' + pointer_token(std::string_view(key)));
        return what;
      }
    }
  return {};
}

}

std::optional<problem> find_unstorable(const json::value& v, const std::string& root) {
  std::string pointer;
  const auto what = what_is_unstorable(v, pointer);
  if (what.empty()) return {};
  return problem{root + pointer, std::string(what)};
}

}
