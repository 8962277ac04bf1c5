#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/ledger/derive.hpp"
#include "daemon/ledger/reads.hpp"

namespace releasehealth {
namespace {

std::string name_of(ledger::reader& from, const std::string& id) {
  if (id.empty()) return "nothing that is measured";
  const auto found = from.find_deployments(id);
  if (found.empty()) return id;
  const auto version = text_at(found.front(), "/version");
  return text_at(found.front(), "/subject") + (version.empty() ? "" : " (" + version + ")");
}

void explain(ledger::reader& from, const json::object& d) {
  const auto text = [&](std::string_view column) { return text_at(d, '/' + std::string(column)); };
  const auto line = [](std::string_view name, const std::string& value) {
    if (!value.empty())
      std::cout << "  " << name << std::string(name.size() < 14 ? 14 - name.size() : 1, ' ') << value << '\n';
  };
  std::cout << text("service") << " in " << text("environment") << ": deployment " << text("subject") << " of "
            << text("source") << '\n';
  line("id", text("id"));
  line("version", text("version"));
  line("commit", text("commit"));
  line("state", text("state"));
  line("started", text("started_at"));
  line("finished", text("finished_at"));
  if (!text("kind").empty()) {
    line("kind", text("kind") + ", because of: " + text("kind_reason"));
    line("change", flag_at(d, "/is_change") ? "yes, it covered " + name_of(from, text("below")) : "no");
    line("live after it", name_of(from, text("live")));
    if (!text("rolled_back_by").empty()) line("rolled back by", name_of(from, text("rolled_back_by")));
  } else {
    line("kind", "none: it has not succeeded");
  }
  std::cout << "  told by\n";
  auto told = from.events_about("deployment", text("source"), text("subject"));
  if (!text("commit").empty())
    for (auto& e : from.events_about("commit", "", text("commit"))) told.push_back(std::move(e));
  for (const auto& e : told) {
    std::cout << "    " << format_time(e.told.time) << "  " << (e.told.is_override ? "override" : e.told.type) << ' '
              << e.told.id << "  " << json::serialize(e.told.fields) << '\n';
  }
}

}

std::function<int()> add_explain(CLI::App& app, const common_options& options) {
  struct explain_options {
    std::string what, name;
  };
  const auto o = std::make_shared<explain_options>();
  app.add_option("what", o->what, "deployment")->required()->check(CLI::IsMember({"deployment"}));
  app.add_option("name", o->name, "its id, the sender's name for it, or its version")->required();
  return [o, &options] {
    const auto c = load_or_refuse(options);
    const auto database = open_database(c, "explain");
    ledger::deriver(database.where, c.timeline).derive();
    ledger::reader from(database.where);
    const auto found = from.find_deployments(o->name);
    if (found.empty()) throw std::runtime_error("no deployment is called " + o->name);
    for (const auto& d : found) explain(from, d);
    return 0;
  };
}

}
