#include "daemon/api/listener.hpp"

#include "collectors/base/form.hpp"
#include "collectors/fields.hpp"
#include "daemon/api/negotiate.hpp"
#include "daemon/api/response_cache.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/derivation/shadow.hpp"
#include "daemon/figures/refresh.hpp"

namespace releasehealth::api {
namespace {

std::chrono::milliseconds read_limit(const settings& current) {
  return std::chrono::ceil<std::chrono::milliseconds>(current.bounds.time("figures.timeout"));
}

// Responds 304 if the client already has the response (RFC 9110).
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

// Names and values must be text that PostgreSQL can store. Empty: valid.
std::string unreadable_query(const http::request& r) {
  const auto given = parse_form(r.query);
  if (!given) return "query: invalid percent-encoding";
  for (const auto& [name, value] : *given) {
    if (!is_storable(name)) return "query: invalid parameter name; expected UTF-8 text without NUL";
    if (!is_storable(value)) return name + ": invalid value; expected UTF-8 text without NUL";
  }
  return {};
}

}

/// The response to one request; called on the io thread. The endpoint formats errors.
struct listener::reply {
  const endpoint& destination;
  timestamp now;
  http::responder answer;

  void operator()(result<http::response> found) const {
    answer(found ? std::move(*found) : destination.refuse(found.error(), now));
  }
  /// Computes the ETag of a large response on the thread that wrote it.
  void tag(result<http::response>& found) const {
    if (found && found->status == 200 && destination.method == "GET" && destination.path.starts_with("/api/"))
      tag_of(*found);
  }
};

/// A thread that queries PostgreSQL for the io thread.
struct listener::reads {
  const parts& around;
  ledger::reader reader;  // used only on the thread, as is the cache
  response_cache cache = {};
  worker thread;

  reads(const parts& p, const session& s, thread_name name) : around(p), reader(s), thread(name) {}

  /// Runs `read(reader)` on the thread and `then(result)` on the io thread. ledger::failure_of() maps exceptions to
  /// errors.
  template <class Read, class Then>
  void run(Read read, Then then) {
    thread.run(
        around.io,
        [this, read = std::move(read)]() -> decltype(read(reader)) {
          try {
            return read(reader);
          } catch (const std::exception& e) {
            auto why = ledger::failure_of(e);
            if (ledger::is_timeout(e)) why.limit = "figures.timeout";
            if (why.code == errc::internal) around.log.error("request failed", {{"err", why.log}});
            return why;
          }
        },
        std::move(then));
  }
};

listener::listener(parts p, settings given)
    : parts_(std::move(p)),
      settings_(std::make_shared<const settings>(std::move(given))),
      admission_(parts_.io, *settings_),
      endpoints_(endpoints(
          {parts_.queue, parts_.page, parts_.own, parts_.log, parts_.ready, parts_.reload, routes_, parts_.intake})) {
  const auto reading = parts_.database.as("api").within(read_limit(*settings_));
  reads_ = std::make_unique<reads>(parts_, reading, thread_name("read"));
  past_ = std::make_unique<reads>(parts_, reading, thread_name("past"));
  for (const auto& e : endpoints_)
    routes_.push_back({e.method, e.path,
                       [this, &e](http::request& r, const http::parameters& path, http::responder answer) {
                         begin(e, r, path, std::move(answer));
                       },
                       e.documentation});
}

listener::~listener() = default;

http::service listener::service() {
  return {.body_limit = [this](const http::request&) { return settings_->bounds.size("operations.max_body_bytes"); },
          .handle = [this](http::request& r, http::responder answer) { admit(r, std::move(answer)); },
          .done = [this](const http::request& r, const http::response& a) { done(r, a); },
          .reached = [this](std::string_view limit) { parts_.own.reached("operations." + std::string(limit)); }};
}

void listener::done(const http::request& r, const http::response& a) {
  if (!a.limit.empty())
    parts_.own.reached(a.limit);
  else if (a.status == 413)
    parts_.own.reached("operations.max_body_bytes");
  parts_.log.debug("request",
                   {{"method", r.method}, {"path", r.path}, {"status", std::to_string(a.status)}, {"peer", r.peer}});
}

void listener::admit(http::request& r, http::responder answer) {
  if (const auto name = admission_.foreign_name(r); !name.empty())
    return answer(http::problem(403, name + " is not accepted; expected a loopback name or one of [operations] hosts"));
  answer = with_etag(r, std::move(answer));
  if (const auto wrong = unreadable_query(r); !wrong.empty()) return answer(http::problem(400, wrong));
  // the request lives until the response is sent
  admission_.identify(r, [this, &r, answer = std::move(answer)](const std::optional<error>& why_not) {
    if (why_not) return answer(http::refuse(*why_not, "Basic realm=\"releasehealthd\""));
    http::dispatch(routes_, r, answer);
  });
}

void listener::begin(const endpoint& e, http::request& r, const http::parameters& path, http::responder answer) {
  const auto who = admission_.authorize(r, e.documentation.scope);
  if (!who) return answer(http::refuse(who.error()));
  const reply recipient{e, parts_.clock(), std::move(answer)};
  auto next = e.begin({r, path, recipient.now, settings_, *who});
  if (!next) return recipient(next.error());
  std::visit([&](auto& steps) { carry_out(std::move(steps), recipient); }, *next);
}

void listener::carry_out(http::response written, const reply& recipient) { recipient(std::move(written)); }

void listener::carry_out(rendering steps, const reply& recipient) {
  scrapes_.run(
      parts_.io, [write = std::move(steps.write)]() -> result<http::response> { return write(); }, recipient);
}

void listener::carry_out(reading steps, const reply& recipient) {
  const auto minute = recipient.now.time_since_epoch() / duration(refresher::window_tick);
  reads_->run(
      [steps = std::move(steps), minute, changed = settings_changed_, &cache = reads_->cache,
       recipient](ledger::reader& database) {
        const auto read = [&] {
          auto found = steps.read(database);
          recipient.tag(found);
          return found;
        };
        return steps.cached_as.empty()
                   ? read()
                   : cache.find_or(steps.cached_as, {database.state_of_places(), minute, changed}, read);
      },
      recipient);
}

void listener::carry_out(looking_back steps, const reply& recipient) {
  if (std::exchange(looks_back_, true))
    return recipient(error(errc::unavailable, "another as_of query is in progress; retry later"));
  past_->run(
      [steps = std::move(steps), current = settings_, database = parts_.database.as("past"),
       recipient](ledger::reader&) {
        ledger::shadow past(database, current->timeline, steps.as_of);
        auto found = steps.read(past.read());
        recipient.tag(found);
        return found;
      },
      [this, recipient](result<http::response> found) {
        looks_back_ = false;
        recipient(std::move(found));
      });
}

void listener::carry_out(appending steps, const reply& recipient) {
  reads_->run(std::move(steps.make), [this, recipient](result<ledger::entry> made) {
    if (!made) return recipient(made.error());
    parts_.queue.append(std::move(*made), [this, recipient](result<ledger::stored> stored) {
      if (!stored) return recipient(stored.error());
      parts_.stored.touch();
      recipient(http::json_answer(202, {{"accepted", stored->accepted}}));
    });
  });
}

void listener::use(settings current) {
  current.address = settings_->address;
  settings_ = std::make_shared<const settings>(std::move(current));
  ++settings_changed_;
  admission_.use(*settings_);
  for (auto* one : {&reads_, &past_})
    (*one)->thread.post([&reader = (*one)->reader, limit = read_limit(*settings_)] { reader.limit(limit); });
}

}
