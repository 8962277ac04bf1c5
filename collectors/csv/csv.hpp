#pragma once
// History from tables: RFC 4180 rows whose columns have the names of an event's fields.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth::csv {

/// Reads rows one by one; a quoted field may contain separators, quotes and line ends.
class reader {
 public:
  explicit reader(std::string_view text) : buffer_(text) {}
  /// `more` appends to its argument, or returns false at the end.
  explicit reader(std::function<bool(std::string&)> more) : more_(std::move(more)) {}
  /// Must precede the first row. Skips a byte order mark and detects the separator of the header's cells: a comma, a
  /// semicolon or a tab. errc::malformed: UTF-16.
  result<void> read_form();
  char separator() const { return separator_; }
  /// The next row; nullopt at the end. `line()` is then the row's first line, counted from 1.
  std::optional<std::vector<std::string>> next();
  std::size_t line() const { return line_; }

 private:
  struct parsed {
    std::vector<std::string> row;
    std::size_t length = 0, lines = 0;
    bool is_whole = false;  ///< the row ended before the text
  };
  parsed parse(std::string_view) const;
  bool fill();

  std::function<bool(std::string&)> more_;
  std::string buffer_;
  std::size_t position_ = 0;  ///< position in the buffer
  std::size_t line_ = 0, next_line_ = 1;
  char separator_ = ',';
};

/// The cells by column, each with the type of its field; empty cells are absent.
json::object read_object(const std::vector<std::string>& columns, const std::vector<std::string>& row);

/// The problem of a header (no known column, or a duplicate one); empty if there is none.
std::string check_header(const std::vector<std::string>& columns);

/// One row as an event (collectors/csv/README.md): empty cells are absent, `labels` are separated by `;`, a date is its
/// first instant in UTC, a row without a type is a deployment, and a deployment without a state succeeded. Without an
/// `id` column the row's text identifies the event, so that importing a file twice changes nothing. A row without any
/// time is an error.
result<event> read_row(const std::vector<std::string>& columns, const std::vector<std::string>& row,
                       timestamp received_at);

/// A cell in the form of RFC 4180. An apostrophe marks text that a spreadsheet would evaluate as a formula; numbers
/// stay numbers. Controls and bidirectional marks are escaped as in printable().
std::string quote(std::string_view cell);
/// A JSON value as a cell: strings without quotes, null empty.
std::string cell(const json::value&);

}
