#include "daemon/intake/intake.hpp"

#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/credentials.hpp"
#include "collectors/fields.hpp"
#include "collectors/setup.hpp"
#include "daemon/access/tokens.hpp"
#include "daemon/http/problem.hpp"
#include "daemon/intake/receive.hpp"

namespace releasehealth {
namespace {

constexpr const char* test_passed = "a test delivery: address and secret are right";

constexpr std::string_view webhooks = "/webhooks/";

// The name in /webhooks/{name}/...; all other paths accept canonical events.
std::string_view source_in(std::string_view path) {
  if (!path.starts_with(webhooks)) return canonical::source_name;
  path.remove_prefix(webhooks.size());
  return path.substr(0, path.find('/'));
}

// The outcome under which a rejected delivery is counted.
outcome outcome_of(errc code) {
  switch (code) {
    case errc::malformed:
    case errc::unknown:
    case errc::media_type: return outcome::malformed;
    case errc::unauthorized:
    case errc::forbidden: return outcome::unauthorized;
    case errc::unreadable: return outcome::dead;
    case errc::too_large: return outcome::too_large;
    case errc::unavailable:
    case errc::internal: break;
  }
  return outcome::unavailable;
}

}

struct intake::arrival {
  std::string source;
  timestamp received_at;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  std::size_t unreadable = 0;  ///< elements that were skipped
  http::responder answer;
};

intake::intake(intake_settings settings, ledger::commit_queue& queue, metrics& m, ledger::source_journal& journal,
               const logger& log, wall_clock clock, touch_signal& stored)
    : settings_(std::move(settings)),
      queue_(queue),
      metrics_(m),
      journal_(journal),
      log_(log),
      clock_(std::move(clock)),
      stored_(stored) {
  using http::parameters;
  using http::request;
  using http::responder;
  const auto take = [this](request& r, const parameters& p, responder answer) { webhook(r, p, std::move(answer)); };
  routes_ = {
      {"POST",
       "/webhooks/{name}",
       take,
       {"intake",
        "Accepts a delivery of the source with this name, signed in the source's format.",
        "Answer",
        "application/json",
        {},
        false,
        202}},
      {"POST", "/webhooks/{name}/{path...}", take},
      {"OPTIONS",
       "/webhooks/{name}",
       [this](request& r, const parameters& p, responder answer) { consent(r, p, answer); },
       {"intake", "Answers the CloudEvents webhook handshake."}},
      {"POST",
       "/api/v1/events",
       [this](request& r, const parameters&, responder answer) { events(r, std::move(answer)); },
       {"intake", "Accepts canonical events: one object, an array or NDJSON.", "Answer", "Events", "send", false, 202}},
  };
}

void intake::use(intake_settings settings) { settings_ = std::move(settings); }

const source* intake::find_source(std::string_view name) const {
  const auto found = std::ranges::find(settings_.sources, name, &source::name);
  return found == settings_.sources.end() ? nullptr : &*found;
}

std::size_t intake::body_limit(const http::request& r) const {
  const auto* s = find_source(source_in(r.path));
  if (!s) return settings_.bounds.size("intake.max_body_bytes");
  return s->body_limit > 0 ? s->body_limit : find_collector(s->kind)->body_limit;
}

body_limits intake::may_hold() const {
  return {settings_.bounds.size("intake.max_json_depth"), settings_.bounds.size("intake.max_json_values"),
          settings_.bounds.size("intake.max_batch")};
}

http::service intake::service() {
  return {.body_limit = [this](const http::request& r) { return body_limit(r); },
          .handle = [this](http::request& r, http::responder answer) { http::dispatch(routes_, r, answer); },
          .done = [this](const http::request& r, const http::response& a) { done(r, a); },
          .reached = [this](std::string_view limit) { metrics_.reached("intake." + std::string(limit)); }};
}

// Signatures cover the bytes as received, and no supported sender compresses bodies.
std::optional<error> refuse_encoding(const http::request& r) {
  const auto encoding = r.header.get("Content-Encoding");
  if (encoding.empty() || encoding == "identity") return {};
  return error(errc::media_type,
               "Content-Encoding: unsupported encoding \"" + std::string(encoding) + "\"; expected none");
}

void intake::count(std::string_view source, outcome became, timestamp instant, std::string_view reason) {
  metrics_.delivery(source, became, instant);
  if (source == canonical::source_name || find_source(source)) journal_.note(source, word(became), instant, reason);
}

// Counts deliveries that are too large: the server rejects them before a handler runs.
void intake::done(const http::request& r, const http::response& a) {
  if (a.status == 413) count(source_in(r.path), outcome::too_large, clock_(), "request body exceeds the limit");
  if (!a.limit.empty())
    metrics_.reached(a.limit);
  else if (a.status == 413)
    metrics_.reached(find_source(source_in(r.path)) ? "source.max_body_bytes" : "intake.max_body_bytes");
  log_.debug("request",
             {{"method", r.method}, {"path", r.path}, {"status", std::to_string(a.status)}, {"peer", r.peer}});
}

void intake::refused(const arrival& a, const error& e, std::string_view authenticate) {
  // errc::too_large is counted in done(), like rejections by the server.
  if (e.code != errc::too_large) count(a.source, outcome_of(e.code), a.received_at, e.text());
  if (const auto left_out = refusals_.next(a.source, a.began)) {
    if (*left_out > 0)
      log_.warning("rejections not logged", {{"source", a.source}, {"count", std::to_string(*left_out)}});
    log_.warning("delivery rejected",
                 {{"source", a.source}, {"status", std::to_string(http::status_of(e.code))}, {"err", e.text()}});
  }
  a.answer(http::refuse(e, authenticate));
}

// The CloudEvents handshake (sources.md §12): a sender asks for permission to send. Deliveries still need a valid
// signature. Callback URLs are never called.
void intake::consent(const http::request& r, const http::parameters& path, const http::responder& answer) const {
  if (!find_source(path.find("name")->second))
    return answer(http::problem(404, "unknown source " + in_quotes(path.find("name")->second)));
  http::response out{200, "text/plain", {}, {{"Allow", "POST, OPTIONS"}}};
  if (const auto origin = r.header.get("WebHook-Request-Origin"); !origin.empty()) {
    out.header.emplace_back("WebHook-Allowed-Origin", "*");
    if (!r.header.get("WebHook-Request-Rate").empty()) out.header.emplace_back("WebHook-Allowed-Rate", "*");
  }
  answer(std::move(out));
}

void intake::ignore(const arrival& a, const std::string& why, outcome became) {
  count(a.source, became, a.received_at, why);
  a.answer(http::json_answer(202, {{"accepted", 0}, {"duplicates", 0}, {"ignored", 1}, {"reason", why}}));
}

void intake::webhook(http::request& r, const http::parameters& path, http::responder answer) {
  const auto* sender = find_source(path.find("name")->second);
  if (!sender) return answer(http::problem(404, "unknown source " + in_quotes(path.find("name")->second)));
  const auto& kind = *find_collector(sender->kind);
  const auto below = std::string_view(r.path).substr(webhooks.size() + sender->name.size());
  if (!below.empty() && !kind.takes_paths)
    return answer(http::problem(404, "a source of kind " + sender->kind + " accepts no path after its name"));
  arrival a{.source = sender->name, .received_at = clock_(), .answer = std::move(answer)};
  const delivery d{r.header, r.body, a.received_at, r.query, below, may_hold()};
  if (!sender->unauthenticated && !kind.authentic(*sender, d))
    return refused(a, error(errc::unauthorized, "the signature is missing or wrong"), "Signature");
  if (const auto encoded = refuse_encoding(r)) return refused(a, *encoded);
  if (!r.header.get(test_header).empty()) return ignore(a, test_passed, outcome::test);

  auto read = receive(*sender, d, settings_.names);
  if (!read) return refused(a, read.error());
  if (!read->ignored.empty()) {
    log_.debug("delivery ignored", {{"source", a.source}, {"delivery_id", read->entry.key}, {"reason", read->ignored}});
    return ignore(a, read->ignored);
  }
  a.unreadable = read->unreadable;
  read->entry.body = std::move(r.body);
  store(std::move(a), std::move(read->entry));
}

void intake::events(http::request& r, http::responder answer) {
  arrival a{.source = canonical::source_name, .received_at = clock_(), .answer = std::move(answer)};
  const auto who = authorize_sender(settings_.tokens, r.header, r.body, a.received_at);
  if (!who) return refused(a, who.error());
  if (const auto encoded = refuse_encoding(r)) return refused(a, *encoded);
  if (!r.header.get(test_header).empty()) return ignore(a, test_passed, outcome::test);
  const auto type = r.header.get("Content-Type");
  auto read = canonical::read_events(type, r.body, a.received_at, may_hold());
  if (!read) return refused(a, read.error());
  if (const auto wrong = outside_of(**who, *read, r.body)) return refused(a, *wrong);
  if (read->empty()) return a.answer(http::json_answer(202, {{"accepted", 0}, {"duplicates", 0}, {"ignored", 0}}));
  ledger::entry e;
  e.source = canonical::source_name;
  const auto id = read_standard_webhook(r.header).id;
  e.key = id.empty() ? sha256_hex(r.body) : std::string(id);
  e.received_at = a.received_at;
  e.events = std::move(*read);
  if (!(*who)->permitted.is_everything()) {  // a restricted token has its own namespace of ids and subjects
    e.key = (*who)->name + ' ' + e.key;
    for (auto& one : e.events) one.source = source_of(**who);
  }
  e.headers = kept_headers(r.header);
  e.headers[token_header] = (*who)->name;
  e.body = std::move(r.body);
  e.is_whole = true;
  store(std::move(a), std::move(e));
}

std::optional<error> intake::outside_of(const token& permitted, const std::vector<event>& all,
                                        std::string_view body) const {
  std::vector<problem> found;
  const auto first = body.find_first_not_of(" \t\r\n");
  const bool is_one = all.size() == 1 && first != body.npos && body[first] == '{';
  for (std::size_t n = 0; n < all.size() && found.size() < max_problems; ++n)
    for (auto& p : outside(permitted.permitted, all[n], source_of(permitted), settings_.names, false,
                           is_one ? "" : '/' + std::to_string(n)))
      found.push_back(std::move(p));
  if (found.empty()) return {};
  return error(errc::forbidden, "nothing was stored", std::move(found));
}

void intake::store(arrival a, ledger::entry e) {
  const auto key = e.key, detail = e.detail;
  queue_.append(
      std::move(e), [this, a = std::move(a), key, detail, was_dead = e.outcome == "dead"](result<ledger::stored> r) {
        metrics_.delivery_took(std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - a.began));
        if (!r) return refused(a, r.error());
        const auto why = r->refused.empty() ? detail : r->refused;
        const bool dead = was_dead || !r->refused.empty();
        const auto became = r->duplicate_delivery || (r->accepted == 0 && !dead) ? outcome::duplicate
                            : dead                                               ? outcome::dead
                                                                                 : outcome::accepted;
        count(a.source, became, a.received_at, became == outcome::duplicate ? std::string_view() : why);
        if (!r->duplicate_delivery && !dead) metrics_.unreadable(a.source, a.unreadable);
        if (dead || (!why.empty() && !r->duplicate_delivery))
          log_.warning(dead ? "delivery dead-lettered" : "delivery partly dead-lettered",
                       {{"source", a.source}, {"delivery_id", key}, {"err", why}});
        else
          log_.debug("delivery", {{"source", a.source},
                                  {"delivery_id", key},
                                  {"accepted", std::to_string(r->accepted)},
                                  {"duplicates", std::to_string(r->duplicates)}});
        if (r->accepted > 0 || dead) stored_.touch();
        a.answer(http::json_answer(202, {{"accepted", r->accepted}, {"duplicates", r->duplicates}, {"ignored", 0}}));
      });
}

}
