#pragma once
// Subcommands. Each has a file of its own with its options and its implementation; commands.cpp lists them.
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/config/config.hpp"
#include "daemon/database/private_postgres.hpp"

namespace releasehealth {

/// Options of every command.
struct common_options {
  std::string config_file;  ///< --config, else RELEASEHEALTHD_CONFIG, else default_config_file
};

struct command {
  const char* name = nullptr;
  const char* help = nullptr;
  /// Declares the arguments. The returned function runs after parsing and returns the exit code.
  std::function<int()> (*add)(CLI::App&, const common_options&) = nullptr;
};

std::span<const command> commands();

/// Wrong arguments or configuration: exit code 2, the message on stderr.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No database is available. Without a configuration file, the message reports the missing file instead.
struct no_database : usage_error {
  using usage_error::usage_error;
};

/// Throws usage_error with one line for each mistake in the configuration.
config load_or_refuse(const common_options&);

/// The database of a command: the configured one, or the daemon's private one, which is started for the duration of the
/// command if the daemon does not run. Its schema is up to date.
struct opened_database {
  std::optional<ledger::private_postgres> postgres;
  session where;
};
/// Whether a private PostgreSQL may be created. Commands that only read or add must not create one: they would answer
/// from an empty database.
enum class cluster_use { existing, created };
/// Throws no_database if there is none and it may not be created.
opened_database open_database(const config&, const std::string& part, cluster_use = cluster_use::existing);

/// Accepts one of several words; the error suggests the nearest: `unknown format "tex"; did you mean "text"?`
CLI::Validator one_of(std::string what, std::vector<std::string> words);
CLI::Validator one_of(std::string what, std::span<const std::string_view> words);

/// The error message for unexpected arguments; suggests the nearest command or option if there is one.
std::string unexpected_arguments(const CLI::App& program);

/// Maps the names in a query to their current names. Throws std::runtime_error, with the nearest known name, for a name
/// that neither the database nor the configuration has.
void require_known(ledger::reader&, const figure_settings&, std::string& service, std::string& team);

/// Parses "key=value" words into fields; throws usage_error for anything else.
json::object read_fields(const std::vector<std::string>& words);

/// Parses a date (midnight in UTC) or an RFC 3339 time; nullopt for an empty text. Throws usage_error naming the
/// option.
std::optional<timestamp> read_time_option(const std::string& text, const char* option);

/// Reads a whole file; "-" is standard input. Throws std::runtime_error if it cannot be read.
std::string read_file(const std::string& path);

/// The token in that file, else in RELEASEHEALTHD_TOKEN. Throws usage_error if neither is given.
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
std::function<int()> add_sync(CLI::App&, const common_options&);
std::function<int()> add_redeliver(CLI::App&, const common_options&);
std::function<int()> add_rules(CLI::App&, const common_options&);
std::function<int()> add_sources(CLI::App&, const common_options&);
std::function<int()> add_reference(CLI::App&, const common_options&);
std::function<int()> add_healthcheck(CLI::App&, const common_options&);
std::function<int()> add_completion(CLI::App&, const common_options&);

}
