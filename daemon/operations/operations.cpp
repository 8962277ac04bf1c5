#include "daemon/operations/operations.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "collectors/canonical/canonical.hpp"
#include "collectors/credentials.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/figures/report.hpp"
#include "daemon/intake/answer.hpp"
#include "daemon/ledger/failure.hpp"
#include "daemon/ledger/shadow.hpp"
#include "daemon/operations/amend.hpp"
#include "daemon/operations/decide.hpp"
#include "daemon/operations/figures_api.hpp"
#include "daemon/operations/gate.hpp"
#include "daemon/operations/lists.hpp"
#include "daemon/operations/negotiate.hpp"
#include "daemon/tokens.hpp"

namespace releasehealth {

namespace asio = boost::asio;

namespace {

bool is_loopback(const http::endpoint& at) { return at.address.starts_with("127.") || at.address == "::1"; }

std::vector<json::object> find(ledger::reader& from, std::string_view thing, const std::string& name) {
  return thing == "deployment" ? from.find_deployments(name) : from.find_incidents(name);
}

session read_session(const session& database, const config& c) {
  return database.as("api").within(std::chrono::floor<std::chrono::milliseconds>(c.bounds.time("figures.timeout")));
}

error unknown(std::string_view thing) { return {errc::unknown, "no " + std::string(thing) + " of this id"}; }

// The review page comes here; until then, what Prometheus' conventions ask for.
void landing(const http::responder& answer) {
  answer({200,
          "text/html; charset=utf-8",
          "<!doctype html><html lang=\"en\"><head><title>releasehealthd</title></head><body><h1>releasehealthd</h1>"
          "<p>Release health as Prometheus metrics.</p><ul><li><a href=\"/metrics\">Metrics</a></li>"
          "<li><a href=\"/-/healthy\">Healthy</a></li><li><a href=\"/-/ready\">Ready</a></li></ul></body></html>\n",
          {{"Content-Security-Policy", "default-src 'none'"}, {"X-Content-Type-Options", "nosniff"}}});
}

}

namespace {

/// What a read gives: itself if it may fail on its own.
template <class T>
struct outcome_of {
  using type = result<T>;
};
template <class T>
struct outcome_of<result<T>> {
  using type = result<T>;
};

}

/// Reads of the API: one thread with its own connection, so that a slow one never holds up the io thread.
struct operations::reads {
  asio::io_context& io;
  ledger::reader reader;  // used by the thread only
  asio::thread_pool thread{1};

