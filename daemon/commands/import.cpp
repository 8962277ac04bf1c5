#include <fstream>
#include <iostream>

#include "collectors/printable.hpp"
#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/import/api_exports.hpp"
#include "daemon/import/git_history.hpp"
#include "daemon/import/importer.hpp"
#include "daemon/ledger/derive_along.hpp"

namespace releasehealth {
namespace {

struct import_options {
  std::string format, file, service, environment, source, since, until, tags = "versions", prefix, rules_file;
  std::vector<std::string> columns;
  bool dry_run = false, strict = false, without_sizes = false;
};

/// One import: where its records go, and what became of them.
struct import_run {
  const config& c;
  const import_options& o;
  timestamp now = system_now();
  std::optional<timestamp> since = read_time_option(o.since, "--since"), until = read_time_option(o.until, "--until");
  std::optional<opened_database> database = {};
  std::optional<ledger::appender> appender = {};
  std::optional<importer> into = {};
  std::optional<ledger::derive_along> deriving = {};
  progress_line progress = {};
  std::size_t read = 0, refused = 0;

  struct stopped {};  ///< --strict met a bad record

  void open(const std::string& source) {
    if (o.dry_run) return;
    database.emplace(open_database(c, "import"));
    appender.emplace(database->where);
    deriving.emplace(database->where.as("derive"), c.timeline);
    into.emplace(*appender, source, now, [this](std::size_t events) { deriving->stored(events); });
  }

  record_handler handler(std::istream* in, std::uint64_t size) {
    return {.take =
                [this, in, size](event e, std::optional<timestamp> received_at) {
                  if ((since && e.time < *since) || (until && e.time >= *until)) return;
                  ++read;
                  if (into) into->take(std::move(e), received_at);
                  constexpr std::size_t often = 512;
                  if (read % often == 0)
                    progress.show(in ? static_cast<std::uint64_t>(std::max<std::streamoff>(in->tellg(), 0)) : 0, size,
                                  read);
                },
            .refuse =
                [this](const refused_record& bad) {
                  progress.end();
                  std::cerr << o.file << ':' << bad.where << ": " << bad.why.text() << '\n';
                  ++refused;
                  if (o.strict) throw stopped();
                }};
  }

