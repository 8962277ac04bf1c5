// The monthly review and the pages that it links to.
#include "collectors/base/nearest.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/review/page.hpp"
#include "daemon/review/review.hpp"

namespace releasehealth::api {
namespace {

// No script, no foreign content, no framing.
http::response html(unsigned status, std::string page) {
  return {status,
          "text/html; charset=utf-8",
          std::move(page),
          {{"Content-Security-Policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "same-origin"},
           {"Cache-Control", "private, no-cache"}}};
}

// Has the status and headers of the problem document.
http::response page_of_error(const error& why, timestamp now) {
  const auto status = http::status_of(why.code);
  const std::string title(http::title_of(status)),
      meanwhile = ". Meanwhile the daemon accepts deliveries, and /metrics shows the last figures.";
  const bool is_away = why.code == errc::unavailable;
  auto page = html(status, review_problem(status, title, why.detail + (is_away ? meanwhile : ""), {.now = now}));
  if (!is_away) return page;
  page.header.emplace_back("Retry-After", "10");
  page.limit = why.limit;
  return page;
}

using review = std::function<result<std::string>(ledger::reader&, const figure_settings&, const review_frame&)>;

result<plan> show(const call& c, review page) {
  return reading{
      [page = std::move(page), current = c.current, now = c.now](ledger::reader& database) -> result<http::response> {
        auto text = page(database, as_derived(database, current->figures), {.now = now});
        if (!text) return text.error();
        return html(200, std::move(*text));
      }};
}

// `given`: like 2026-10; empty: the current month.
result<review_question> question_of(const call& c, const std::string& given) {
  const auto this_month = c.current->figures.zone.month_of(c.now);
  review_question q{.month = this_month, .team = c.query("team"), .service = {}, .environment = {}};
  if (given.empty()) return q;
  const auto chosen = parse_month(given);
  if (!chosen || *chosen > this_month || *chosen < first_reviewed_month)
    return error(errc::malformed,
                 "month: invalid month " + in_quotes(given) + "; expected one like 2026-10, up to the current month");
  q.month = *chosen;
  return q;
}

result<plan> review_of_month(const call& c) {
  const auto q = question_of(c, c.named().empty() ? c.query("month") : c.named());
  if (!q) return q.error();
  return show(c, [q = *q](ledger::reader& database, const figure_settings& current, const review_frame& frame) {
    return review_month(database, q, current, frame);
  });
}

result<plan> review_of_service(const call& c) {
  auto q = question_of(c, c.query("month"));
  if (!q) return q.error();
  q->service = c.named();
  q->environment = c.environment();
  return show(c, [q = *q](ledger::reader& database, const figure_settings& current, const review_frame& frame) {
    return review_service(database, q, current, frame);
  });
}

result<plan> review_of_deployment(const call& c) {
  const auto q = question_of(c, c.query("month"));
  if (!q) return q.error();
  return show(c, [id = c.named()](ledger::reader& database, const figure_settings& current, const review_frame& frame) {
    return review_deployment(database, id, current, frame);
  });
}

result<plan> page_of_coverage(const call& c) {
  return show(c, [](ledger::reader& database, const figure_settings& current, const review_frame& frame) {
    return result<std::string>(review_coverage(database, current, frame));
  });
}

result<plan> page_of_sources(const call& c) {
  return show(c, [](ledger::reader& database, const figure_settings& current, const review_frame& frame) {
    return result<std::string>(review_sources(database, current, frame));
  });
}

result<plan> style(const call&) {
  return http::response{200, "text/css; charset=utf-8", std::string(style_sheet()), {{"Cache-Control", "max-age=300"}}};
}

}

std::vector<endpoint> review_pages(const surroundings&) {
  const auto page = [](std::string path, std::string_view summary, auto begin) {
    return endpoint{
        "GET", std::move(path), {.tag = "pages", .summary = summary, .gives = "text/html"}, begin, page_of_error};
  };
  return {page("/", "Get the monthly review; select with ?month= and ?team=.", review_of_month),
          page("/months/{month}", "Get the review of a month: 2026-10.", review_of_month),
          page("/services/{service...}", "Get a service with its timeline and open work.", review_of_service),
          page("/deployments/{id...}", "Explain a deployment.", review_of_deployment),
          page("/coverage", "Get the evidence coverage of figures, and unmatched names.", page_of_coverage),
          page("/sources", "Get deliveries of each source by outcome, and missing setup steps.", page_of_sources),
          {"GET", "/review.css", {}, style}};
}

}
