// Catalogues and CODEOWNERS files: any text is read, and the proposal is a valid configuration.
#include <cstdint>
#include <cstdlib>

#include "daemon/config/config.hpp"
#include "daemon/discover/catalogue_services.hpp"
#include "daemon/discover/toml.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  discover::tree from;
  discover::read_catalogue(text, "a/catalog-info.yaml", from.found);
  from.repositories.push_back({".", "CODEOWNERS", discover::read_codeowners(text)});
  const discover::configured_names nothing;
  discover::proposals all;
  discover::propose_from_catalogue(from, nothing, all);
  discover::propose_teams(from.found, nothing, all);
  const auto read = parse_config(discover::new_tables(all), "fuzz.toml",
                                 [](const std::string&) { return std::optional<std::string>(); });
  if (!std::holds_alternative<config>(read)) std::abort();
  return 0;
}
