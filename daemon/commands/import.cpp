#include <iostream>

#include <unistd.h>

#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/import/history.hpp"
#include "daemon/ledger/derive.hpp"

namespace releasehealth {
namespace {

struct import_options {
  std::string format, file, service, environment, source = "import";
  bool dry_run = false;
};

// A bar on a terminal, nothing elsewhere: logs are no place for it.
class progress_bar {
 public:
  void show(std::size_t done, std::size_t total) const {
    if (!terminal_) return;
    const auto share = total == 0 ? 100 : done * 100 / total;
    std::cerr << "\r  " << std::string(share / 4, '#') << std::string(25 - share / 4, '.') << ' ' << share << " %";
    if (done == total) std::cerr << '\n';
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) != 0;
};

int run_import(const config& c, const import_options& o) {
  const auto now = system_now();
  const auto text = read_file(o.file);
  auto read = o.format == "csv" ? read_csv_history(text, {o.service, o.environment}, now)
                                : read_event_history(text, {o.service, o.environment}, now);
  for (const auto& bad : read.refused) std::cerr << o.file << ':' << bad.line << ": " << bad.why.text() << '\n';
  std::cerr << read.events.size() << " events, " << read.refused.size() << " refused\n";
  if (o.dry_run || read.events.empty()) return read.refused.empty() ? 0 : 1;

  const auto database = open_database(c, "import");
  ledger::appender to(database.where);
  progress_bar bar;
  ledger::stored total;
  const auto entries = as_entries(std::move(read.events), o.source, now);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto stored = to.append({entries[i]}).front();
    if (!stored) throw std::runtime_error(stored.error().text());
    if (!stored->refused.empty()) throw std::runtime_error(stored->refused);
    total.accepted += stored->accepted;
    total.duplicates += stored->duplicates;
    bar.show(i + 1, entries.size());
  }
  ledger::deriver(database.where, c.timeline).derive();
  std::cerr << total.accepted << " stored, " << total.duplicates << " were there already\n";
  return read.refused.empty() ? 0 : 1;
}

}

std::function<int()> add_import(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<import_options>();
  app.add_option("format", o->format, "events (NDJSON) or csv")->required()->check(CLI::IsMember({"events", "csv"}));
  app.add_option("file", o->file, "the file; - reads standard input")->required();
  app.add_option("--service", o->service, "for records that name none");
  app.add_option("--environment", o->environment, "for records that name none");
  app.add_option("--source", o->source, "whose events these are, unless they say so")->capture_default_str();
  app.add_flag("--dry-run", o->dry_run, "read and check only");
  return [o, &options] { return run_import(load_or_refuse(options), *o); };
}

}
