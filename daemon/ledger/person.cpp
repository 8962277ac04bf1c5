#include "daemon/ledger/person.hpp"

#include <algorithm>

#include <openssl/evp.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "collectors/base/crypto.hpp"
#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::ledger {
namespace {

constexpr std::size_t max_depth = 1000;   // of JSON that is already in the ledger
constexpr std::size_t least_base64 = 12;  // shorter ones are words
constexpr std::size_t unfolded = std::string::npos;

/// A text with case folded, accents decomposed, runs of white space as single spaces, and invisible characters (soft
/// hyphens, zero-width characters) removed, with the origin of each byte.
struct folding {
  std::string text;
  std::vector<std::size_t>
      offsets;  ///< per byte: its character's offset in the original; `unfolded`: not the first byte

  void add(std::string_view bytes, std::size_t offset) {
    for (std::size_t i = 0; i < bytes.size(); ++i) offsets.push_back(i == 0 ? offset : unfolded);
    text += bytes;
  }
};

std::string fold_character(std::string_view utf8) {
  auto folded = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  folded.foldCase();
  UErrorCode failed = U_ZERO_ERROR;
  const auto* apart = icu::Normalizer2::getNFDInstance(failed);
  if (U_SUCCESS(failed)) folded = apart->normalize(folded, failed);
  std::string out;
  folded.toUTF8String(out);
  return out;
}

UChar32 character_at(std::string_view text, std::size_t position) {
  UChar32 c = 0;
  auto i = static_cast<std::int32_t>(position);
  U8_NEXT(reinterpret_cast<const std::uint8_t*>(text.data()), i, static_cast<std::int32_t>(text.size()), c);
  return c;
}

// Letters, digits and combining marks.
bool is_of_a_word(UChar32 c) { return c >= 0 && (u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0); }

std::size_t size_of_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}

folding fold(std::string_view text) {
  folding out;
  out.text.reserve(text.size());
  out.offsets.reserve(text.size() + 1);
  for (std::size_t position = 0; position < text.size();) {
    const char c = text[position];
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    const auto size = is_ascii ? 1 : size_of_character(text.substr(position));
    const auto character = is_ascii ? UChar32{c} : character_at(text, position);
    if (character >= 0 && u_isUWhiteSpace(character)) {
      if (!out.text.ends_with(' ')) out.add(" ", position);
    } else if (is_ascii) {
      const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      out.add({&low, 1}, position);
    } else if (character < 0 || !u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
      out.add(fold_character(text.substr(position, size)), position);
    }
    position += size;
  }
  out.offsets.push_back(text.size());
  return out;
}

// Whether a match from `begin` to `end` is a whole word: `eve` does not match within `severity`.
bool is_apart(std::string_view folded, std::size_t begin, std::size_t end) {
  // Whether the characters before and at that position belong to one word.
  const auto goes_on = [&](std::size_t position) {
    return position > 0 && position < folded.size() &&
           is_of_a_word(character_at(folded, begin_of_character(folded, position - 1))) &&
           is_of_a_word(character_at(folded, position));
  };
  return !goes_on(begin) && !goes_on(end);
}

// Removes one layer of escapes, for a final check of text that no parser recognized.
std::string unescaped(std::string_view text) {
  std::string out;
  const auto hex = [&](std::size_t position, std::size_t digits) -> std::optional<std::uint32_t> {
    if (position + digits > text.size()) return {};
    return parse_number<std::uint32_t>(text.substr(position, digits), 16);
  };
  for (std::size_t position = 0; position < text.size();) {
    if (text[position] == '%') {
      if (const auto byte = hex(position + 1, 2)) {
        out += static_cast<char>(*byte);
        position += 3;
        continue;
      }
    } else if (text.substr(position).starts_with("\\u")) {
      if (const auto unit = hex(position + 2, 4)) {
        icu::UnicodeString(static_cast<char16_t>(*unit)).toUTF8String(out);
        position += 6;
        continue;
      }
    } else if (text.substr(position).starts_with("&#")) {
      const bool is_hex = position + 2 < text.size() && (text[position + 2] == 'x' || text[position + 2] == 'X');
      auto rest = text.substr(position + (is_hex ? 3 : 2));
      const auto character = take_number<std::int32_t>(rest, is_hex ? 16 : 10);
      if (character && rest.starts_with(';')) {
        icu::UnicodeString(static_cast<UChar32>(*character)).toUTF8String(out);
        position = text.size() - rest.size() + 1;
        continue;
      }
    } else if (text[position] == '+') {
      out += ' ';
      ++position;
      continue;
    }
    out += text[position++];
  }
  return out;
}

