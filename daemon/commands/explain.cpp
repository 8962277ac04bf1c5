#include <iostream>

#include "collectors/base/nearest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

struct explain_options {
  std::string what;
  figure_inquiry asked;
  std::vector<std::string> labels;
  bool json = false;  ///< as in earlier releases: an object per line
};

std::vector<explanation> find(ledger::reader& database, explain_options o, const figure_settings& settings) {
  auto& name = o.asked.figure;
  if (o.what == "deployment") return explain_deployment(database, name);
  if (o.what == "incident") return explain_incident(database, name);
  require_known(database, settings, o.asked.service, o.asked.team);
  o.asked.environment = settings.names.environment(o.asked.environment);
  for (const auto& word : o.labels) {
    const auto equals = word.find('=');
    if (equals == word.npos)
      throw usage_error("labels: invalid label " + in_quotes(word) + "; expected one like kind=hotfix");
    o.asked.labels.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  auto all = explain_figure(database, o.asked, settings, system_now());
  if (all) return std::move(*all);
  if (all.error().code == errc::malformed) throw usage_error(all.error().text());
  throw std::runtime_error(in_quotes(name) + ": " + all.error().text());
}

void print(const std::vector<explanation>& all, const output_options& output) {
  if (output.is_text()) {
    for (const auto& e : all) {
      const auto text = as_text(e);
      const auto title = text.find('\n') + 1;
      print_text(output, std::string_view(text).substr(0, title), 2);
      print_text(output, std::string_view(text).substr(title), indent_of_reasons);
    }
    return;
  }
  json::array rows;
  for (const auto& e : all) {
    if (output.format == "json") rows.push_back(as_json(e));
    for (const auto& [what, why, deployment] : e.lines)
      if (output.format == "csv")
        rows.push_back(json::object{{"title", e.title}, {"what", what}, {"why", why}, {"deployment", deployment}});
  }
  print_rows(output, "items", rows);
}

}

std::function<int()> add_explain(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<explain_options>();
  app.add_option("what", o->what, "deployment, incident or figure")
      ->required()
      ->check(one_of("thing", {"deployment", "incident", "figure"}));
  app.add_option("name", o->asked.figure, "id, the sender's id, or a deployment's version; or the name of a figure")
      ->required();
  app.add_option("labels", o->labels, "labels of a figure, like kind=hotfix quantile=0.5");
  app.add_option("--service", o->asked.service, "service of a figure");
  app.add_option("--environment", o->asked.environment,
                 "environment of a figure; default: all production environments of the service");
  app.add_option("--team", o->asked.team, "team of a figure: all its services together");
  app.add_option("--period", o->asked.period, "period of a figure: 30d, month, 2026-10, 2026-Q4 or begin/end")
      ->capture_default_str();
  app.add_flag("--json", o->json)->group("");
  const auto output = add_output(app);
  app.footer("Example: releasehealthd explain figure hotfixes --service checkout --period month");
  return [o, output, &options] {
    const auto c = load_or_refuse(options);
    const auto database = open_database(c, "explain");
    ledger::deriver(database.where, c.timeline).derive();
    ledger::reader queries(database.where);
    const auto all = find(queries, *o, as_derived(queries, c.figures));
    if (all.empty()) throw std::runtime_error("unknown " + o->what + ' ' + in_quotes(o->asked.figure));
    if (!o->json) return print(all, *output), 0;
    for (const auto& e : all) std::cout << json::serialize(as_json(e)) << '\n';
    return 0;
  };
}

}
