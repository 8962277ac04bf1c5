#include "daemon/import/sync.hpp"

#include <algorithm>
#include <iostream>
#include <thread>

#include "collectors/api.hpp"
#include "collectors/base/nearest.hpp"
#include "collectors/base/printable.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/import_run.hpp"

namespace releasehealth {
namespace {

struct sync_options {
  std::string source_name, since, until;
  bool all = false, dry_run = false;
};

bool has_api(const source& s) {
  const auto* kind = find_collector(s.kind);
  return kind && kind->api && is_readable(*kind->api, s);
}

std::string why_unreadable(const tool_api* api, const std::string& kind) {
  if (!api) return " has no api_token_file, because sync reads no API of " + kind;
  return api->token_is_optional ? " has no api_url; expected the URL of the API"
                                : " has no api_token_file; expected the path of a file with a token";
}

std::vector<const source*> chosen_sources(const config& c, const sync_options& o) {
  if (o.all != o.source_name.empty()) throw usage_error("sync: expected either a source or --all");
  std::vector<const source*> chosen;
  word_list known;
  for (const auto& s : c.sources) {
    if (has_api(s)) known.push_back(s.name);
    if ((o.all && has_api(s)) || s.name == o.source_name) chosen.push_back(&s);
  }
  if (chosen.empty() && !o.all) throw usage_error("sync: " + unknown_word("source", o.source_name, known));
  if (chosen.empty()) throw usage_error("sync: no source has api_token_file; expected one");
  for (const auto* s : chosen)
    if (!has_api(*s))
      throw usage_error("sync: " + in_quotes(s->name) + why_unreadable(find_collector(s->kind)->api, s->kind));
  return chosen;
}

/// The progress of one source: a line on a terminal, else one a minute.
class sync_progress {
 public:
  explicit sync_progress(const std::string& name) : name_(name) {}

  void count() { ++events_; }
  void show(const std::string& list, std::size_t done, std::size_t total) {
    list_ = list;
    line_.show(done, total, events_);
    constexpr auto often = std::chrono::minutes(1);
    const auto now = std::chrono::steady_clock::now();
    if (line_.is_terminal() || now - told_ < often) return;
    told_ = now;
    tell(std::to_string(events_) + " events, list " + std::to_string(done + 1) + " of " + std::to_string(total) + ": " +
         list);
  }
  void pause(duration length, const std::string& why) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(length);
    tell("waiting " + std::to_string(seconds.count()) + " s: " + why);
    std::this_thread::sleep_for(length);
  }
  void tell(const std::string& what) {
    line_.end();
    std::cerr << name_ << ": " << printable(what) << '\n';
  }

 private:
  const std::string& name_;
  std::string list_;
  std::size_t events_ = 0;
  progress_line line_;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

sync_result read_source(const sync_question& asked, const config& c, sync_store* store, import_contents& contents) {
  sync_progress progress(asked.settings.name);
  sync reading(
      asked, c.sync, store,
      {.read =
           [&](const event& e) {
             contents.add(e);
             progress.count();
           },
       .warn = [&](const std::string& what) { progress.tell(what); },
       .note = [&](const std::string& list, std::size_t done, std::size_t total) { progress.show(list, done, total); },
       .pause = [&](duration length, const std::string& why) { progress.pause(length, why); }});
  return reading.run();
}

// A private key has several lines.
secret read_api_token(const source& s) {
  const auto file = s.setting("api_token_file");
  if (file.empty()) return secret("");
  const auto& api = *find_collector(s.kind)->api;
  auto content = api.keys ? read_file(file) : std::string();
  return secret(api.keys && api.keys->is_key(content) ? std::move(content) : read_token(file));
}

// Returns whether everything could be read.
bool sync_one(const config& c, const source& s, std::optional<timestamp> since, std::optional<timestamp> until,
              const session* database) {
  const sync_question asked{s, read_api_token(s), since, until};
  import_contents contents;
  if (!database) {
    const auto done = read_source(asked, c, nullptr, contents);
    std::cout << s.name << ":\n" << printable(contents.text());
    return done.failures.empty();
  }
  const auto began_at = system_now();
  ledger::sync_log log(database->as("sync"));
  if (!log.lock(s.name)) throw std::runtime_error(s.name + ": another sync of this source is running");
  ledger::appender appender(*database);
  ledger::derive_along deriving(database->as("derive"), c.timeline);
  importer target(appender, s.name, began_at, [&](std::size_t events) { deriving.stored(events); });
  sync_store store{target, log};
  const auto done = read_source(asked, c, &store, contents);
  deriving.finish();
  const auto count = [](std::size_t n) { return static_cast<std::int64_t>(n); };
  log.write({s.name, began_at, system_now(), count(done.requests), count(target.stored()), count(done.unreported),
             count(done.failures.size()), done.failures.empty() ? "" : done.failures.front()});
  std::cerr << s.name << ": " << target.stored() << " events stored, " << target.duplicates() << " duplicates, "
            << done.unreported << " things that no delivery had reported, " << done.requests << " requests\n";
  return done.failures.empty();
}

int run_sync(const config& c, const sync_options& o) {
  const auto sources = chosen_sources(c, o);
  const auto since = read_time_option(o.since, "--since"), until = read_time_option(o.until, "--until");
  std::optional<opened_database> database;
  if (!o.dry_run) database.emplace(open_database(c, "sync"));
  bool is_complete = true;
  for (const auto* s : sources) is_complete &= sync_one(c, *s, since, until, database ? &database->where : nullptr);
  return is_complete ? 0 : 1;
}

}

std::function<int()> add_sync(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<sync_options>();
  app.add_option("source", o->source_name, "a configured source with api_token_file");
  app.add_flag("--all", o->all, "every such source");
  app.add_option(
      "--since", o->since,
      "how far back: a date (2025-01-01) or an RFC 3339 time; default: since the last sync, at first 90 days");
  app.add_option("--until", o->until, "only events before then, for example the start of webhooks");
  app.add_flag("--dry-run", o->dry_run, "read and print a summary only; nothing is stored");
  app.footer("Example: releasehealthd sync github --since 2025-01-01");
  return [o, &options] { return run_sync(load_or_refuse(options), *o); };
}

}
