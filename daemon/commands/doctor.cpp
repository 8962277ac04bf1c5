// Findings about configuration, database, sources, names and coverage, each with the command or line that fixes it.
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"
#include "collectors/canonical/canonical.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/reports/sources.hpp"
#include "daemon/system/clock.hpp"
#include "daemon/telemetry/metrics.hpp"
#include "daemon/timeline/derivation_version.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t most_listed = 5;

/// A problem for a person to fix, or a next step.
struct finding {
  std::string area;  ///< configuration, database, disk, clock, source, names, coverage
  std::string text;
  std::string cure;      ///< a command, or a line of the configuration
  bool is_note = false;  ///< a next step, not a problem
};

class doctor {
 public:
  explicit doctor(const common_options& options) : options_(options) {}

  std::vector<finding> examine() {
    auto read = load_config(options_.config_file, process_environment());
    if (const auto* wrong = std::get_if<config_mistakes>(&read)) {
      for (const auto& m : wrong->all) add("configuration", m, "correct it, then run `releasehealthd check-config`");
      return std::move(found_);
    }
    const auto& c = std::get<config>(read);
    look_at_config(c);
    look_at_disk(c);
    try {
      look_at_database(c);
    } catch (const std::exception& e) {
      add("database", ledger::description_of(e),
          "start PostgreSQL, correct [database] url, or run doctor as the daemon's user");
    }
    return std::move(found_);
  }

 private:
  void add(std::string area, std::string text, std::string cure) {
    found_.push_back({std::move(area), std::move(text), std::move(cure), false});
  }

  void look_at_config(const config& c) {
    for (const auto& w : c.warnings) add("configuration", w, "change it in " + options_.config_file);
    if (c.sources.empty() && c.tokens.empty())
      add("configuration", "no [[source]] and no [[token]]: every delivery is rejected",
          "`releasehealthd init` writes a first configuration");
  }

  void look_at_disk(const config& c) {
    std::error_code ec;
    const auto space = std::filesystem::space(c.state_dir, ec);
    if (ec) return;  // no state yet: the daemon was never started
    const auto least = static_cast<std::uintmax_t>(c.bounds["spool.min_free_bytes"] + c.bounds["spool.max_bytes"]);
    if (space.available < least)
      add("disk",
          c.state_dir.string() + " has " + std::to_string(space.available >> 20U) + " MiB free; the spool may need " +
              std::to_string(least >> 20U) + " MiB",
          "free disk space, or lower [spool] max_bytes");
  }

  void look_at_database(const config& c) {
    if (c.database_url.empty() && !ledger::private_postgres::exists(c.state_dir)) {
      add("database", "no private PostgreSQL in " + (c.state_dir / "postgresql").string() + " yet",
          "start the daemon: `releasehealthd serve`");
      found_.back().is_note = true;
      return;
    }
    std::optional<ledger::private_postgres> postgres;
    if (c.database_url.empty())
      postgres.emplace(ledger::private_postgres::use(c.state_dir, false,
                                                     [](const std::string& what) { std::cerr << what << '\n'; }));
    const session where =
        session{.dsn = postgres ? postgres->dsn() : c.database_url, .application = "releasehealthd"}.as("doctor");
    if (const auto pending = ledger::pending_migrations(where); !pending.empty()) {
      add("database", std::to_string(pending.size()) + " pending migrations, the first one " + pending.front(),
          "run `releasehealthd migrate`, or start the daemon");
      return;
    }
    ledger::reader database(where.unlimited());
    const auto now = system_now();
    look_at_health(database.health(), c, now);
    const auto settings = as_derived(database, c.figures);
    look_at_sources(report_sources(database, settings, now));
    look_at_coverage(report_coverage(database, settings, now, false));
  }

  void look_at_health(const ledger::database_health& is, const config& c, timestamp now) {
    constexpr duration most_apart = std::chrono::seconds(30);
    if (!is.is_durable)
      add("database", "PostgreSQL may lose acknowledged deliveries: fsync or synchronous_commit is off",
          "ALTER SYSTEM SET fsync = on; and synchronous_commit = on");
    if (std::chrono::abs(is.now - now) > most_apart)
      add("clock",
          "this machine's clock and PostgreSQL's are " +
              format_duration(std::chrono::floor<std::chrono::seconds>(std::chrono::abs(is.now - now))) + " apart",
          "synchronise both clocks, for example with chrony");
    if (is.dead > 0)
      add("database", std::to_string(is.dead) + " dead-letter deliveries could not be decoded",
          "see the reasons in /api/v1/deliveries?outcome=dead; `releasehealthd replay` decodes them again");
    if (is.derived_by && (*is.derived_by != c.timeline.fingerprint || is.derived_version != derivation_version))
      add("database", "history was derived with different rules", "run `releasehealthd rebuild`");
  }

