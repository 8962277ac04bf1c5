#include "daemon/commands/explain.hpp"

#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/ledger/derive.hpp"

namespace releasehealth {
namespace {

std::string name_of(ledger::reader& from, const std::string& id) {
  if (id.empty()) return "nothing that is measured";
  const auto found = from.find_deployments(id);
  if (found.empty()) return id;
  const auto version = text_at(found.front(), "/version");
  return text_at(found.front(), "/subject") + (version.empty() ? "" : " (" + version + ")");
}

void line(std::string_view name, const std::string& value) {
  if (!value.empty())
    std::cout << "  " << name << std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') << value << '\n';
}

void tell(const std::vector<ledger::stored_event>& told) {
  std::cout << "  told by\n";
  for (const auto& e : told)
    std::cout << "    " << format_time(e.told.time) << "  " << (e.told.is_override ? "override" : e.told.type) << ' '
              << e.told.id << "  " << json::serialize(e.told.fields) << '\n';
}

const json::array& list(const json::object& in, std::string_view column) { return in.at(column).as_array(); }

void explain_failure(ledger::reader& from, const json::object& d) {
  if (!flag_at(d, "/failed")) return line("failed", flag_at(d, "/is_change") ? "no" : "");
  line("failed", "yes; first issue " + time(d, "issue_at") + ", recovered " +
                     (time(d, "recovered_at").empty() ? "not yet" : time(d, "recovered_at")));
  for (const auto& i : list(d, "blamed_by"))
    line("  blamed by", "incident " + text(i, "subject") + " of " + text(i, "source"));
  for (const auto& r : list(d, "remedied_by"))
    line("  remedied by", text(r, "way") + ' ' + name_of(from, text(r, "by")) + ", started " + time(r, "started_at"));
}

void explain_deployment(ledger::reader& from, const json::object& d) {
  std::cout << text(d, "service") << " in " << text(d, "environment") << ": deployment " << text(d, "subject") << " of "
            << text(d, "source") << '\n';
  for (const auto* column : {"id", "version", "commit", "state"}) line(column, text(d, column));
  line("started", time(d, "started_at"));
  line("finished", time(d, "finished_at"));
  if (!text(d, "kind").empty()) {
    line("kind", text(d, "kind") + ", because of: " + text(d, "kind_reason"));
    line("change", flag_at(d, "/is_change") ? "yes, it covered " + name_of(from, text(d, "below")) : "no");
    line("live after it", name_of(from, text(d, "live")));
    if (!text(d, "rolled_back_by").empty()) line("rolled back by", name_of(from, text(d, "rolled_back_by")));
    for (const auto& id : list(d, "remedies")) line("remedies", name_of(from, std::string(id.as_string())));
    if (!time(d, "detected_at").empty()) line("response", "counts from a detection at " + time(d, "detected_at"));
    explain_failure(from, d);
  } else {
    line("kind", "none: it has not succeeded");
  }
  auto told = from.events_about("deployment", text(d, "source"), text(d, "subject"));
  if (!text(d, "commit").empty())
    for (auto& e : from.events_about("commit", "", text(d, "commit"))) told.push_back(std::move(e));
  tell(told);
}

/// Why an incident blames no change, for people.
constexpr std::pair<std::string_view, std::string_view> reasons[] = {
    {"no_deployment", "no change was live when it started"},
    {"outside_window", "the change that was live had been so for longer than the attribution window"},
    {"culprit_unknown", "its culprit is not known, or names several"},
    {"no_service", "it names no service"},
    {"not_a_change", "its culprit is none, or changed nothing"},
    {"failed_deployment", "a deployment that did not succeed was in progress, or is its culprit"},
};

std::string because(const std::string& reason) {
  for (const auto& [name, meaning] : reasons)
    if (name == reason) return reason + ": " + std::string(meaning);
  return "it is not in production";
}

void explain_incident(ledger::reader& from, const json::object& i) {
  std::cout << (text(i, "service").empty() ? "no service" : text(i, "service")) << " in " << text(i, "environment")
            << ": incident " << text(i, "subject") << " of " << text(i, "source") << '\n';
  for (const auto* column : {"id", "state", "severity"}) line(column, text(i, column));
  line("title", text(i, "facts/title"));
  line("started", time(i, "started_at"));
  line("detected", time(i, "detected_at"));
  line("acknowledged", time(i, "acknowledged_at"));
  for (const auto& s : list(i, "stretches"))
    line("open", time(s, "from") + " to " + (time(s, "until").empty() ? "now" : time(s, "until")));
  line("restored", time(i, "restored_at").empty() ? "not yet" : time(i, "restored_at"));
  const auto culprit = text(i, "culprit");
  if (!text(i, "blamed").empty())
    line("blames", name_of(from, text(i, "blamed")) +
                       (culprit.empty() ? ", in progress or live when it started" : ", named as culprit: " + culprit));
  else
    line("blames", "nothing; " + because(text(i, "reason")));
  for (const auto& r : list(i, "remedies"))
    line("remedy", text(r, "way") + ' ' + name_of(from, text(r, "by")) + ", started " + time(r, "started_at"));
  if (!text(i, "decided_at").empty()) line("decided", text(i, "decided_way") + ", started " + time(i, "decided_at"));
  for (const auto& w : list(i, "work"))
    line("at work", (text(w, "person").empty() ? "somebody" : text(w, "person")) + " (" + text(w, "method") + "), " +
                        (text(w, "seconds").empty()
                             ? time(w, "from") + " to " + (time(w, "until").empty() ? "now" : time(w, "until"))
                             : text(w, "seconds") + " s"));
  tell(from.events_about("incident", text(i, "source"), text(i, "subject")));
}

void explain_all(const std::vector<json::object>& found, const std::string& what, const std::string& name,
                 const std::function<void(const json::object&)>& explain) {
  if (found.empty()) throw std::runtime_error("no " + what + " is called " + name);
  for (const auto& f : found) explain(f);
}

}

std::function<int()> add_explain(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<explain_options>();
  app.add_option("what", o->what, "deployment, incident or figure")
      ->required()
      ->check(CLI::IsMember({"deployment", "incident", "figure"}));
  app.add_option("name", o->name, "its id, the sender's name for it, or a deployment's version; a figure's name")
      ->required();
  app.add_option("labels", o->labels, "of a figure: kind=hotfix quantile=0.5");
  app.add_option("--service", o->service, "of a figure");
  app.add_option("--environment", o->environment, "of a figure; default: every production one of the service");
  app.add_option("--team", o->team, "of a figure: all services of the team together");
  app.add_option("--period", o->period, "of a figure: 30d, month, 2026-10, 2026-Q4 or begin/end")
      ->capture_default_str();
  return [o, &options] {
    const auto c = load_or_refuse(options);
    const auto database = open_database(c, "explain");
    ledger::deriver(database.where, c.timeline).derive();
    ledger::reader from(database.where);
    if (o->what == "figure") return explain_figure(from, *o, c.figures);
    if (o->what == "deployment")
      explain_all(from.find_deployments(o->name), o->what, o->name,
                  [&](const auto& d) { explain_deployment(from, d); });
    else
      explain_all(from.find_incidents(o->name), o->what, o->name, [&](const auto& i) { explain_incident(from, i); });
    return 0;
  };
}

}
