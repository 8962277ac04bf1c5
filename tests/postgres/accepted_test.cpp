// Whatever intake accepts, everything behind it can read: spool, ledger, derivation, export, import, replay, explain,
// pages. RELEASEHEALTH_EVENTS=10000 in the long run.
#include <cstdlib>
#include <functional>
#include <random>
#include <set>
#include <sstream>

#include "collectors/base/form.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "daemon/import/history.hpp"
#include "daemon/intake/receive.hpp"
#include "daemon/ledger/replay.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"
#include "tests/postgres/history.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const auto noon = *parse_time("2026-11-20T12:00:00Z");
constexpr body_limits deepest{most_json_depth, 1'000'000, 10'000};

unsigned event_count() {
  const char* asked = std::getenv("RELEASEHEALTH_EVENTS");
  return asked ? static_cast<unsigned>(std::stoul(asked)) : 300;
}

/// Events as text, near every limit: some are beyond it, and rejected.
class random_events {
 public:
  explicit random_events(unsigned seed) : random_(seed) {}

  std::string next() {
    static const char* const types[] = {"deployment", "deployment", "incident", "work", "flag", "commit", "retraction"};
    const std::string type = types[pick(7)];
    std::string out =
        R"({"id":"e)" + std::to_string(++count_) + R"(","type":")" + type + R"(","time":")" + time() + '"';
    if (type == "retraction") out += R"(,"of":"deployment","subject":"e1")";
    if (type == "commit" || one_in(4)) out += R"(,"subject":)" + name();
    std::set<std::string_view> given;
    for (const auto& f : fields())
      if (f.types.contains(*parse_word<event_type>(type)) && f.name != "of" && one_in(4) && given.insert(f.name).second)
        out += ",\"" + std::string(f.name) + "\":" + value_of(f);
    if (type == "deployment" && !given.contains("service")) out += R"(,"service":)" + service();
    if (type == "deployment" && !given.contains("state")) out += R"(,"state":"succeeded")";
    if (one_in(2)) out += ",\"unheard of\":" + any(depth());
    return out + '}';
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool one_in(int n) { return pick(n) == 0; }
  int depth() { return one_in(3) ? 90 + pick(12) : pick(34); }

  std::string time() {
    static const char* const odd[] = {"1990-01-01T00:00:00Z", "1989-12-31T23:59:59.999999Z", "2026-11-20T12:05:00Z",
                                      "2026-11-20T12:05:00.000001Z"};
    if (one_in(30)) return odd[pick(4)];
    return format_time(noon - std::chrono::minutes(pick(60 * 24 * 40)));
  }
  std::string service() { return "\"s" + std::to_string(pick(6)) + "/\xC3\xA9 %?#\""; }
  std::string name() {
    if (!one_in(8)) return "\"n" + std::to_string(pick(50)) + "\"";
    std::string text = "\"";
    for (int n = one_in(4) ? 201 : 200; n > 0; --n)
      text += one_in(3) ? "x" : one_in(2) ? "\xC3\xA9" : "\xF0\x9F\x9A\x80";
    return text + '"';
  }
  std::string text() {
    static const char* const all[] = {R"("")",        R"("plain")",      R"("\ud83d\ude80")", R"("\u0000")",
                                      R"("a\"b\\c")", R"("\u0001\n\t")", "\"\xEF\xBF\xBF\"",  R"("<b>&amp;{{x}}")",
                                      R"("\ud800")",  R"("' OR 1=1")"};
    return one_in(12) ? '"' + std::string(std::size_t(9'999 + pick(3)), 'x') + '"' : std::string(all[pick(10)]);
  }
  std::string number() {
    static const char* const all[] = {"0",
                                      "-0",
                                      "-0.0",
                                      "1",
                                      "-1",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "1e308",
                                      "1.7976931348623157e308",
                                      "1e309",
                                      "1e400",
                                      "1e99999",
                                      "-1e400",
                                      "5e-324",
                                      "2.2250738585072014e-308",
                                      "1e-400",
                                      "0.1",
                                      "0.30000000000000004",
                                      "3.141592653589793238462643383279",
                                      "123456789012345678901234567890",
                                      "1e22",
                                      "1E+2"};
    return all[pick(24)];
  }
  std::string any(int levels) {
    if (levels > 1) {
      const bool is_array = one_in(2);
      std::string out = is_array ? "[" : R"({"k~/\"":)";
      out += any(levels - 1);
      if (one_in(8)) out += (is_array ? "," : R"(,"":)") + any(1);
      return out + (is_array ? ']' : '}');
    }
    switch (pick(6)) {
      case 0: return text();
      case 1: return "null";
      case 2: return one_in(2) ? "true" : "[]";
      case 3: return "{}";
      default: return number();
    }
  }
  std::string value_of(const field& f) {
    if (one_in(40)) return any(1 + pick(3));
    if (f.name == "service") return service();
    if (f.name == "environment") return one_in(4) ? R"("staging")" : R"("production")";
    switch (f.looks) {
      case form::name: return name();
      case form::text: return text();
      case form::time: return '"' + time() + '"';
      case form::flag: return one_in(2) ? "true" : "false";
      case form::count: return one_in(4) ? std::to_string(f.most + pick(2)) : std::to_string(pick(1000));
      case form::severity: return std::to_string(1 + pick(5));
      case form::choice: {
        const auto end = f.choices.find(' ');
        return '"' + std::string(f.choices.substr(0, end)) + '"';
      }
      case form::names: return "[" + name() + ',' + name() + ']';
      case form::timed: return R"([{"person":)" + name() + R"(,"from":")" + time() + R"("},)" + any(depth()) + ']';
      case form::any: return any(depth());
    }
    return "null";
  }

  std::mt19937 random_;
  int count_ = 0;
};

// All events of a database, word for word.
std::string stored_events(const database& db) {
  return db.query("SELECT source, id, type, thing, subject, time, is_override, fields FROM event ORDER BY source, id");
}

// What is read from the spool is what was put there.
void pass_through_spool(const std::string& body) {
  const temporary_folder here;
  ledger::spool s(here.path() / "spool.sqlite", {});
  ledger::entry e = entry_of("k", *canonical::read_events("application/json", body, noon, deepest));
  const ledger::entry* one = &e;
  REQUIRE(s.put({&one, 1}, noon).front());
  const auto kept = s.oldest(10);
  REQUIRE(kept.size() == 1);
  REQUIRE(kept[0].delivery.events.size() == e.events.size());
  for (std::size_t n = 0; n < e.events.size(); ++n) CHECK(kept[0].delivery.events[n].fields == e.events[n].fields);
}

// Exported and imported elsewhere, everything is there again; imported again, nothing is new.
void pass_through_export(const database& from) {
  ledger::reader reader(from.where());
  std::ostringstream lines;
  std::optional<ledger::stored_event> last;
  for (auto some = reader.events_after(last); !some.empty(); some = reader.events_after(last)) {
    for (auto& e : some) {
      auto line = canonical::write_event(e.told);
      line["received_at"] = format_time(e.received_at);
      lines << json::serialize(line) << '\n';
    }
    last = some.back();
  }
  const database into;
  ledger::appender to(into.where());
  for (const bool is_first : {true, false}) {
    std::istringstream in(lines.str());
    std::size_t accepted = 0, refused = 0;
    read_event_history(in, {}, noon,
                       {.take =
                            [&](event e, std::optional<timestamp>) {
                              const auto key = (is_first ? "first-" : "second-") + e.id;
                              accepted += to.append({entry_of(key, {std::move(e)})}).front().value().accepted;
                            },
                        .refuse =
                            [&](const refused_record& r) {
                              ++refused;
                              MESSAGE(r.why.text());
                            }});
    CHECK(refused == 0);
    CHECK((accepted > 0) == is_first);
  }
  CHECK(from.query("SELECT source, id, type, subject, time FROM event ORDER BY 1, 2") ==
        into.query("SELECT source, id, type, subject, time FROM event ORDER BY 1, 2"));
}

}

TEST_SUITE("postgres") {
  TEST_CASE("whatever intake accepts, spool, ledger, export, import, replay, explain and pages can read") {
    const auto total = event_count();
    const database db;
    running_app app(db.where(), "[[source]]\nname = 'hooks'\nkind = 'standard-webhooks'\nsecret = 'hush'\n");
    random_events events(1);
    std::size_t accepted = 0, rejected = 0, hooked = 0;
    std::string batch;
    std::size_t in_batch = 0;
    const auto flush = [&] {
      if (in_batch == 0) return;
      const auto answer = app.send_events('[' + batch + ']');
      CHECK_MESSAGE(answer.status == 202, answer.body.substr(0, 500));
      CHECK(json::parse(answer.body).at("accepted") == in_batch);
      pass_through_spool('[' + batch + ']');
      batch.clear();
      in_batch = 0;
    };
    for (unsigned n = 0; n < total; ++n) {
      const auto text = events.next();
      const auto read = canonical::read_events("application/json", '[' + text + ']', noon);
      if (!read) {
        ++rejected;
        const auto e = read.error();
        CHECK((!e.problems.empty() || !e.limit.empty() || e.detail.starts_with("not JSON")));
        if (n % 10 == 0) CHECK(app.send_events('[' + text + ']').status == 400);
        continue;
      }
      ++accepted;
      if (n % 7 == 0) {  // one of its own, for replay
        const auto answer = app.intake("POST", "/webhooks/hooks", text,
                                       {{"Content-Type", "application/json"}, {"Authorization", "Bearer hush"}});
        CHECK_MESSAGE(answer.status == 202, answer.body.substr(0, 300));
        ++hooked;
        continue;
      }
      batch += (in_batch++ > 0 ? "," : "") + text;
      if (in_batch == 50) flush();
    }
    flush();
    CHECK(accepted > total / 4);
    CHECK(rejected > total / 20);
    // besides those that the daemon reports itself, once an announced deployment is due
    CHECK(db.query("SELECT count(*) FROM event WHERE id NOT LIKE 'due/%'") == std::to_string(accepted));
    CHECK(db.query("SELECT count(*) FROM delivery WHERE outcome = 'dead' OR detail <> ''") == "0");
    app.derived(db);

    pass_through_export(db);
    const auto before = stored_events(db);
    std::size_t reread = 0;
    const auto source = [] {
      auto s = source_of(*find_collector("standard-webhooks"));
      s.name = "hooks";
      return s;
    }();
    const auto fresh =
        ledger::replay(db.where(), {.all = true, .source = "hooks"}, noon, [&](const ledger::entry& kept) {
          auto said = read_kept(source, kept, kept.received_at, naming());
          REQUIRE_MESSAGE(said, said.error().text());
          reread += said->events.size();
          return std::move(*said);
        });
    CHECK(fresh == 0);
    CHECK(reread == hooked);
    CHECK(stored_events(db) == before);

    const auto ask = [&](const std::string& path) {
      CAPTURE(path.substr(0, 200));
      const auto answer = app.operations("GET", path);
      CHECK_MESSAGE(answer.status == 200, answer.body.substr(0, 300));
    };
    const auto each = [&](const std::string& query, const std::function<void(const std::string&)>& use) {
      std::istringstream lines(db.query(query));
      for (std::string line; std::getline(lines, line);) use(line);
    };
    // as hexadecimal digits: a name may hold a line feed
    each("SELECT DISTINCT encode(convert_to(service, 'UTF8'), 'hex') FROM place ORDER BY 1 LIMIT 60",
         [&](const std::string& digits) {
           std::string path = "/services/";
           for (std::size_t n = 0; n < digits.size(); n += 2) path += '%' + digits.substr(n, 2);
           ask(path);
         });
    each("SELECT id FROM deployment ORDER BY 1 LIMIT 120", [&](const std::string& id) {
      ask("/api/v1/deployments/" + id);
      ask("/api/v1/deployments/" + id + "/explain");
    });
    each("SELECT id FROM deployment WHERE service <> '' ORDER BY 1 LIMIT 60",
         [&](const std::string& id) { ask("/deployments/" + id); });
    each("SELECT id FROM incident ORDER BY 1 LIMIT 120", [&](const std::string& id) {
      ask("/api/v1/incidents/" + id);
      ask("/api/v1/incidents/" + id + "/explain");
    });
    each("SELECT id FROM deployment WHERE facts ? 'action_items' ORDER BY 1 LIMIT 20", [&](const std::string& id) {
      const auto answer = app.operations("PATCH", "/api/v1/deployments/" + id, R"({"action_items":[],"reason":"done"})",
                                         {{"Authorization", "Bearer sesame"}, {"Content-Type", "application/json"}});
      CHECK(answer.status == 202);
    });
    app.derived(db);
    for (const auto* path :
         {"/", "/api/v1/figures", "/api/v1/months", "/api/v1/deployments?limit=1000", "/api/v1/incidents?limit=1000",
          "/api/v1/hotfixes?limit=1000", "/api/v1/services", "/api/v1/deliveries", "/metrics"})
      ask(path);
  }

  TEST_CASE("what is accepted at the deepest limit is read everywhere, also when the limit is lower later") {
    const database db;
    const auto nested = std::string(99, '[') + std::string(99, ']');
    const auto event = deployed("deep", R"("version":"1","action_items":)" + nested);
    {
      running_app app(db.where(), {}, "max_json_depth = 100\n");
      CHECK(app.send_events(event).status == 202);
      CHECK(app.send_events(deployed("deeper", R"("version":"1","action_items":[)" + nested + "]")).status == 400);
      app.derived(db);
    }
    running_app app(db.where(), {}, "max_json_depth = 4\n");
    const auto id = db.query("SELECT id FROM deployment WHERE subject = 'deep'");
    for (const auto& path : {"/services/checkout", "/"}) CHECK(app.operations("GET", path).status == 200);
    CHECK(app.operations("GET", "/deployments/" + id).status == 200);
    CHECK(app.operations("GET", "/api/v1/deployments/" + id + "/explain").status == 200);
    for (int times = 0; times < 3; ++times)
      CHECK(app.operations("PATCH", "/api/v1/deployments/" + id, R"({"action_items":[[[1]]],"reason":"done"})",
                           {{"Authorization", "Bearer sesame"}, {"Content-Type", "application/json"}})
                .status == 202);
    app.derived(db);
    CHECK(db.query("SELECT facts -> 'action_items' FROM deployment") == "[[[1]]]");
    pass_through_export(db);
  }
}