  int finish() {
    progress.end();
    std::cerr << read << " events, " << refused << " refused\n";
    if (!into) return refused == 0 ? 0 : 1;
    into->finish();
    std::cerr << into->stored() << " stored, " << into->duplicates() << " were there already\n";
    deriving->finish();
    return refused == 0 ? 0 : 1;
  }
};

history_defaults defaults_of(const import_options& o) { return {o.service, o.environment}; }

std::map<std::string, std::string> read_columns(const import_options& o) {
  std::map<std::string, std::string> columns;
  for (const auto& pair : o.columns) {
    const auto equals = pair.find('=');
    if (equals == pair.npos || equals == 0) throw usage_error("--column takes ours=theirs: finished_at='Deployed at'");
    columns[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return columns;
}

void read_file_history(import_run& run, std::istream& in, std::uint64_t size) {
  const auto& o = run.o;
  const auto to = run.handler(&in, size);
  if (o.format == "events") return read_event_history(in, defaults_of(o), run.now, to);
  if (o.format == "csv") return read_csv_history(in, read_columns(o), defaults_of(o), run.now, to);
  const auto known = std::ranges::find(api_exports(), std::string_view(o.format), &api_export::format);
  if (const auto done = read_api_export(*known, in, defaults_of(o), run.now, to); !done)
    throw std::runtime_error(o.file + ' ' + done.error().detail);
}

int import_file(import_run& run) {
  const auto& o = run.o;
  std::ifstream file;
  std::uint64_t size = 0;
  if (o.file != "-") {
    file.open(o.file, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error(o.file + " cannot be read");
    size = static_cast<std::uint64_t>(file.tellg());
    file.seekg(0);
  }
  const auto known = std::ranges::find(api_exports(), std::string_view(o.format), &api_export::format);
  run.open(!o.source.empty() ? o.source : known != api_exports().end() ? std::string(known->kind) : "import");
  try {
    read_file_history(run, o.file == "-" ? std::cin : file, size);
  } catch (const import_run::stopped&) {
    std::cerr
        << "stopped at the first bad record; what came before it is kept, and importing again goes on from there\n";
    run.refused = std::max<std::size_t>(run.refused, 1);
  }
  return run.finish();
}

int import_git(import_run& run) {
  const auto& o = run.o;
  auto scheme = git::read_scheme(o.tags, o.prefix);
  if (!scheme) throw usage_error("--tags " + scheme.error().detail);
  const repository from(o.file);
  const auto rules = o.rules_file.empty() ? run.c : load_or_refuse(common_options{o.rules_file});
  git_question q{.tags = std::move(*scheme),
                 .belong_to = {o.service, o.environment},
                 .since = run.since,
                 .with_sizes = !o.without_sizes && !o.dry_run,
                 .rules = &rules.timeline.stack.rules};
  if (q.belong_to.service.empty()) {
    auto named = o.prefix;
    while (!named.empty() && std::ispunct(static_cast<unsigned char>(named.back())) != 0) named.pop_back();
    q.belong_to.service = named.empty() ? from.name() : named;
  }
  if (q.belong_to.environment.empty()) q.belong_to.environment = "production";
  run.open(o.source.empty() ? "git" : o.source);
  const auto h =
      read_git_history(from, q, [&](std::size_t done, std::size_t of) { run.progress.show(done, of, done); });
  run.progress.end();
  if (o.dry_run) std::cout << printable(summary(h, run.c.figures.zone));
  const auto& r = h.releases;
  std::cerr << r.all.size() << " releases of " << r.tags << " tags: " << r.left_out << " left out by the pattern";
  if (r.four_part > 0) std::cerr << ", " << r.four_part << " of them with four numbers (--tags takes a pattern)";
  std::cerr << ", " << r.same_version << " name a version again, " << r.same_commit
            << " a commit that has a higher one; " << h.commits << " commits, " << h.reverts.size() << " reverts, "
            << h.reverted.size() << " of something released, " << h.hotfix_branches << " hotfix branches\n";
  const auto to = run.handler(nullptr, 0);
  for (const auto& e : h.events) take_checked(e, e.type + ' ' + e.subject, {}, run.now, to);
  return run.finish();
}

}

std::function<int()> add_import(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<import_options>();
  std::vector<std::string> formats = {"events", "csv", "git"};
  std::string help = "events (NDJSON), csv, git (a repository on this machine), or what an API gives:";
  for (const auto& e : api_exports()) {
    formats.emplace_back(e.format);
    help += "\n  " + std::string(e.format) + ": " + std::string(e.help);
  }
  app.add_option("format", o->format, help)->required()->check(one_of("format", formats));
  app.add_option("file", o->file, "the file, - for standard input; of git the repository")->required();
  app.add_option("--service", o->service, "for records that name none; of git the repository's name otherwise");
  app.add_option("--environment", o->environment, "for records that name none; of git production otherwise");
  app.add_option("--source", o->source, "whose events these are, unless they say so: import, git, or the tool's name");
  app.add_option("--since", o->since, "only what happened from then on: 2025-01-01, or a time");
  app.add_option("--until", o->until, "only what happened before: where webhooks begin");
  app.add_option("--column", o->columns, "csv: ours=theirs, where a column is called otherwise; several times");
  app.add_option("--tags", o->tags, "git: which tags are releases: a pattern, or " + git::scheme_names())
      ->capture_default_str();
  app.add_option("--prefix", o->prefix, "git: only tags that begin so, a monorepo's package: checkout@");
  app.add_option("--rules", o->rules_file, "git, with --dry-run: the rules of this configuration instead");
  app.add_flag("--no-sizes", o->without_sizes, "git: do not count the lines that patch releases changed");
  app.add_flag("--strict", o->strict, "stop at the first bad record");
  app.add_flag("--dry-run", o->dry_run, "read and check only; of git a summary by month, and what kinds the rules say");
  return [o, &options] {
    const auto c = load_or_refuse(options);
    import_run run{c, *o};
    return o->format == "git" ? import_git(run) : import_file(run);
  };
}

}
