#include "daemon/api/parameters.hpp"

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth::api {

result<std::int64_t> read_count(std::string_view name, std::string_view given, std::int64_t otherwise,
                                std::int64_t most) {
  if (given.empty()) return otherwise;
  const auto count = parse_number<std::int64_t>(given);
  if (!count || *count < 1 || *count > most)
    return error(errc::malformed, std::string(name) + ": invalid number " + in_quotes(given) +
                                      "; expected a whole number from 1 to " + std::to_string(most));
  return *count;
}

}
