#include "daemon/operations/operations.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "collectors/canonical/canonical.hpp"
#include "daemon/figures/report.hpp"
#include "daemon/intake/answer.hpp"
#include "daemon/operations/amend.hpp"
#include "daemon/operations/figures_api.hpp"
#include "daemon/operations/negotiate.hpp"
#include "daemon/tokens.hpp"

namespace releasehealth {

namespace asio = boost::asio;

namespace {

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
                 result<decltype(read(reader))> out = error();
                 try {
                   out = read(reader);
                 } catch (const std::exception& e) {
                   out = error(errc::unavailable, e.what());
                 }
                 asio::post(io, [out = std::move(out), then = std::move(then)]() mutable { then(std::move(out)); });
               });
  }
};

operations::operations(parts p, std::vector<token> tokens, figure_settings settings, bool is_local)
    : parts_(std::move(p)),
      tokens_(std::move(tokens)),
      settings_(std::move(settings)),
      is_local_(is_local),
      reads_(new reads{parts_.io, ledger::reader(parts_.database.as("api"))}) {
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
      {"GET", "/api/v1/deployments/{id}",
       [this, id](request& r, const parameters& path, responder a) { show(id(path), r, std::move(a)); }},
      {"PATCH", "/api/v1/deployments/{id}",
       [this, id](request& r, const parameters& path, responder a) { amend(id(path), r, std::move(a)); }},
  };
}

operations::~operations() { reads_->thread.join(); }

http::service operations::service() {
  return {.body_limit = [](const http::request&) { return canonical::body_limit; },
          .handle = [this](http::request& r, http::responder answer) { http::dispatch(routes_, r, answer); },
          .done =
              [this](const http::request& r, const http::response& a) {
                parts_.log.debug(
                    "request",
                    {{"method", r.method}, {"path", r.path}, {"status", std::to_string(a.status)}, {"peer", r.peer}});
              }};
}

void operations::publish(refreshed r) {
  database_up_ = r.database_up;
  parts_.own.database(r.database_up);
  parts_.own.refresh(r.success, r.at, r.took);
  if (r.failure != last_failure_) {  // said once, not at every tick
    last_failure_ = r.failure;
    if (r.success)
      parts_.log.info("refresh succeeds again");
    else
      parts_.log.warning("refresh failed; the last figures stay", {{"err", r.failure}});
  }
  if (r.success) parts_.own.ledger(r.ledger);
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
  if (!database_up_) return answer({503, "text/plain", "PostgreSQL does not answer\n", {}});
  answer({200, "text/plain", "ready\n", {}});
}

void operations::reload(const http::responder& answer) const {
  const auto wrong = parts_.reload();
  if (wrong.empty()) return answer({200, "text/plain", "reloaded\n", {}});
  answer({500, "text/plain", "the configuration was kept as it was:\n" + wrong + '\n', {}});
}

bool operations::may_read(const http::request& r, const http::responder& answer) const {
  if (is_local_) return true;
  const auto who = authorize(tokens_, r.header, "read");
  if (!who) answer(refuse(who.error()));
  return who.has_value();
}

void operations::use(std::vector<token> tokens, figure_settings settings) {
  tokens_ = std::move(tokens);
  settings_ = std::move(settings);
}

void operations::figures(http::request& r, http::responder answer, bool months) {
  if (!may_read(r, answer)) return;
  const auto now = parts_.clock();
  auto question = months ? read_months_question(r, settings_, now) : read_figure_question(r, settings_, now);
  if (!question) return answer(refuse(question.error()));
  const bool as_csv = r.header.get("Accept").starts_with("text/csv");
  reads_->run([question = std::move(*question), settings = settings_,
               now](ledger::reader& from) { return answer_question(from, question, settings, now); },
              [this, months, as_csv, answer = std::move(answer)](result<snapshot> s) {
                if (!s) return answer(refuse(s.error()));
                if (as_csv) return answer({200, "text/csv; charset=utf-8", csv_report(*s, settings_), {}});
                auto all = figures_json(*s, settings_);
                answer(http::json_answer(200, months ? json::value(std::move(all)) : std::move(all.front())));
              });
}

void operations::show(const std::string& id, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  reads_->run([id](ledger::reader& from) { return from.find_deployments(id); },
              [answer = std::move(answer)](result<std::vector<json::object>> found) {
                if (!found) return answer(refuse(found.error()));
                if (found->empty()) return answer(refuse(error(errc::unknown, "no deployment of this id")));
                answer(http::json_answer(200, found->front()));
              });
}

void operations::amend(const std::string& id, http::request& r, http::responder answer) {
  auto who = authorize(tokens_, r.header, "amend");
  if (!who) return answer(refuse(who.error()));
  const auto now = parts_.clock();
  auto patch = read_amendment(r.header.get("Content-Type"), r.body, now);
  if (!patch) return answer(refuse(patch.error()));
  reads_->run([id](ledger::reader& from) { return from.find_deployments(id); },
              [this, id, now, by = (*who)->name, patch = std::move(*patch),
               answer = std::move(answer)](result<std::vector<json::object>> found) mutable {
                if (!found) return answer(refuse(found.error()));
                const auto known =
                    std::ranges::find_if(*found, [&](const auto& d) { return d.at("id") == json::string(id); });
                if (known == found->end()) return answer(refuse(error(errc::unknown, "no deployment of this id")));
                parts_.log.info("override", {{"deployment", id}, {"by", by}});
                parts_.queue.append(override_entry(*known, std::move(patch), by, now),
                                    [this, answer = std::move(answer)](result<ledger::stored> stored) {
                                      if (!stored) return answer(refuse(stored.error()));
                                      parts_.stored();
                                      answer(http::json_answer(202, {{"accepted", stored->accepted}}));
                                    });
              });
}

}
