#pragma once
// The configuration (interface.md §5): one struct with defaults, read strictly from TOML.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collectors/collector.hpp"
#include "daemon/access/tokens.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/figures/snapshot.hpp"
#include "daemon/http/client.hpp"
#include "daemon/http/server.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/limits.hpp"

namespace releasehealth {

struct config {
  std::filesystem::path state_dir = "/var/lib/releasehealthd";
  std::string database_url;  ///< empty: a private PostgreSQL in state_dir
  std::string read_url;      ///< a replica for figures and lists; empty: database_url
  http::endpoint intake{"127.0.0.1", 9620};
  http::endpoint operations{"127.0.0.1", 9621};
  limits bounds;
  duration keep_bodies{0};                  ///< how long payloads are kept after receipt; 0: for ever
  std::chrono::milliseconds patience{500};  ///< how long a delivery waits for PostgreSQL before it is spooled
  std::map<std::string, std::string> basic_auth_users;  ///< of operations: name, bcrypt hash; empty: no login
  std::chrono::seconds drain{10};                       ///< how long requests in progress may take after SIGTERM
  log_format logs = log_format::logfmt;
  log_level lowest = log_level::info;
  std::vector<std::string> operations_hosts;  ///< accepted Host names of operations in addition to loopback's
  std::vector<token> tokens;
  std::vector<source> sources;
  http::client_settings sync;  ///< how `sync` reaches the APIs of sources
  bool gate_holds_without_data = false;
  figure_settings figures;
  ledger::derive_settings timeline;
  std::vector<std::string> warnings;            ///< problems that do not prevent a start
  std::vector<std::filesystem::path> included;  ///< files read in addition to the main one
  /// Where each [[service]] is defined, by name: "conf.d/services.toml:12:1".
  std::map<std::string, std::string, std::less<>> services_at;
  bool has_tables = false;  ///< the file is not empty
  /// A digest of the value of each key that takes effect at the next start only; empty: not set.
  std::map<std::string, std::string> at_start;
};

/// A mistake in the file: "config.toml:12:3: ...".
struct config_mistakes {
  std::vector<std::string> all;
};

/// Looks up an environment variable; tests supply their own.
using environment = std::function<std::optional<std::string>(const std::string& name)>;
environment process_environment();

/// Reads the file. A missing file counts as empty if it is the default path. RELEASEHEALTHD_... variables override
/// scalars: RELEASEHEALTHD_DATABASE_URL is [database] url. Reports all mistakes, not only the first.
std::variant<config, config_mistakes> load_config(const std::filesystem::path& file, const environment&);
std::variant<config, config_mistakes> parse_config(std::string_view text, const std::filesystem::path& file,
                                                   const environment&);

/// The reason why the content of a file, without its trailing line ends, cannot be a secret; empty: it can. Characters
/// added by an editor would silently make every signature wrong.
std::string what_is_no_secret(std::string_view);

/// A key that the reader asks for.
struct known_key {
  std::string name;      ///< dotted; "source.name" is the name of each [[source]]
  std::string holds;     ///< "text", "a duration", ...
  std::string fallback;  ///< the default as written in TOML; empty: none
  bool needs_restart;    ///< a reload only reports a change
};

/// The changed keys that need a restart.
std::vector<std::string> changed_at_start(const config& running, const config& read);

/// The reason why only a forced reload may replace the running configuration: all sources, all tokens or all tables
/// would be removed, as with a half-written file. Empty: none.
std::string what_reload_loses(const config& running, const config& read);

/// A warning that the operations listener serves everyone who reaches it, with the ways to protect it; empty: it is
/// protected. Tokens protect only the API.
std::string who_reaches_operations(const config&);

/// All keys in reading order, recorded by the reader itself on an empty configuration.
std::vector<known_key> known_keys();

inline constexpr const char* default_config_file = "/etc/releasehealthd/config.toml";

}
