// GET /metrics
#include "daemon/api/endpoints.hpp"
#include "daemon/api/negotiate.hpp"

namespace releasehealth::api {

// The last good figures, then the daemon's own metrics. gzip members can be concatenated, so the page of the figures is
// compressed once for all scrapers.
std::vector<endpoint> metrics_page(const surroundings& around) {
  const auto scrape = [&own = around.own, &page = around.page](const call& c) -> result<plan> {
    const auto format = negotiate_format(c.request.header.get("Accept"));
    const bool zipped = accepts_gzip(c.request.header.get("Accept-Encoding"));
    auto rest = own.render(format);
    if (format == text_format::openmetrics) rest += exposition::end_of_openmetrics;
    return rendering{[&page, format, zipped, rest = std::move(rest)] {
      http::response out{200,
                         std::string(exposition::content_type(format)),
                         page.body(format, zipped) + (zipped ? gzip(rest) : rest),
                         {{"Vary", "Accept, Accept-Encoding"}}};
      if (zipped) out.header.emplace_back("Content-Encoding", "gzip");
      return out;
    }};
  };
  return {{"GET",
           "/metrics",
           {"health", "Get all figures and the daemon's own metrics, as Prometheus text or OpenMetrics.", "text/plain"},
           scrape}};
}

}
