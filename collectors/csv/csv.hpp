#pragma once
// Histories kept as tables: RFC 4180 rows whose columns are named like an event's fields.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/result.hpp"

namespace releasehealth::csv {

/// Reads the rows of a text one by one; a quoted field may hold separators, quotes and line ends.
class reader {
 public:
  explicit reader(std::string_view text) : buffer_(text) {}
  /// `more` adds to the text that it is given, or says false at the end.
  explicit reader(std::function<bool(std::string&)> more) : more_(std::move(more)) {}
  /// The next row; nothing at the end. `line()` is then the row's first line, from 1.
  std::optional<std::vector<std::string>> next();
  std::size_t line() const { return line_; }

 private:
  struct parsed {
    std::vector<std::string> row;
    std::size_t length = 0, lines = 0;
    bool is_whole = false;  ///< it ended before the text did
  };
  static parsed parse(std::string_view);
  bool fill();

  std::function<bool(std::string&)> more_;
  std::string buffer_;
  std::size_t at_ = 0;  ///< in the buffer
  std::size_t line_ = 0, next_line_ = 1;
};

/// The cells by their columns, each in the type that its field has; empty cells are absent.
json::object read_object(const std::vector<std::string>& columns, const std::vector<std::string>& row);

/// One row as an event: empty cells are absent, `labels` are separated by `;`, a row without a type is a deployment,
/// and a deployment without a state succeeded. Without an `id` column the row's own text is its identity, so that
/// importing a file twice changes nothing.
result<event> read_row(const std::vector<std::string>& columns, const std::vector<std::string>& row,
                       timestamp received_at);

/// A cell as RFC 4180 writes it. What a spreadsheet would take for a formula is marked as text by an apostrophe;
/// numbers stay numbers. Controls and bidirectional marks are escaped as in printable().
std::string quote(std::string_view cell);

}
