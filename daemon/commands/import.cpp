#include <algorithm>

#include "collectors/git/git.hpp"
#include "daemon/commands/import_run.hpp"
#include "daemon/commands/typed.hpp"
#include "daemon/import/api_exports.hpp"

namespace releasehealth {
namespace {

history_defaults defaults_of(const import_options& o) { return {o.service, o.environment}; }

std::map<std::string, std::string> read_columns(const import_options& o) {
  std::map<std::string, std::string> columns;
  for (const auto& pair : o.columns) {
    const auto equals = pair.find('=');
    if (equals == pair.npos || equals == 0)
      throw usage_error("--column: invalid value " + in_quotes(pair) +
                        "; expected OURS=THEIRS, like finished_at='Deployed at'");
    const auto ours = pair.substr(0, equals);
    require_known_fields("--column", {}, {ours}, {"id", "type", "time", "subject", "source"});
    columns[ours] = pair.substr(equals + 1);
  }
  return columns;
}

// Derivation filters configured sources and kinds only, so an import under another source name is filtered here, by the
// filter of its kind.
record_handler by_kind(const import_run& run, record_handler handler, const api_export& exported) {
  const auto& filters = run.c.timeline.joins.filters;
  const auto of_kind = filters.find(exported.collected->kind);
  if (run.o.source.empty() || filters.contains(run.o.source) || of_kind == filters.end()) return handler;
  handler.take = [take = std::move(handler.take), filter = of_kind->second](event e,
                                                                            std::optional<timestamp> received_at) {
    if (e.type != event_type::incident || filter.fits_any(e.fields)) take(std::move(e), received_at);
  };
  return handler;
}

void read_file_history(import_run& run, std::istream& stream, std::uint64_t size) {
  const auto& o = run.o;
  const auto handler = run.handler(&stream, size);
  if (o.format == "events") return read_event_history(stream, defaults_of(o), run.now, handler);
  if (o.format == "csv") {
    if (const auto done = read_csv_history(stream, read_columns(o), defaults_of(o), run.now, handler); !done)
      throw usage_error(o.file + ": " + done.error().detail);
    return;
  }
  const auto& exported = *find_api_export(o.format);
  if (const auto done = read_api_export(exported, stream, defaults_of(o), run.now, by_kind(run, handler, exported));
      !done)
    throw std::runtime_error(o.file + ' ' + done.error().detail);
}

int import_file(import_run& run) {
  const auto& o = run.o;
  std::ifstream file;
  std::uint64_t size = 0;
  if (o.file != "-") {
    file.open(o.file, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error(o.file + ": cannot be read");
    size = static_cast<std::uint64_t>(file.tellg());
    file.seekg(0);
  }
  const auto* known = find_api_export(o.format);
  run.open(!o.source.empty() ? o.source : known ? std::string(known->collected->kind) : "import");
  try {
    read_file_history(run, o.file == "-" ? std::cin : file, size);
  } catch (const import_run::stopped&) {
    std::cerr
        << "stopped at the first bad record; earlier records are stored, and the next import continues from there\n";
    run.refused = std::max<std::size_t>(run.refused, 1);
  }
  return run.finish();
}

}

std::function<int()> add_import(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<import_options>();
  std::vector<std::string> formats = {"events", "csv", "git"};
  std::string help = "events (NDJSON), csv, git (a local repository), or an API export:";
  for (const auto& [owner, shape] : api_exports()) {
    formats.emplace_back(shape.format);
    help += "\n  " + std::string(shape.format) + ": " + std::string(shape.help);
  }
  app.add_option("format", o->format, help)->required()->check(one_of("format", formats));
  app.add_option("file", o->file, "file, or - for standard input; with git, the repository")->required();
  app.add_option("--service", o->service, "service of records without one; with git, default: the repository's name");
  app.add_option("--environment", o->environment, "environment of records without one; with git, default: production");
  app.add_option("--source", o->source, "source of records without one; default: import, git, or the tool's name");
  app.add_option("--since", o->since, "only events from then on: a date (2025-01-01) or an RFC 3339 time");
  app.add_option("--until", o->until, "only events before then, for example the start of webhooks");
  app.add_option("--column", o->columns, "csv: rename a column, OURS=THEIRS; repeatable");
  app.add_option("--tags", o->tags,
                 "git: tags that are releases: a pattern for the whole name, or " + git::scheme_names())
      ->capture_default_str();
  app.add_option("--prefix", o->prefix, "git: only tags with this prefix, for a package of a monorepo: checkout@");
  app.add_option("--rules", o->rules_file, "git, with --dry-run: use the rules of this configuration file");
  app.add_option(
      "--repository", o->repository,
      "git: identity of the repository, wherever its clone is; default: host and path of its origin, or its folder");
  app.add_flag("--prereleases", o->with_prereleases,
               "git: include prerelease tags (2.0.0-rc.1) that the pattern matches");
  app.add_flag("--no-sizes", o->without_sizes, "git: do not count the lines that patch releases changed");
  app.add_flag("--strict", o->strict, "stop at the first bad record");
  app.add_flag("--dry-run", o->dry_run,
               "read and validate only; with git, print a summary by month with the kinds by the rules");
  app.footer("Example: releasehealthd import git ~/src/checkout --service checkout --since 2025-01-01");
  return [o, &options] {
    const auto c = load_or_refuse(options);
    import_run run{c, *o};
    return o->format == "git" ? import_git(run) : import_file(run);
  };
}

}