  void look_at_sources(const std::vector<source_report>& all) {
    for (const auto& s : all) {
      const auto named = "source " + in_quotes(s.name);
      if (!s.last_at && !s.setup.empty())
        add("source", named + ": no delivery accepted yet", "set up its webhook: collectors/" + s.kind + "/README.md");
      else
        for (const auto& one : s.setup)
          if (!one.is_done && one.step->gives != thing_type::incident)
            add("source",
                named + ": " + std::string(one.step->what) + " never received; needed by " +
                    std::string(one.step->needed_by),
                "enable " + in_quotes(one.step->what) + " at the webhook");
      if (s.is_silent)
        add("source", named + " has been silent for longer than usual",
            "check its webhook; /sources lists the newest rejections");
      look_at_rejections(s);
    }
  }

  void look_at_rejections(const source_report& s) {
    if (s.name == canonical::source_name) return;  // anyone can post there without a token
    std::int64_t accepted = 0, rejected = 0;
    for (const auto& [became, count] : s.total(1)) (cure_of(became).empty() ? accepted : rejected) += count;
    const auto last = std::ranges::find_if(s.reasons, [](const auto& r) { return !cure_of(r.outcome).empty(); });
    if (rejected <= accepted || last == s.reasons.end()) return;
    add("source",
        "source " + in_quotes(s.name) + ": " + std::to_string(rejected) + " deliveries rejected today, the latest as " +
            last->outcome + ": " + last->reason,
        std::string(cure_of(last->outcome)));
  }
  // Empty: deliveries with that outcome are not rejected.
  static std::string_view cure_of(std::string_view became) {
    if (became == word(outcome::unauthorized)) return "compare the secret at the source with its secret_file";
    if (became == word(outcome::malformed))
      return "compare the payload with the documented one, and check the kind of the source";
    if (became == word(outcome::too_large)) return "send smaller payloads, or raise max_body_bytes of the source";
    return {};
  }

  void look_at_coverage(const coverage_report& r) {
    if (!r.unmatched.empty())
      add("names", in_words(names_of(r.unmatched)),
          "add the aliases that `releasehealthd discover` proposes, reload, then run `releasehealthd rebuild`");
    for (const auto& e : evidence_rules()) {
      std::vector<std::string> lacking;
      for (const auto& s : r.services)
        for (const auto& one : s.evidence)
          if (one.rule == &e && one.is_gap()) lacking.push_back(short_name(s.where));
      if (lacking.empty()) continue;
      const auto some = joined(std::span(lacking).first(std::min(lacking.size(), most_listed)));
      add("coverage",
          std::string(e.name) + " is missing in " + std::to_string(lacking.size()) + " of " +
              std::to_string(r.services.size()) + " services (" + some + (lacking.size() > most_listed ? ", ..." : "") +
              "); needed by " + std::string(e.needed_by),
          std::string(e.cure));
    }
  }

  const common_options& options_;
  std::vector<finding> found_;
};

void print(const std::vector<finding>& all, const output_options& output) {
  if (!output.is_text()) {
    json::array rows;
    for (const auto& f : all)
      rows.push_back(json::object{{"area", f.area}, {"text", f.text}, {"cure", f.cure}, {"note", f.is_note}});
    print_rows(output, "findings", rows);
    return;
  }
  for (const auto& f : all) {
    print_text(output, f.area + ": " + f.text + '\n', 2);
    print_text(output, "    " + f.cure + '\n', 4);
  }
  const auto count = std::ranges::count(all, false, &finding::is_note);
  std::cout << (count == 0 ? "no findings" : std::to_string(count) + (count == 1 ? " finding" : " findings")) << '\n';
}

}

std::function<int()> add_doctor(CLI::App& app, const common_options& options) {
  const auto output = add_output(app);
  app.footer("Example: releasehealthd doctor --config /etc/releasehealthd/config.toml");
  return [&options, output] {
    const auto found = doctor(options).examine();
    print(found, *output);
    return std::ranges::all_of(found, &finding::is_note) ? 0 : 1;
  };
}

}