std::optional<json::value> read_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || std::string_view("[{\"").find(text[first]) == std::string_view::npos) return {};
  json::parse_options options;
  options.max_depth = max_depth;
  json::error_code ec;
  auto value = json::parse({text.data(), text.size()}, ec, {}, options);
  return ec ? std::nullopt : std::optional(std::move(value));
}

std::string to_base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return out;
}

}

person::person(std::string_view name, std::string pseudonym)
    : folded_(fold(name).text), pseudonym_(std::move(pseudonym)) {}

bool person::is_in(std::string_view text) const { return replaced(text).has_value(); }

std::optional<std::string> person::replaced(std::string_view text) const {
  if (folded_.empty()) return {};
  const auto folded = fold(text);
  std::string out;
  std::size_t copied = 0;
  for (auto position = folded.text.find(folded_); position != folded.text.npos;
       position = folded.text.find(folded_, position)) {
    const auto begin = folded.offsets[position], end = folded.offsets[position + folded_.size()];
    if (begin == unfolded || end == unfolded ||
        !is_apart(folded.text, position, position + folded_.size())) {  // a part of a word
      ++position;
      continue;
    }
    out.append(text.substr(copied, begin - copied)).append(pseudonym_);
    copied = end;
    position += folded_.size();
  }
  if (copied == 0) return {};
  return out.append(text.substr(copied));
}

std::optional<std::string> person::rewritten(std::string_view text, int layers) const {
  std::optional<std::string> now;
  if (layers > 0) {
    if (auto value = read_json(text)) {  // fully decoded: nothing stays hidden except the names of event fields
      if (!rewrite(*value, layers - 1)) return {};
      return json::serialize(*value);
    }
    for (const auto read : {&person::rewritten_lines, &person::rewritten_form, &person::rewritten_base64})
      if ((now = (this->*read)(text, layers - 1))) break;
  }
  if (auto plain = replaced(now ? std::string_view(*now) : text)) now = std::move(plain);
  // The name remains in an encoding that no parser reads, or in truncated text: remove the whole text.
  auto last = now ? *now : std::string(text);
  for (int layer = 0; layer < max_layers; ++layer) {
    auto next = unescaped(last);
    if (next == last) break;
    if (is_in(next)) return std::string();
    last = std::move(next);
  }
  return now;
}

std::optional<std::string> person::rewritten_lines(std::string_view text, int layers) const {
  if (text.find('\n') == text.npos || !text.starts_with('{')) return {};
  std::string out;
  bool has_changed = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = rewritten(text.substr(0, end), layers);
    has_changed = has_changed || line;
    out += line ? *line : std::string(text.substr(0, end));
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return has_changed ? std::optional(out) : std::nullopt;
}

std::optional<std::string> person::rewritten_form(std::string_view text, int layers) const {
  if (text.find('=') == text.npos || text.find_first_of(" \n\"{") != text.npos) return {};
  const auto fields = parse_form(text);
  if (!fields) return {};
  std::string out;
  bool has_changed = false;
  for (const auto& [name, value] : *fields) {
    const auto new_name = replaced(name), new_value = rewritten(value, layers);
    has_changed = has_changed || new_name || new_value;
    out +=
        (out.empty() ? "" : "&") + encode_part(new_name.value_or(name)) + '=' + encode_part(new_value.value_or(value));
  }
  return has_changed ? std::optional(out) : std::nullopt;
}

std::optional<std::string> person::rewritten_base64(std::string_view text, int layers) const {
  if (text.size() < least_base64 || text.find_first_of(" \t\r\n{}:\"") != text.npos) return {};
  const auto bytes = from_base64(std::string(text));
  if (bytes.empty()) return {};
  const auto now = rewritten(bytes, layers);
  return now ? std::optional(to_base64(*now)) : std::nullopt;
}

bool person::rewrite(json::value& v, int layers) const {
  if (v.is_object()) return rewrite(v.get_object(), layers);
  bool has_changed = false;
  if (v.is_array())
    for (auto& one : v.get_array()) has_changed = rewrite(one, layers) || has_changed;
  if (!v.is_string()) return has_changed;
  const auto now = rewritten({v.get_string().data(), v.get_string().size()}, layers);
  if (now) v = *now;
  return now.has_value();
}

bool person::rewrite(json::object& o, int layers) const {
  bool has_changed = false;
  json::object out;
  for (auto& [name, value] : o) {
    const std::string_view was(name.data(), name.size());
    auto key = find_field(was) ? std::nullopt : rewritten(was, layers);
    while (key && out.contains(*key)) *key += '_';  // keeps the values of two spellings of the name
    has_changed = rewrite(value, layers) || has_changed || key;
    out[key ? json::string_view(*key) : name] = value;
  }
  if (has_changed) o = std::move(out);
  return has_changed;
}

}
