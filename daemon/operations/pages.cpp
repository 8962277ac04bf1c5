// What people look at in a browser: the monthly review and what it leads to.
#include "daemon/intake/answer.hpp"
#include "daemon/operations/operations.hpp"
#include "daemon/operations/reads.hpp"
#include "daemon/review/page.hpp"
#include "daemon/review/review.hpp"

namespace releasehealth {
namespace {

// No script, nothing from elsewhere, in nobody's frame.
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

// The same meaning as for programs, as a page.
http::response refused(const error& why, const review_frame& frame) {
  const auto m = meaning_of(why.code);
  if (why.code != errc::unavailable)
    return html(m.status, review_problem(m.status, std::string(m.title), why.detail, frame));
  auto page = html(m.status, review_problem(m.status, std::string(m.title),
                                            why.detail + ". The daemon accepts deliveries meanwhile, and /metrics "
                                                         "shows the last figures.",
                                            frame));
  page.header.emplace_back("Retry-After", "10");
  page.limit = why.limit;
  return page;
}

}

void operations::style(const http::responder& answer) {
  constexpr auto* for_a_while = "max-age=300";
  answer({200, "text/css; charset=utf-8", std::string(style_sheet()), {{"Cache-Control", for_a_while}}});
}

void operations::review(review_page page, const std::string& of, const http::request& r, http::responder answer) {
  const review_frame frame{.now = parts_.clock()};
  const auto this_month = settings_.figures.zone.month_of(frame.now);
  review_question q{
      .month = this_month,
      .team = http::query_value(r, "team"),
      .service = page == review_page::of_service ? of : std::string(),
      .environment = page == review_page::of_service ? http::query_value(r, "environment") : std::string()};
  const auto asked = page == review_page::of_month && !of.empty() ? of : http::query_value(r, "month");
  if (!asked.empty()) {
    const auto chosen = parse_month(asked);
    if (!chosen || *chosen > this_month || *chosen < first_reviewed_month)
      return answer(refused(error(errc::malformed, "month: is not one like 2026-10, up to this one"), frame));
    q.month = *chosen;
  }
  reads_->run(
      [page, of, q, settings = settings_.figures, frame](ledger::reader& from) -> result<std::string> {
        switch (page) {
          case review_page::of_service: return review_service(from, q, settings, frame);
          case review_page::of_deployment: return review_deployment(from, of, settings, frame);
          default: return review_month(from, q, settings, frame);
        }
      },
      [frame, answer = std::move(answer)](result<std::string> page_text) {
        answer(page_text ? html(200, std::move(*page_text)) : refused(page_text.error(), frame));
      });
}

}
