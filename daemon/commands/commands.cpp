#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "collectors/base/nearest.hpp"
#include "collectors/csv/csv.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/figures/snapshot.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

const command every_command[] = {
    {"serve", "run the daemon", add_serve},
    {"check-config", "list every error in the configuration; exit 2 on errors", add_check_config},
    {"init", "write a first configuration and its secrets, and print the values to enter at each source", add_init},
    {"doctor",
     "check configuration, database, sources, names and coverage, and print a fix for each finding; exit 1 on "
     "findings",
     add_doctor},
    {"discover", "propose services, teams and aliases from catalogues and the names in the database", add_discover},
    {"migrate", "bring the database schema up to date (serve does this at startup)", add_migrate},
    {"import", "import history from NDJSON, CSV, a git repository or an API", add_import},
    {"export", "export all events as NDJSON", add_export},
    {"send", "send one event to a running daemon", add_send},
    {"amend", "amend a deployment or an incident: overrides and follow-ups", add_amend},
    {"classify", "show the kind of given or stored deployments, or kinds that changed rules would change",
     add_classify},
    {"explain", "explain a deployment, an incident or a figure", add_explain},
    {"rebuild", "re-derive history from the stored events", add_rebuild},
    {"report", "print figures by month or period", add_report},
    {"backfill", "write past values of the gauges for Prometheus' promtool", add_backfill},
    {"rules", "print the Prometheus alert rules for the configured thresholds", add_rules},
    {"erase", "erase a person from events and stored payloads (audited)", add_erase},
    {"sync", "read history and missed reports from the APIs of sources", add_sync},
    {"redeliver", "fetch deliveries missed during downtime from the source's API", add_redeliver},
    {"replay", "decode dead-letter deliveries again after a fix", add_replay},
    {"sources", "list the kinds of source and their settings", add_sources},
    {"reference", "print reference tables: figures, thresholds, configuration keys, threads", add_reference},
    {"healthcheck", "check whether the daemon of this configuration responds; exit 0 or 1", add_healthcheck},
    {"completion", "print completion scripts for bash and zsh", add_completion},
};

}

std::span<const command> commands() { return every_command; }

config load_or_refuse(const common_options& options) {
  auto read = load_config(options.config_file, process_environment());
  if (const auto* wrong = std::get_if<config_mistakes>(&read)) {
    std::string all;
    for (const auto& m : wrong->all) all += (all.empty() ? "" : "\n") + m;
    throw usage_error(all);
  }
  return std::get<config>(std::move(read));
}

opened_database open_database(const config& c, const std::string& part, cluster_use use) {
  opened_database out;
  if (c.database_url.empty() && use == cluster_use::existing && !ledger::private_postgres::exists(c.state_dir)) {
    throw no_database("database: no private PostgreSQL in " + in_quotes((c.state_dir / "postgresql").string()) +
                      "; `releasehealthd serve` and `releasehealthd migrate` create it, or set [database] url");
  }
  if (c.database_url.empty())
    out.postgres.emplace(
        ledger::private_postgres::use(c.state_dir, false, [](const std::string& what) { std::cerr << what << '\n'; }));
  out.where.dsn = out.postgres ? out.postgres->dsn() : c.database_url;
  out.where = out.where.as(part).unlimited();
  for (const auto& name : ledger::migrate(out.where)) std::cerr << "migrated " << name << '\n';
  return out;
}

CLI::Validator one_of(std::string what, std::vector<std::string> words) {
  std::string listed;
  for (const auto& w : words) listed += (listed.empty() ? "{" : ",") + w;
  return {[what = std::move(what), words = std::move(words)](std::string& given) {
            return std::ranges::find(words, given) != words.end() ? std::string()
                                                                  : unknown_word(what, given, word_list_of(words));
          },
          listed + '}'};
}

CLI::Validator one_of(std::string what, std::span<const std::string_view> words) {
  return one_of(std::move(what), std::vector<std::string>(words.begin(), words.end()));
}

std::string unexpected_arguments(const CLI::App& program) {
  const auto chosen = program.get_subcommands();
  const auto rest = program.remaining(true);
  const auto word = rest.empty() ? std::string() : rest.front();
  const auto& command = chosen.empty() ? program : *chosen.front();
  std::vector<std::string> known;
  if (chosen.empty() && !word.starts_with('-')) {
    for (const auto& c : commands()) known.emplace_back(c.name);
    return unknown_word("command", word, word_list_of(known));
  }
  if (!word.starts_with('-')) return command.get_name() + ": unexpected argument " + in_quotes(word);
  for (const auto* option : command.get_options())
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  return command.get_name() + ": " + unknown_word("option", word.substr(0, word.find('=')), word_list_of(known));
}

void require_known(ledger::reader& database, const figure_settings& settings, std::string& service, std::string& team) {
  service = settings.names.service({}, {{"service", service}}, system_now());
  std::set<std::string> services, teams;
  for (const auto& [where, its_team] : places_and_teams(database.places(), settings)) {
    services.insert(where.service);
    teams.insert(its_team);
  }
  for (const auto& [name, engineers] : settings.engineers) teams.insert(name);
  for (auto* names : {&services, &teams}) names->erase("");
  if (!service.empty() && !services.contains(service))
    throw std::runtime_error(unknown_word("service", service, word_list_of(services)));
  if (!team.empty() && !teams.contains(team)) throw std::runtime_error(unknown_word("team", team, word_list_of(teams)));
}

json::object read_fields(const std::vector<std::string>& words) {
  std::vector<std::string> names, values;
  for (const auto& w : words) {
    const auto equals = w.find('=');
    if (equals == w.npos || equals == 0) throw usage_error("field: invalid " + in_quotes(w) + "; expected key=value");
    names.push_back(w.substr(0, equals));
    if (std::ranges::count(names, names.back()) > 1)
      throw usage_error("field: duplicate " + in_quotes(names.back()) + "; expected each field once");
    values.push_back(w.substr(equals + 1));
  }
  return csv::read_object(names, values);
}

std::string read_token(const std::string& file) {
  const char* given = std::getenv("RELEASEHEALTHD_TOKEN");
  if (file.empty() && given && *given != '\0') return given;
  if (file.empty())
    throw usage_error("token: none given; expected --token-file, RELEASEHEALTHD_TOKEN_FILE or RELEASEHEALTHD_TOKEN");
  auto token = read_file(file);
  token.erase(token.find_last_not_of("\r\n") + 1);
  if (const auto why = what_is_no_secret(token); !why.empty()) throw usage_error(file + ' ' + why);
  return token;
}

std::string read_file(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<timestamp> read_time_option(const std::string& text, const char* option) {
  if (text.empty()) return {};
  const auto instant = parse_time(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!instant)
    throw usage_error(std::string(option) + ": invalid time " + in_quotes(text) +
                      "; expected a date or RFC 3339 with an offset");
  return instant;
}

}
