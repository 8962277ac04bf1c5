#include "daemon/operations/operations.hpp"

#include <algorithm>

#include "collectors/credentials.hpp"
#include "collectors/form.hpp"
#include "daemon/access/tokens.hpp"
#include "daemon/intake/answer.hpp"
#include "daemon/operations/negotiate.hpp"
#include "daemon/operations/reads.hpp"

namespace releasehealth {

namespace {

std::chrono::milliseconds read_limit(const limits& bounds) {
  return std::chrono::floor<std::chrono::milliseconds>(bounds.time("figures.timeout"));
}

session read_session(const session& database, const limits& bounds) {
  return database.as("api").within(read_limit(bounds));
}

}

operations::operations(parts p, operations_settings settings)
    : parts_(std::move(p)),
      users_(parts_.io, settings.people),
      settings_(std::move(settings)),
      is_local_(http::is_loopback(settings_.address)),
      scrapes_(new worker{parts_.io, parts_.log}),
      reads_(new reads{{parts_.io, parts_.log}, ledger::reader(read_session(parts_.database, settings_.bounds))}),
      past_(new reads{{parts_.io, parts_.log}, ledger::reader(read_session(parts_.database, settings_.bounds))}) {
  make_routes();
}

operations::~operations() {
  scrapes_->thread.join();
  reads_->thread.join();
  past_->thread.join();
}

http::service operations::service() {
  return {.body_limit = [this](const http::request&) { return settings_.bounds.size("operations.max_body_bytes"); },
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

bool operations::knows_host(std::string_view authority) const {
  const auto host = http::host_of(authority);
  return http::is_loopback(host) || host == settings_.address ||
         std::ranges::any_of(settings_.hosts, [&](std::string_view known) { return http::host_of(known) == host; });
}

// The name under which a page of another site reaches a loopback listener (DNS rebinding), or asks it across origins;
// empty: none. HTTP/1.0 has no Host.
std::string operations::foreign_name(const http::request& r) const {
  if (!is_local_) return {};
  if (const auto host = r.header.get("Host"); !host.empty() && !knows_host(host)) return "Host: " + std::string(host);
  const auto origin = r.header.get("Origin");
  const auto scheme = origin.find("://");
  if (!origin.empty() && (scheme == origin.npos || !knows_host(origin.substr(scheme + 3))))
    return "Origin: " + std::string(origin);
  return {};
}

// PostgreSQL holds text: no name in a query can be anything else. Empty: nothing is wrong.
std::string unreadable_query(const http::request& r) {
  const auto given = parse_form(r.query);
  if (!given) return "query: invalid percent-encoding";
  for (const auto& [name, value] : *given) {
    if (!is_storable(name)) return "query: a parameter's name is not UTF-8 text without NUL";
    if (!is_storable(value)) return name + ": invalid value; expected UTF-8 text without NUL";
  }
  return {};
}

// Where users are configured, everybody is one of them; what takes a bearer token may show that instead.
void operations::admit(http::request& r, http::responder answer) {
  if (const auto name = foreign_name(r); !name.empty())
    return answer(
        http::problem(403, "Forbidden", name + " is not a name of this daemon; [operations] hosts names more"));
  answer = with_etag(r, std::move(answer));
  if (const auto wrong = unreadable_query(r); !wrong.empty()) return answer(refuse(error(errc::malformed, wrong)));
  const bool may_show_token = r.path.starts_with("/api/") || r.path == "/-/reload";
  const bool shows_token = may_show_token && !bearer_token(r.header).empty();
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
  parts_.own.rebuilding(r.is_rebuilding);
  if (r.is_rebuilding && !std::exchange(is_rebuilding_, true))
    parts_.log.info("figures of an older derivation are shown while history is rebuilt");
  is_rebuilding_ = r.is_rebuilding;
  if (r.rebuilt && r.rebuilt->failure.empty())
    parts_.log.info("history rebuilt",
                    {{"rows", std::to_string(r.rebuilt->rows)}, {"took_ms", std::to_string(r.rebuilt->took.count())}});
  else if (r.rebuilt)
    parts_.log.warning("rebuild failed, retrying", {{"err", r.rebuilt->failure}});
  if (!r.success) parts_.own.database_failed(r.reason);
  parts_.own.reached(r.limit);
  for (std::size_t n = 0; n < r.folded_names; ++n) parts_.own.reached("figures.max_names");
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

// From this machine, and by no proxy on it; from elsewhere with a token.
void operations::reload(const http::request& r, const http::responder& answer) const {
  const bool is_forwarded = !r.header.get("X-Forwarded-For").empty() || !r.header.get("Forwarded").empty();
  if ((!is_local_ && !http::is_loopback(r.peer)) || is_forwarded)
    if (const auto who = authorize(settings_.tokens, r.header, "admin"); !who) return answer(refuse(who.error()));
  const auto done = parts_.reload(http::query_value(r, "force") == "true");
  const std::string kept = "the configuration was kept as it was:\n";
  if (!done.wrong.empty()) return answer({500, "text/plain", kept + done.wrong + '\n', {}});
  if (!done.losing.empty())
    return answer({409, "text/plain", kept + done.losing + "; POST /-/reload?force=true takes it all the same\n", {}});
  std::string said = "reloaded\n";
  for (const auto& key : done.at_start) said += key + " takes effect at the next start\n";
  answer({200, "text/plain", said, {}});
}

bool operations::may_read(const http::request& r, const http::responder& answer) const {
  // where users are asked, who shows no token was admitted as one of them
  if (users_.are_asked() ? bearer_token(r.header).empty() : is_local_) return true;
  const auto who = authorize(settings_.tokens, r.header, "read");
  if (!who) answer(refuse(who.error()));
  return who.has_value();
}

void operations::use(operations_settings settings) {
  users_.use(settings.people);
  settings.address = settings_.address;
  settings_ = std::move(settings);
  ++settings_changed_;
  for (auto* asked : {&reads_, &past_}) {
    auto& one = **asked;
    boost::asio::post(one.thread, [&one, limit = read_limit(settings_.bounds)] { one.reader.limit(limit); });
  }
}

}
