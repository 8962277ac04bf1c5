#pragma once
// Histories kept as tables: RFC 4180 rows whose columns are named like an event's fields.
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
  explicit reader(std::string_view text) : rest_(text) {}
  /// The next row; nothing at the end. `line()` is then the row's first line, from 1.
  std::optional<std::vector<std::string>> next();
  std::size_t line() const { return line_; }

 private:
  std::string_view rest_;
  std::size_t line_ = 0, next_line_ = 1;
};

/// The cells by their columns, each in the type that its field has; empty cells are absent.
json::object read_object(const std::vector<std::string>& columns, const std::vector<std::string>& row);

/// One row as an event: empty cells are absent, `labels` are separated by `;`, a row without a type is a deployment,
/// and a deployment without a state succeeded. Without an `id` column the row's own text is its identity, so that
/// importing a file twice changes nothing.
result<event> read_row(const std::vector<std::string>& columns, const std::vector<std::string>& row,
                       timestamp received_at);

/// A cell as RFC 4180 writes it.
std::string quote(std::string_view cell);

}
