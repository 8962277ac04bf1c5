#pragma once
// Histories kept as tables: RFC 4180 rows whose columns are named like an event's fields.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth::csv {

/// Reads the rows of a text one by one; a quoted field may hold separators, quotes and line ends.
class reader {
 public:
  explicit reader(std::string_view text) : buffer_(text) {}
  /// `more` adds to the text that it is given, or says false at the end.
  explicit reader(std::function<bool(std::string&)> more) : more_(std::move(more)) {}
  /// Before the first row: passes over a byte order mark, and finds what separates the header's cells: a comma, a
  /// semicolon or a tab. errc::malformed: UTF-16.
  result<void> read_form();
  char separator() const { return separator_; }
  /// The next row; nothing at the end. `line()` is then the row's first line, from 1.
  std::optional<std::vector<std::string>> next();
  std::size_t line() const { return line_; }

 private:
  struct parsed {
    std::vector<std::string> row;
    std::size_t length = 0, lines = 0;
    bool is_whole = false;  ///< it ended before the text did
  };
  parsed parse(std::string_view) const;
  bool fill();

  std::function<bool(std::string&)> more_;
  std::string buffer_;
  std::size_t at_ = 0;  ///< in the buffer
  std::size_t line_ = 0, next_line_ = 1;
  char separator_ = ',';
};

/// The cells by their columns, each in the type that its field has; empty cells are absent.
json::object read_object(const std::vector<std::string>& columns, const std::vector<std::string>& row);

/// What is wrong with a header: no column that means anything here, or one twice. Empty: nothing.
std::string check_header(const std::vector<std::string>& columns);

/// One row as an event (collectors/csv/README.md): empty cells are absent, `labels` are separated by `;`, a date is its
/// first instant in UTC, a row without a type is a deployment, and a deployment without a state succeeded. Without an
/// `id` column the row's own text is its identity, so that importing a file twice changes nothing. A row without a time
/// of any kind is a mistake.
result<event> read_row(const std::vector<std::string>& columns, const std::vector<std::string>& row,
                       timestamp received_at);

/// A cell as RFC 4180 writes it. What a spreadsheet would take for a formula is marked as text by an apostrophe;
/// numbers stay numbers. Controls and bidirectional marks are escaped as in printable().
std::string quote(std::string_view cell);

}