  /// Runs `read(reader)` on the thread and `then(result)` on the io thread; a failure is errc::unavailable.
  template <class Read, class Then>
  void run(Read read, Then then) {
    asio::post(thread,
               [this, read = std::move(read), then = std::move(then), guard = asio::make_work_guard(io)]() mutable {
                 typename outcome_of<decltype(read(reader))>::type out = error();
                 try {
                   out = read(reader);
                 } catch (const std::exception& e) {
                   error why(errc::unavailable, e.what());
                   if (ledger::is_timeout(e)) why.limit = "figures.timeout";
                   out = std::move(why);
                 }
                 asio::post(io, [out = std::move(out), then = std::move(then)]() mutable { then(std::move(out)); });
               });
  }
};

operations::operations(parts p, const config& c)
    : parts_(std::move(p)),
      users_(parts_.io, c.basic_auth_users),
      tokens_(c.tokens),
      bounds_(c.bounds),
      settings_(c.figures),
      timeline_(c.timeline),
      is_local_(is_loopback(c.operations)),
      reads_(new reads{parts_.io, ledger::reader(read_session(parts_.database, c))}),
      past_(new reads{parts_.io, ledger::reader(read_session(parts_.database, c))}) {
  using http::parameters;
  using http::request;
  using http::responder;
  const auto id = [](const parameters& path) { return path.find("id")->second; };
  routes_ = {
      {"GET", "/metrics", [this](request& r, const parameters&, responder a) { metrics_page(r, a); }},
      {"GET", "/-/healthy",
       [](request&, const parameters&, responder a) {
         a({200, "text/plain", "healthy\n", {}});
       }},
      {"GET", "/-/ready", [this](request&, const parameters&, responder a) { ready(a); }},
      {"POST", "/-/reload", [this](request&, const parameters&, responder a) { reload(a); }},
      {"GET", "/", [](request&, const parameters&, responder a) { landing(a); }},
      {"GET", "/api/v1/figures",
       [this](request& r, const parameters&, responder a) { figures(r, std::move(a), false); }},
      {"GET", "/api/v1/months", [this](request& r, const parameters&, responder a) { figures(r, std::move(a), true); }},
      {"POST", "/api/v1/decide", [this](request& r, const parameters&, responder a) { decide(r, std::move(a)); }},
      {"GET", "/api/v1/figures/{id}/explain",
       [this, id](request& r, const parameters& path, responder a) { explain_figure(id(path), r, std::move(a)); }},
  };
  routes_.push_back(
      {"GET", "/api/v1/gate", [this](request& r, const parameters&, responder a) { gate(r, std::move(a)); }});
  routes_.push_back(
      {"GET", "/badge/{id}", [this, id](request&, const parameters& path, responder a) { badge(id(path), a); }});
  for (const auto& l : lists()) {
    list_paths_.push_back("/api/v1/" + std::string(l.name));
    routes_.push_back({"GET", list_paths_.back(),
                       [this, &l](request& r, const parameters&, responder a) { list(l, r, std::move(a)); }});
  }
  static constexpr struct {
    std::string_view thing, one, why;
  } things[] = {{"deployment", "/api/v1/deployments/{id}", "/api/v1/deployments/{id}/explain"},
                {"incident", "/api/v1/incidents/{id}", "/api/v1/incidents/{id}/explain"}};
  for (const auto& t : things) {
    const auto add = [&](std::string_view method, std::string_view path_pattern, auto handle) {
      routes_.push_back(
          {method, path_pattern, [this, id, thing = t.thing, handle](request& r, const parameters& path, responder a) {
             (this->*handle)(thing, id(path), r, std::move(a));
           }});
    };
    add("GET", t.one, &operations::show);
    add("PATCH", t.one, &operations::amend);
    add("GET", t.why, &operations::explain);
  }
}

operations::~operations() {
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
    constexpr std::size_t enough = 32;
    if (a.status != 200) return answer(std::move(a));
    const auto tag = '"' + sha256_hex(a.body).substr(0, enough) + '"';
    if (known.find(tag) != known.npos) a = {304, {}, {}, {}};
    a.header.emplace_back("ETag", tag);
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
  if (r.figures) page_ = std::move(r.figures);
}

// The last good page of the figures, then our own metrics; never waits for PostgreSQL. gzip members may follow one
// another, so the page's compressed twin is sent as it is.
void operations::metrics_page(const http::request& r, const http::responder& answer) const {
  const auto format = negotiate_format(r.header.get("Accept"));
  const auto at = static_cast<std::size_t>(format);
  auto own = parts_.own.render(format);
  if (format == text_format::openmetrics) own += exposition::end_of_openmetrics;
  http::response out{200, std::string(exposition::content_type(format)), {}, {{"Vary", "Accept, Accept-Encoding"}}};
  if (accepts_gzip(r.header.get("Accept-Encoding"))) {
    out.header.emplace_back("Content-Encoding", "gzip");
    out.body = (page_ ? page_->gzip[at] : std::string()) + gzip(own);
  } else {
    out.body = (page_ ? page_->text[at] : std::string()) + own;
  }
  answer(std::move(out));
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
  timeline_ = c.timeline;
}

void operations::figures(http::request& r, http::responder answer, bool months) {
  if (!may_read(r, answer)) return;
  const auto now = parts_.clock();
  const auto as_of = read_as_of(r, now);
  if (!as_of) return answer(refuse(as_of.error()));
  const auto at = as_of->value_or(now);
  auto question = months ? read_months_question(r, settings_, at) : read_figure_question(r, settings_, at);
  if (!question) return answer(refuse(question.error()));
  const bool as_csv = r.header.get("Accept").starts_with("text/csv");
  const auto write = [this, months, as_csv, answer](result<snapshot> s) {
    if (!s) return answer(refuse(s.error()));
    if (as_csv) return answer({200, "text/csv; charset=utf-8", csv_report(*s, settings_), {}});
    auto all = figures_json(*s, settings_);
    if (const auto spooled = parts_.queue.spooled().deliveries; spooled > 0)  // acknowledged, and not in these figures
      for (auto& one : all) one.as_object()["spooled"] = spooled;
    answer(http::json_answer(200, months ? json::value(std::move(all)) : std::move(all.front())));
  };
  if (!*as_of)
    return reads_->run([question = std::move(*question), settings = settings_,
                        now](ledger::reader& from) { return answer_question(from, question, settings, now); },
                       write);
  if (std::exchange(looks_back_, true))
    return answer(http::problem(503, "Service Unavailable", "another question about the past is being answered"));
  past_->run(
      [question = std::move(*question), settings = settings_, timeline = timeline_,
       database = parts_.database.as("past"), at](ledger::reader&) {
        ledger::shadow past(database, timeline, at);
        return answer_question(past.read(), question, settings, at);
      },
      [this, write](result<snapshot> s) {
        looks_back_ = false;
        write(std::move(s));
      });
}

void operations::list(const listed& of, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  auto q = read_list_question(of, r);
  if (!q) return answer(refuse(q.error()));
  const bool as_csv = r.header.get("Accept").starts_with("text/csv");
  reads_->run([&of, q = std::move(*q), settings = settings_,
               as_csv](ledger::reader& from) { return answer_list(from, of, q, settings, as_csv); },
              [answer = std::move(answer)](result<http::response> page) {
                answer(page ? std::move(*page) : refuse(page.error()));
              });
}

void operations::gate(http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  const auto service = http::query_value(r, "service"), where = http::query_value(r, "environment");
  if (service.empty()) return answer(refuse(error(errc::malformed, "service: is missing")));
  ask_about(service, where, [answer = std::move(answer)](const result<std::vector<broken_limit>>& broken) {
    answer(broken ? http::json_answer(200, verdict_json(*broken)) : refuse(broken.error()));
  });
}

void operations::badge(const std::string& file, const http::responder& answer) {
  constexpr std::string_view ending = ".svg";
  if (!file.ends_with(ending)) return answer(refuse(error(errc::unknown, "badges end with .svg")));
  ask_about(file.substr(0, file.size() - ending.size()), {},
            [answer](const result<std::vector<broken_limit>>& broken) { answer(releasehealth::badge(broken)); });
}

template <class Then>
void operations::ask_about(const std::string& service, const std::string& where, Then then) {
  reads_->run([service, where, settings = settings_,
               now = parts_.clock()](ledger::reader& from) { return ask_gate(from, service, where, settings, now); },
              std::move(then));
}

void operations::show(std::string_view thing, const std::string& id, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  reads_->run([thing, id](ledger::reader& from) { return find(from, thing, id); },
              [thing, answer = std::move(answer)](result<std::vector<json::object>> found) {
                if (!found) return answer(refuse(found.error()));
                if (found->empty()) return answer(refuse(unknown(thing)));
                answer(http::json_answer(200, found->front()));
              });
}

void operations::explain(std::string_view thing, const std::string& id, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  reads_->run(
      [thing, id](ledger::reader& from) {
        return thing == "deployment" ? explain_deployment(from, id) : explain_incident(from, id);
      },
      [thing, answer = std::move(answer)](result<std::vector<explanation>> all) {
        if (!all) return answer(refuse(all.error()));
        if (all->empty()) return answer(refuse(unknown(thing)));
        answer(http::json_answer(200, as_json(all->front())));
      });
}

void operations::explain_figure(const std::string& figure, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  figure_inquiry q;
  q.figure = figure;
  for (const auto& [into, name] : {std::pair(&q.service, "service"), std::pair(&q.environment, "environment"),
                                   std::pair(&q.team, "team"), std::pair(&q.period, "period")})
    if (auto given = http::query_value(r, name); !given.empty()) *into = std::move(given);
  std::set<std::string_view> names = {"quantile"};
  for (const auto& f : releasehealth::figures())
    if (!f.label.empty()) names.insert(f.label);
  for (const auto name : names)
    if (auto given = http::query_value(r, name); !given.empty()) q.labels.emplace_back(name, std::move(given));
  reads_->run([q, settings = settings_, now = parts_.clock()](
                  ledger::reader& from) { return releasehealth::explain_figure(from, q, settings, now); },
              [answer = std::move(answer)](result<std::vector<explanation>> asked) {
                if (!asked) return answer(refuse(asked.error()));
                json::array all;
                for (const auto& e : *asked) all.push_back(as_json(e));
                answer(http::json_answer(200, {{"items", std::move(all)}, {"next", nullptr}}));
              });
}

void operations::decide(http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  const auto now = parts_.clock();
  auto q = read_decision_question(r.body, now);
  if (!q) return answer(refuse(q.error()));
  const auto name = q->incident;  // before the question goes to the other lambda
  reads_->run(
      [name](ledger::reader& from) { return name.empty() ? std::vector<json::object>() : from.find_incidents(name); },
      [this, q = std::move(*q), now, answer = std::move(answer)](result<std::vector<json::object>> found) {
        if (!found) return answer(refuse(found.error()));
        if (found->empty() && !q.incident.empty()) return answer(refuse(unknown("incident")));
        auto decided = answer_decision(timeline_.decisions, q, found->empty() ? nullptr : &found->front(), now);
        if (!decided) return answer(refuse(decided.error()));
        answer(http::json_answer(200, std::move(*decided)));
      });
}

void operations::amend(std::string_view thing, const std::string& id, http::request& r, http::responder answer) {
  auto who = authorize(tokens_, r.header, "amend");
  if (!who) return answer(refuse(who.error()));
  const auto now = parts_.clock();
  auto patch = read_amendment(thing, r.header.get("Content-Type"), r.body, now);
  if (!patch) return answer(refuse(patch.error()));
  reads_->run([thing, id](ledger::reader& from) { return find(from, thing, id); },
              [this, thing, id, now, by = (*who)->name, patch = std::move(*patch),
               answer = std::move(answer)](result<std::vector<json::object>> found) mutable {
                if (!found) return answer(refuse(found.error()));
                const auto known =
                    std::ranges::find_if(*found, [&](const auto& row) { return row.at("id") == json::string(id); });
                if (known == found->end()) return answer(refuse(unknown(thing)));
                parts_.log.info("override", {{std::string(thing), id}, {"by", by}});
                parts_.queue.append(override_entry(thing, *known, std::move(patch), by, now),
                                    [this, answer = std::move(answer)](result<ledger::stored> stored) {
                                      if (!stored) return answer(refuse(stored.error()));
                                      parts_.stored();
                                      answer(http::json_answer(202, {{"accepted", stored->accepted}}));
                                    });
              });
}

}
