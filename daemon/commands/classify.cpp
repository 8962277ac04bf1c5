#include <iostream>
#include <map>

#include "collectors/base/nearest.hpp"
#include "collectors/base/printable.hpp"
#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "collectors/words.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/commands/typed.hpp"
#include "daemon/derivation/shadow.hpp"
#include "daemon/figures/period.hpp"

namespace releasehealth {
namespace {

struct classify_options {
  std::shared_ptr<output_options> output;
  std::string rules_file, line_released_at, month, service;
  std::vector<std::string> fields;
  bool stored = false, dry_run = false, during_incident = false;
};

std::string told(const decision& d) {
  return printable(std::string(word(d.kind)) + ": " + d.reason + (d.evidence.empty() ? "" : " matched " + d.evidence));
}

json::object as_row(const decision& d) {
  return {{"kind", word(d.kind)}, {"reason", d.reason}, {"evidence", d.evidence}};
}
template <class Deployment>
json::object as_row(const Deployment& d) {
  return {{"finished_at", format_time(d.finished_at)},
          {"service", d.where.service},
          {"environment", d.where.environment},
          {"subject", d.subject},
          {"version", d.version}};
}

template <class Deployment>
std::string name_of(const Deployment& d) {
  return printable(d.where.service + ' ' + d.where.environment + ' ' + d.subject +
                   (d.version.empty() ? "" : " (" + d.version + ")"));
}

// Lists every stored deployment with its recorded decision.
int list_stored(const config& c, const classify_options& o) {
  const auto database = open_database(c, "classify");
  ledger::deriver(database.where, c.timeline).derive();
  ledger::reader queries(database.where);
  std::string service = o.service, team;
  require_known(queries, c.figures, service, team);
  period span{"all", {}, timestamp::max(), false};
  if (!o.month.empty()) {
    const auto asked = parse_period(o.month, c.figures.zone, timestamp::max());
    if (!asked) throw usage_error("--month: " + asked.error().detail);
    span = *asked;
  }
  json::array rows;
  for (const auto& d : queries.decisions(span.begin, span.end, service)) {
    if (o.output->is_text()) {
      print_text(*o.output, format_time(d.finished_at) + "  " + name_of(d) + "  " + told(d.decided) + '\n', 4);
      continue;
    }
    auto row = as_row(d);
    for (auto& [key, value] : as_row(d.decided)) row.emplace(key, std::move(value));
    rows.push_back(std::move(row));
  }
  if (!o.output->is_text()) print_rows(*o.output, "deployments", rows);
  return 0;
}

// Reports, by month, which kinds a change of rules would change. Writes nothing to the database.
int dry_run(const config& now, const config& then, const output_options& output) {
  const auto database = open_database(now, "classify");
  ledger::deriver(database.where, now.timeline).derive();
  auto timeline = now.timeline;
  timeline.stack = then.timeline.stack;
  ledger::shadow trial(database.where, timeline);
  const auto moved = trial.moved();
  if (!output.is_text()) {
    json::array rows;
    for (const auto& d : moved) {
      auto row = as_row(d);
      row["kind_before"] = d.kind_before;
      row["reason_before"] = d.reason_before;
      row["kind"] = d.kind;
      row["reason"] = d.reason;
      rows.push_back(std::move(row));
    }
    print_rows(output, "deployments", rows);
    return 0;
  }
  std::map<std::string, std::map<std::string, int>> by_month;
  for (const auto& d : moved)
    ++by_month[format_month(now.figures.zone.month_of(d.finished_at))][d.kind_before + " -> " + d.kind];
  for (const auto& [month, changes] : by_month) {
    std::cout << month;
    for (const auto& [change, count] : changes) std::cout << "  " << change << ' ' << count;
    std::cout << '\n';
  }
  for (const auto& d : moved)
    print_text(output,
               "  " + format_time(d.finished_at) + "  " + name_of(d) + "  " + d.kind_before + " (" + d.reason_before +
                   ") -> " + d.kind + " (" + d.reason + ")\n",
               4);
  std::cerr << moved.size() << " deployments would change kind; `releasehealthd rebuild` applies rules to history\n";
  return 0;
}

int run_classify(const config& c, const classify_options& o) {
  deployment d;
  d.facts = read_fields(o.fields);
  std::vector<std::string> names;
  for (const auto& [name, value] : d.facts) names.emplace_back(name);
  require_known_fields("classify", event_type::deployment, names, word_list_of(rule_keys()));
  const auto* kind = d.facts.if_contains("kind");
  const auto explicit_kind = parse_word<deployment_kind>(text_at(d.facts, "/kind"));
  if (kind && !explicit_kind)
    throw usage_error("classify: " +
                      unknown_word("kind", text_at(d.facts, "/kind"), word_list_of(words_of<deployment_kind>())));
  d.where = {text_at(d.facts, "/service"), environment_or_default(text_at(d.facts, "/environment"))};
  d.version = text_at(d.facts, "/version");
  d.finished_at = time_at(d.facts, "/finished_at");
  d.during_incident = o.during_incident;
  std::optional<timestamp> released;
  if (!o.line_released_at.empty()) {
    released = parse_time(o.line_released_at);
    if (!released)
      throw usage_error("--line-released-at: invalid time " + in_quotes(o.line_released_at) +
                        "; expected RFC 3339 with an offset");
  }
  const auto decided = explicit_kind ? decision{*explicit_kind, spell(kind_reason::explicit_kind)}
                                     : decide_by_rules(c.timeline.stack.rules, d, released);
  if (o.output->is_text())
    print_text(*o.output, told(decided) + '\n', 4);
  else
    print_rows(*o.output, "decisions", {as_row(decided)});
  return 0;
}

}

std::function<int()> add_classify(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<classify_options>();
  app.add_option("fields", o->fields, "key=value: ref=hotfix/1.8.3 title='Fix rounding' labels='a;b' version=1.8.3");
  app.add_option("--rules", o->rules_file, "use the rules of this configuration file");
  app.add_option("--line-released-at", o->line_released_at, "finish time of the preceding release of its line");
  app.add_flag("--during-incident", o->during_incident,
               "assume that an incident of its service was open when it started");
  app.add_flag("--stored", o->stored, "list every stored deployment with its decision");
  app.add_option("--month", o->month, "with --stored: only deployments finished in this month, like 2026-10");
  app.add_option("--service", o->service, "with --stored: only this service");
  app.add_flag("--dry-run", o->dry_run, "with --rules: list stored deployments whose kind would change, by month");
  o->output = add_output(app);
  app.footer("Example: releasehealthd classify ref=hotfix/1.8.3 version=1.8.3");
  return [o, &options] {
    if (o->fields.empty() + !o->stored + !o->dry_run != 2)
      throw usage_error("classify: expected exactly one of: fields, --stored, --dry-run");
    if (o->dry_run && o->rules_file.empty()) throw usage_error("--dry-run: expected --rules, too");
    auto c = load_or_refuse(options);
    auto other = o->rules_file.empty() ? c : load_or_refuse(common_options{o->rules_file});
    if (o->dry_run) return dry_run(c, other, *o->output);
    return o->stored ? list_stored(c, *o) : run_classify(other, *o);
  };
}

}
