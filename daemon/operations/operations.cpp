#include "daemon/operations/operations.hpp"

#include "collectors/credentials.hpp"
#include "daemon/intake/answer.hpp"
#include "daemon/operations/negotiate.hpp"
#include "daemon/operations/reads.hpp"
#include "daemon/tokens.hpp"

namespace releasehealth {

namespace {

bool is_loopback(const http::endpoint& at) { return at.address.starts_with("127.") || at.address == "::1"; }

session read_session(const session& database, const config& c) {
  return database.as("api").within(std::chrono::floor<std::chrono::milliseconds>(c.bounds.time("figures.timeout")));
}

}

operations::operations(parts p, const config& c)
    : parts_(std::move(p)),
      users_(parts_.io, c.basic_auth_users),
      tokens_(c.tokens),
      bounds_(c.bounds),
      settings_(c.figures),
      timeline_(c.timeline),
      is_local_(is_loopback(c.operations)),
      scrapes_(new worker{parts_.io}),
      reads_(new reads{{parts_.io}, ledger::reader(read_session(parts_.database, c))}),
      past_(new reads{{parts_.io}, ledger::reader(read_session(parts_.database, c))}) {
  make_routes();
}

operations::~operations() {
  scrapes_->thread.join();
  reads_->thread.join();
  past_->thread.join();
}

http::service operations::service() {
  return {.body_limit = [this](const http::request&) { return bounds_.size("operations.max_body_bytes"); },
          .handle = [this](http::request& r, http::responder answer) { admit(r, std::move(answer)); },
          .done = [this](const http::request& r, const http::response& a) { done(r, a); },
          .reached = [this](std::string_view limit) { parts_.own.reached("operations." + std::string(limit)); }};
}

void operations::done(const http::request& r, const http::response& a) {
  if (!a.limit.empty())
    parts_.own.reached(a.limit);
  else if (a.status == 413)
    parts_.own.reached("operations.max_body_bytes");
  parts_.log.debug("request",
                   {{"method", r.method}, {"path", r.path}, {"status", std::to_string(a.status)}, {"peer", r.peer}});
}

// What was read before and is the same still need not be sent again (RFC 9110).
http::responder with_etag(const http::request& r, http::responder answer) {
  if (r.method != "GET" || !r.path.starts_with("/api/")) return answer;
  return [answer = std::move(answer), known = std::string(r.header.get("If-None-Match"))](http::response a) {
    if (a.status != 200) return answer(std::move(a));
    if (const std::string tag = tag_of(a); known.find(tag) != known.npos) a = {304, {}, {}, {{"ETag", tag}}};
    a.header.emplace_back("Cache-Control", "private, no-cache");
    a.header.emplace_back("Vary", "Accept");
    answer(std::move(a));
  };
}

// Where users are configured, everybody is one of them; what takes a bearer token may show that instead.
void operations::admit(http::request& r, http::responder answer) {
  answer = with_etag(r, std::move(answer));
  const bool shows_token = r.path.starts_with("/api/") && !bearer_token(r.header).empty();
  if (!users_.are_asked() || shows_token) return http::dispatch(routes_, r, answer);
  users_.admit(r.header, [this, &r, answer = std::move(answer)](bool is_user) {  // the request lives until the answer
    if (is_user) return http::dispatch(routes_, r, answer);
    answer(refuse(error(errc::unauthorized, "this needs a user and a password"), "Basic realm=\"releasehealthd\""));
  });
}

void operations::publish(refreshed r) {
  database_up_ = r.database_up;
  parts_.own.database(r.database_up);
  parts_.own.schema_newer(r.schema_is_newer);
  if (!r.success) parts_.own.database_failed(r.reason);
  parts_.own.reached(r.limit);
  parts_.own.refresh(r.success, r.at, r.took);
  if (r.failure != last_failure_) {  // said once, not at every tick
    last_failure_ = r.failure;
    if (r.success)
      parts_.log.info("refresh succeeds again");
    else
      parts_.log.warning("refresh failed; the last figures stay", {{"err", r.failure}});
  }
  if (r.success) {
    parts_.own.ledger(r.ledger, r.rules_changed);
    if (r.rules_changed && !std::exchange(rules_changed_, r.rules_changed))
      parts_.log.warning("the past was derived by other rules: `releasehealthd rebuild` applies the configured ones");
    rules_changed_ = r.rules_changed;
  }
}

// The last good figures, then our own metrics; never waits for PostgreSQL. gzip members may follow one another: the
// page of the figures is compressed once for all who ask.
void operations::metrics_page(const http::request& r, http::responder answer) {
  const auto format = negotiate_format(r.header.get("Accept"));
  const bool zipped = accepts_gzip(r.header.get("Accept-Encoding"));
  auto own = parts_.own.render(format);
  if (format == text_format::openmetrics) own += exposition::end_of_openmetrics;
  scrapes_->run([this, format, zipped,
                 own = std::move(own)] { return parts_.page.body(format, zipped) + (zipped ? gzip(own) : own); },
                [format, zipped, answer = std::move(answer)](result<std::string> body) {
                  if (!body) return answer(refuse(body.error()));
                  http::response out{200, std::string(exposition::content_type(format)), std::move(*body), {}};
                  out.header.emplace_back("Vary", "Accept, Accept-Encoding");
                  if (zipped) out.header.emplace_back("Content-Encoding", "gzip");
                  answer(std::move(out));
                });
}

void operations::ready(const http::responder& answer) const {
  if (draining_) return answer({503, "text/plain", "draining\n", {}});
  if ((!database_up_ || parts_.queue.is_postgres_away()) && !parts_.queue.can_spool())
    return answer({503, "text/plain", "PostgreSQL takes no deliveries, and there is no spool with room\n", {}});
  answer({200, "text/plain", "ready\n", {}});
}

void operations::reload(const http::responder& answer) const {
  const auto wrong = parts_.reload();
  if (wrong.empty()) return answer({200, "text/plain", "reloaded\n", {}});
  answer({500, "text/plain", "the configuration was kept as it was:\n" + wrong + '\n', {}});
}

bool operations::may_read(const http::request& r, const http::responder& answer) const {
  // where users are asked, who shows no token was admitted as one of them
  if (users_.are_asked() ? bearer_token(r.header).empty() : is_local_) return true;
  const auto who = authorize(tokens_, r.header, "read");
  if (!who) answer(refuse(who.error()));
  return who.has_value();
}

void operations::use(const config& c) {
  users_.use(c.basic_auth_users);
  tokens_ = c.tokens;
  bounds_ = c.bounds;
  settings_ = c.figures;
  ++settings_changed_;
  timeline_ = c.timeline;
}

}
