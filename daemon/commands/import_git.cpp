#include "collectors/base/printable.hpp"
#include "daemon/commands/import_run.hpp"
#include "daemon/import/git_events.hpp"
#include "daemon/ledger/imported.hpp"

namespace releasehealth {
namespace {

/// The names under which a repository is imported.
struct import_names {
  history_defaults belong_to;
  std::string former_service;  ///< the service name that imports before 2026-12 used
};

import_names names_of(const import_options& o, const repository& history) {
  import_names out{{o.service, environment_or_default(o.environment)}, {}};
  if (!o.service.empty()) return out;
  auto named = o.prefix;
  while (!named.empty() && std::ispunct(static_cast<unsigned char>(named.back())) != 0) named.pop_back();
  out.belong_to.service = named.empty() ? history.name() : named;
  if (named.empty()) out.former_service = std::filesystem::path(history.name()).stem().string();
  return out;
}

void say_what_was_read(const git_history& h) {
  const auto& r = h.releases;
  std::cerr << r.all.size() << " releases of " << r.tags << " tags: " << r.left_out << " excluded by the pattern";
  if (r.four_part > 0) std::cerr << ", " << r.four_part << " of them with four numbers (--tags accepts a pattern)";
  if (r.prereleases > 0) std::cerr << ", " << r.prereleases << " prereleases excluded (--prereleases includes them)";
  std::cerr << ", " << r.same_version << " with a duplicate version, " << r.same_commit
            << " on a commit with a higher version; " << h.commits << " commits, " << h.reverts.size() << " reverts, "
            << h.reverted.size() << " of released commits, " << h.hotfix_branches << " hotfix branches\n";
  if (h.unsized > 0)
    std::cerr << h.unsized << " patch releases without size: the clone lacks files (clone without --filter)\n";
}

// Without a release there is nothing to import, and an empty read must not retract what is stored.
void require_releases(const git_history& h, const import_options& o) {
  if (!h.releases.all.empty()) return;
  const auto where = o.file + ": ";
  if (h.releases.tags == 0)
    throw std::runtime_error(where +
                             "no tags; expected tags of releases (git fetch --tags fetches them from the origin; "
                             "use csv or events for deployments without tags)");
  throw std::runtime_error(
      where + "none of " + std::to_string(h.releases.tags) + " tags matches --tags " + o.tags +
      "; expected a pattern such as 'release-(\\d+)\\.(\\d+)\\.(\\d+)', or one of: " + git::scheme_names());
}

std::vector<event> stored_before(const import_run& run, const std::string& source, const git_read& read) {
  if (!run.database) return {};
  ledger::imported_question q{.source = source,
                              .id_prefix = read.id_prefix(),
                              .services = {read.service},
                              .environment = read.environment,
                              .commits = {}};
  if (!read.former_service.empty()) q.services.push_back(read.former_service);
  for (const auto& t : read.things)
    if (t.type == thing_type::commit) q.commits.push_back(t.name);
  return ledger::imported_events(run.database->where, q);
}

void say_what_changes(const git_update& update, const import_options& o) {
  if (!update.stored_as.empty())
    throw std::runtime_error(o.file + ": these releases of the service are already stored as repository \"" +
                             update.stored_as + "\"; expected --repository \"" + update.stored_as +
                             "\", or another --service");
  if (update.newer_state)
    std::cerr << "a newer state of the repository, of " << format_time(*update.newer_state)
              << ", is already stored; nothing changed (git fetch updates this clone)\n";
  if (update.retracted > 0) std::cerr << update.retracted << " retracted: no longer in the repository\n";
}

}

int import_git(import_run& run) {
  const auto& o = run.o;
  auto scheme = git::read_scheme(o.tags, o.prefix);
  if (!scheme) throw usage_error("--tags " + scheme.error().detail);
  scheme->takes_prereleases = o.with_prereleases;
  const repository history(o.file);
  const auto rules = o.rules_file.empty() ? run.c : load_or_refuse(common_options{o.rules_file});
  const auto names = names_of(o, history);
  const git_question q{.tags = std::move(*scheme),
                       .belong_to = names.belong_to,
                       .since = run.since,
                       .until = run.until,
                       .with_sizes = !o.without_sizes && !o.dry_run,
                       .rules = &rules.timeline.stack};
  const auto h = read_git_history(history, q, run.now,
                                  [&](std::size_t done, std::size_t total) { run.progress.show(done, total, done); });
  run.progress.end();
  say_what_was_read(h);
  require_releases(h, o);
  if (o.dry_run) std::cout << printable(summary(h, run.c.figures.zone));
  const auto lacking = history.lacks_tags();
  const git_read read{.repository = o.repository.empty() ? history.identity() : o.repository,
                      .service = names.belong_to.service,
                      .environment = names.belong_to.environment,
                      .prefix = o.prefix,
                      .former_service = names.former_service,
                      .is_complete = lacking.empty() && !run.since && !run.until,
                      .state_at = h.state_at,
                      .things = h.things,
                      .others = h.releases.others,
                      .reached_head = h.reached_head,
                      .has_commit = [&](const std::string& id) { return history.has_commit(id); }};
  const auto source = o.source.empty() ? "git" : o.source;
  run.open(source);
  auto update = tell_differences(read, stored_before(run, source, read));
  say_what_changes(update, o);
  if (!lacking.empty()) std::cerr << o.file << ": " << lacking << ": stored events are not retracted\n";
  const auto handler = run.handler(nullptr, 0);
  for (auto& e : update.events) {
    const auto what = std::string(word(e.type)) + ' ' + e.subject;
    take_checked(std::move(e), what, {}, run.now, handler);
  }
  const auto code = run.finish();
  std::cerr << advice_on_hotfixes(h);
  return code;
}

}
