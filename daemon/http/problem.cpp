#include "daemon/http/problem.hpp"

#include <algorithm>

namespace releasehealth::http {
namespace {

struct known_status {
  unsigned status;
  std::string_view title;
};
constexpr known_status known_statuses[] = {{202, "Accepted"},
                                           {400, "Bad Request"},
                                           {401, "Unauthorized"},
                                           {403, "Forbidden"},
                                           {404, "Not Found"},
                                           {405, "Method Not Allowed"},
                                           {413, "Content Too Large"},
                                           {415, "Unsupported Media Type"},
                                           {431, "Request Header Fields Too Large"},
                                           {500, "Internal Server Error"},
                                           {503, "Service Unavailable"}};

}

unsigned status_of(errc code) {
  switch (code) {
    case errc::unreadable: return 202;
    case errc::malformed: return 400;
    case errc::unauthorized: return 401;
    case errc::forbidden: return 403;
    case errc::unknown: return 404;
    case errc::too_large: return 413;
    case errc::media_type: return 415;
    case errc::unavailable: return 503;
    case errc::internal: break;
  }
  return 500;
}

std::string_view title_of(unsigned status) {
  const auto* const known = std::ranges::find(known_statuses, status, &known_status::status);
  return known == std::end(known_statuses) ? std::string_view() : known->title;
}

response problem(unsigned status, std::string_view detail, const std::vector<releasehealth::problem>& where) {
  unsigned char of_most[1024];  // rejecting a flood of requests allocates nothing
  json::monotonic_resource memory(of_most);
  const auto title = title_of(status);
  json::object body({{"type", "about:blank"},
                     {"title", json::string_view(title.data(), title.size())},
                     {"status", status},
                     {"detail", json::string_view(detail.data(), detail.size())}},
                    &memory);
  if (!where.empty()) {
    auto& errors = body["errors"].emplace_array();
    for (const auto& p : where) errors.push_back(json::object{{"pointer", p.pointer}, {"detail", p.detail}});
  }
  return {status, "application/problem+json", json::serialize(body) + '\n', {}};
}

response refuse(const error& e, std::string_view authenticate) {
  auto out = problem(status_of(e.code), e.detail, e.problems);
  out.limit = e.limit;
  if (e.code == errc::unauthorized) out.header.emplace_back("WWW-Authenticate", authenticate);
  if (e.code == errc::unavailable) out.header.emplace_back("Retry-After", "10");
  return out;
}

}
