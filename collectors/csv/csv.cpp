#include "collectors/csv/csv.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/base/crypto.hpp"
#include "collectors/base/printable.hpp"
#include "collectors/base/text.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/canonical/record.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::csv {
namespace {

// Converts the times of tools and spreadsheets. Text that is not a time is returned unchanged and rejected later.
std::string read_time(const std::string& cell) {
  constexpr std::size_t date = 10;
  if (cell.size() == date && parse_time(cell + "T00:00:00Z")) return cell + "T00:00:00Z";
  const auto found = parse_time(cell) ? std::nullopt : parse_sender_time(cell);
  return found ? format_time(*found) : cell;
}

json::value typed(form looks, const std::string& cell) {
  if (looks == form::time) return json::string(read_time(cell));
  if (looks == form::flag && (cell == "true" || cell == "false")) return cell == "true";
  if (looks == form::count || looks == form::severity) {
    if (const auto number = parse_number<std::int64_t>(cell)) return *number;
  }
  if (looks == form::names || looks == form::parts) {
    json::array names;
    for (std::string_view rest = cell; !rest.empty();)
      if (const auto name = take_part(rest, ';'); !name.empty()) names.emplace_back(name);
    return names;
  }
  return json::string(cell);
}

bool is_number(std::string_view cell) {
  if (cell.starts_with('+')) cell.remove_prefix(1);
  const auto value = parse_number<double>(cell);
  return value && std::isfinite(*value);
}

// Whether a spreadsheet evaluates the cell, by its first character (OWASP: CSV injection).
bool is_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos && !is_number(cell);
}

}

// Drops the text that was read and reads more.
bool reader::fill() {
  buffer_.erase(0, position_);
  position_ = 0;
  return more_ && more_(buffer_);
}

reader::parsed reader::parse(std::string_view text) const {
  parsed out{{""}};
  bool quoted = false;
  auto& row = out.row;
  for (std::size_t position = 0; position < text.size(); ++position) {
    const char c = text[position];
    if (c == '\n') ++out.lines;
    if (quoted) {
      if (c != '"')
        row.back() += c;
      else if (position + 1 < text.size() && text[position + 1] == '"')
        row.back() += text[++position];
      else
        quoted = false;
    } else if (c == '"' && row.back().empty()) {
      quoted = true;
    } else if (c == separator_) {
      row.emplace_back();
    } else if (c == '\n') {
      out.length = position + 1;
      out.is_whole = true;
      return out;
    } else if (c != '\r') {
      row.back() += c;
    }
  }
  out.length = text.size();
  return out;
}

result<void> reader::read_form() {
  while (buffer_.find('\n', position_) == buffer_.npos && fill()) continue;
  const auto start = std::string_view(buffer_).substr(position_);
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF"))
    return error(errc::malformed, "is UTF-16; expected UTF-8 (save the table as \"CSV UTF-8\")");
  if (start.starts_with("\xEF\xBB\xBF")) position_ += 3;
  std::size_t most = 0;
  for (const char candidate : {',', ';', '\t'}) {
    reader other(*this);
    other.separator_ = candidate;
    const auto cells = other.parse(std::string_view(buffer_).substr(position_)).row.size();
    if (cells > std::max<std::size_t>(most, 1)) {
      most = cells;
      separator_ = candidate;
    }
  }
  return {};
}

std::optional<std::vector<std::string>> reader::next() {
  for (;;) {  // skips empty lines
    const auto rest = std::string_view(buffer_).substr(position_);
    const std::size_t empty = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
    if (empty > 0) {
      position_ += empty;
      ++next_line_;
    } else if ((!rest.empty() && rest != "\r") || !fill()) {
      break;
    }
  }
  if (position_ == buffer_.size()) return {};
  line_ = next_line_;
  auto found = parse(std::string_view(buffer_).substr(position_));
  while (!found.is_whole && fill()) found = parse(std::string_view(buffer_).substr(position_));
  position_ += found.length;
  next_line_ += found.lines;
  return std::move(found.row);
}

std::string check_header(const std::vector<std::string>& columns) {
  std::string names;
  bool is_known = false;
  for (std::size_t n = 0; n < columns.size(); ++n) {
    const auto& name = columns[n];
    names += (n > 0 ? ", " : "") + name;
    is_known |= find_field(name) || name == "time";
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(n), name) !=
            columns.begin() + static_cast<std::ptrdiff_t>(n) &&
        !name.empty())
      return "duplicate column \"" + name + "\"; expected each column once";
  }
  if (is_known) return {};
  return "no known column in \"" + names +
         "\"; expected some of service, environment, version, finished_at, state, type (map others with "
         "--column ours=theirs)";
}

json::object read_object(const std::vector<std::string>& columns, const std::vector<std::string>& row) {
  json::object out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    const auto* known = find_field(columns[i]);
    const auto looks = columns[i] == "time" ? form::time : known ? known->looks : form::text;
    out[columns[i]] = typed(looks, row[i]);
  }
  return out;
}

result<event> read_row(const std::vector<std::string>& columns, const std::vector<std::string>& row,
                       timestamp received_at) {
  if (row.size() != columns.size())
    return error(errc::malformed, "has " + std::to_string(row.size()) + " cells; expected " +
                                      std::to_string(columns.size()) + " as in the header");
  auto out = read_object(columns, row);
  std::string identity;
  for (std::size_t i = 0; i < row.size(); ++i) identity += columns[i] + '\0' + row[i] + '\0';
  out.erase("received_at");  // metadata for the importer, not a field
  if (!out.contains("type")) out["type"] = word(event_type::deployment);
  if (!out.contains("id")) out["id"] = "row-" + sha256_hex(identity).substr(0, 32);
  if (text_at(out, "/type") == word(event_type::deployment) && !out.contains("state"))
    out["state"] = word(deployment_state::succeeded);
  const auto wrong = canonical::supply_time(out);
  auto e = canonical::read_event(std::move(out), received_at);
  if (e && !wrong.empty()) return error(errc::malformed, wrong);
  return e;
}

std::string quote(std::string_view given) {
  auto cell = printable(given);
  if (is_formula(given)) cell.insert(0, 1, '\'');
  if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string cell(const json::value& v) {
  if (v.is_null()) return {};
  return quote(v.is_string() ? std::string(v.get_string()) : json::serialize(v));
}

}
