#include "daemon/intake/answer.hpp"

namespace releasehealth {

meaning meaning_of(errc code) {
  switch (code) {
    case errc::malformed: return {400, "Bad Request", outcome::malformed};
    case errc::unreadable: return {202, "Accepted", outcome::dead};
    case errc::unauthorized: return {401, "Unauthorized", outcome::unauthorized};
    case errc::forbidden: return {403, "Forbidden", outcome::unauthorized};
    case errc::unknown: return {404, "Not Found", outcome::malformed};
    case errc::media_type: return {415, "Unsupported Media Type", outcome::malformed};
    case errc::too_large: return {413, "Content Too Large", outcome::too_large};
    case errc::unavailable: return {503, "Service Unavailable", outcome::unavailable};
    case errc::internal: return {500, "Internal Server Error", outcome::unavailable};
  }
  return {500, "Internal Server Error", outcome::unavailable};
}

http::response refuse(const error& e, std::string_view authenticate) {
  const auto m = meaning_of(e.code);
  auto out = http::problem(m.status, m.title, e.detail, e.problems);
  out.limit = e.limit;
  if (e.code == errc::unauthorized) out.header.emplace_back("WWW-Authenticate", authenticate);
  if (e.code == errc::unavailable) out.header.emplace_back("Retry-After", "10");
  return out;
}

}
