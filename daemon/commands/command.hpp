#pragma once
// A subcommand: what it takes, and what it does. One file each; commands.cpp lists them.
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/config.hpp"
#include "daemon/ledger/private_postgres.hpp"

namespace releasehealth {

/// What every command takes.
struct common_options {
  std::string config_file = default_config_file;
};

struct command {
  const char* name = nullptr;
  const char* help = nullptr;
  /// Declares its arguments and returns what runs once they are read: the exit code.
  std::function<int()> (*add)(CLI::App&, const common_options&) = nullptr;
};

/// Every command there is; the first one runs when none is named.
std::span<const command> commands();

/// Wrong arguments or configuration: exit code 2, the message on stderr.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The configuration, or a usage_error with every mistake on a line of its own.
config load_or_refuse(const common_options&);

/// The database of a command: the configured one, the daemon's private one, or one of its own for as long as it runs.
/// Its schema is up to date.
struct opened_database {
  std::optional<ledger::private_postgres> postgres;
  session where;
};
opened_database open_database(const config&, const std::string& part);

/// "key=value", as people and pipelines write fields; usage_error for anything else.
json::object read_fields(const std::vector<std::string>& words);

/// "2026-01-01", midnight in UTC, or an RFC 3339 time; nothing if nothing is given. usage_error naming the option.
std::optional<timestamp> read_time_option(const std::string& text, const char* option);

/// Reads a whole file, "-" being standard input; std::runtime_error if it cannot.
std::string read_file(const std::string& path);

/// The token in that file; usage_error if none is named.
std::string read_token(const std::string& file);

std::function<int()> add_serve(CLI::App&, const common_options&);
std::function<int()> add_check_config(CLI::App&, const common_options&);
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
