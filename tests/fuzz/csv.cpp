// Tables: any bytes are rows, and a quoted cell reads as itself.
#include "collectors/csv/csv.hpp"

#include <cstdint>
#include <cstdlib>

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  csv::reader rows(text);
  const auto columns = rows.next();
  while (const auto row = rows.next()) (void)csv::read_row(*columns, *row, *parse_time("2026-11-20T12:00:00Z"));
  const auto quoted = "x," + csv::quote(text) + "\n";
  if (const auto row = csv::reader(quoted).next(); !row || row->size() != 2 || (*row)[1] != text) std::abort();
  return 0;
}
