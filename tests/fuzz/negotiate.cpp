// What scrapers and readers send in headers, paths and queries.
#include "daemon/operations/negotiate.hpp"

#include <cstdint>

#include "collectors/form.hpp"
#include "daemon/http/routes.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)negotiate_format(text);
  (void)accepts_gzip(text);
  (void)parse_form(text);
  http::parameters found;
  (void)http::fits("/api/v1/deployments/{id}", text, found);
  return 0;
}
