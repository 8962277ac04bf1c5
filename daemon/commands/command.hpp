#pragma once
// A subcommand: what it takes, and what it does. One file each; commands.cpp lists them.
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/config/config.hpp"
#include "daemon/database/private_postgres.hpp"

namespace releasehealth {

/// What every command takes.
struct common_options {
  std::string config_file;  ///< --config, else RELEASEHEALTHD_CONFIG, else default_config_file
};

struct command {
  const char* name = nullptr;
  const char* help = nullptr;
  /// Declares its arguments and returns what runs once they are read: the exit code.
  std::function<int()> (*add)(CLI::App&, const common_options&) = nullptr;
};

/// Every command there is.
std::span<const command> commands();

/// Wrong arguments or configuration: exit code 2, the message on stderr.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// There is no database to use; without a configuration file that is what is missing.
struct no_database : usage_error {
  using usage_error::usage_error;
};

/// The configuration, or a usage_error with every mistake on a line of its own.
config load_or_refuse(const common_options&);

/// The database of a command: the configured one, the daemon's private one, or the same started for as long as the
/// command runs. Its schema is up to date.
struct opened_database {
  std::optional<ledger::private_postgres> postgres;
  session where;
};
/// Whether a private PostgreSQL may be created: a command that only reads or adds would answer from an empty one.
enum class cluster_use { existing, created };
/// no_database if there is none and it may not be created.
opened_database open_database(const config&, const std::string& part, cluster_use = cluster_use::existing);

/// A value that is one of several words; the error names the nearest: `unknown format "tex"; did you mean "text"?`
CLI::Validator one_of(std::string what, std::vector<std::string> words);
CLI::Validator one_of(std::string what, std::span<const std::string_view> words);

/// Arguments that no option and no command takes, as an error: the nearest command or option if there is one.
std::string unexpected_arguments(const CLI::App& program);

/// The names in a question to the store, by their names of today. std::runtime_error for one that neither the store nor
/// the configuration knows; it names the nearest.
void require_known(ledger::reader&, const figure_settings&, std::string& service, std::string& team);

/// "key=value", as people and pipelines write fields; usage_error for anything else.
json::object read_fields(const std::vector<std::string>& words);

/// "2026-01-01", midnight in UTC, or an RFC 3339 time; nothing if nothing is given. usage_error naming the option.
std::optional<timestamp> read_time_option(const std::string& text, const char* option);

/// Reads a whole file, "-" being standard input; std::runtime_error if it cannot.
std::string read_file(const std::string& path);

/// The token in that file, else in RELEASEHEALTHD_TOKEN; usage_error if neither is given.
std::string read_token(const std::string& file);

std::function<int()> add_serve(CLI::App&, const common_options&);
std::function<int()> add_check_config(CLI::App&, const common_options&);
std::function<int()> add_doctor(CLI::App&, const common_options&);
std::function<int()> add_init(CLI::App&, const common_options&);
std::function<int()> add_discover(CLI::App&, const common_options&);
std::function<int()> add_migrate(CLI::App&, const common_options&);
std::function<int()> add_import(CLI::App&, const common_options&);
std::function<int()> add_export(CLI::App&, const common_options&);
std::function<int()> add_send(CLI::App&, const common_options&);
std::function<int()> add_amend(CLI::App&, const common_options&);
std::function<int()> add_classify(CLI::App&, const common_options&);
std::function<int()> add_explain(CLI::App&, const common_options&);
std::function<int()> add_rebuild(CLI::App&, const common_options&);
std::function<int()> add_backfill(CLI::App&, const common_options&);
std::function<int()> add_report(CLI::App&, const common_options&);
std::function<int()> add_erase(CLI::App&, const common_options&);
std::function<int()> add_replay(CLI::App&, const common_options&);
std::function<int()> add_redeliver(CLI::App&, const common_options&);
std::function<int()> add_rules(CLI::App&, const common_options&);
std::function<int()> add_sources(CLI::App&, const common_options&);
std::function<int()> add_reference(CLI::App&, const common_options&);
std::function<int()> add_healthcheck(CLI::App&, const common_options&);
std::function<int()> add_completion(CLI::App&, const common_options&);

}
