// CSV tables: any bytes parse as rows, and a quoted cell survives a round trip if it is printable and no formula.
#include "collectors/csv/csv.hpp"

#include <cstdint>
#include <cstdlib>

using namespace releasehealth;

namespace {

std::string read_back(std::string_view text) {
  const auto line = "x," + csv::quote(text) + "\n";
  const auto row = csv::reader(line).next();
  if (!row || row->size() != 2) std::abort();
  return (*row)[1];
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  csv::reader rows(text);
  const auto columns = rows.next();
  while (const auto row = rows.next()) (void)csv::read_row(*columns, *row, *parse_time("2026-11-20T12:00:00Z"));
  const auto written = read_back(text);
  if (read_back(written) != written) std::abort();
  return 0;
}
