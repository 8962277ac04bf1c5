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
#include "daemon/http/server.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/limits.hpp"

namespace releasehealth {

struct config {
  std::filesystem::path state_dir = "/var/lib/releasehealthd";
  std::string database_url;  ///< empty: a private PostgreSQL in state_dir
  std::string read_url;      ///< of a replica, for figures and lists; empty: the same
  http::endpoint intake{"127.0.0.1", 9620};
  http::endpoint operations{"127.0.0.1", 9621};
  limits bounds;
  duration keep_bodies{0};                  ///< of deliveries, after their receipt; 0: for ever
  std::chrono::milliseconds patience{500};  ///< how long a delivery waits for PostgreSQL before it goes there
  std::map<std::string, std::string> basic_auth_users;  ///< of operations: name, bcrypt hash; none: nobody is asked
  std::chrono::seconds drain{10};                       ///< how long requests in progress may take after SIGTERM
  log_format logs = log_format::logfmt;
  log_level lowest = log_level::info;
  std::vector<std::string> operations_hosts;  ///< names under which people reach operations, besides loopback's own
  std::vector<token> tokens;
  std::vector<source> sources;
  bool gate_holds_without_data = false;
  figure_settings figures;
  ledger::derive_settings timeline;
  std::vector<std::string> warnings;            ///< worth saying, not worth refusing
  std::vector<std::filesystem::path> included;  ///< files read besides the main one
  /// Where each [[service]] is defined, by name: "conf.d/services.toml:12:1".
  std::map<std::string, std::string, std::less<>> services_at;
  bool has_tables = false;  ///< the file holds something: else everything is a default
  /// What stands for each key that takes effect at the next start only, as a digest; empty: nothing does.
  std::map<std::string, std::string> at_start;
};

/// A mistake in the file: "config.toml:12:3: ...".
struct config_mistakes {
  std::vector<std::string> all;
};

/// Environment variables as a lookup; tests bring their own.
using environment = std::function<std::optional<std::string>(const std::string& name)>;
environment process_environment();

/// Reads the file; one that is absent is an empty one, if it is the default path. RELEASEHEALTHD_... variables override
/// scalars: RELEASEHEALTHD_DATABASE_URL is [database] url. All mistakes are found, not only the first.
std::variant<config, config_mistakes> load_config(const std::filesystem::path& file, const environment&);
std::variant<config, config_mistakes> parse_config(std::string_view text, const std::filesystem::path& file,
                                                   const environment&);

/// Why the content of a file, less its last line ends, cannot be one secret; empty: it can. What an editor added would
/// make every signature wrong in silence.
std::string what_is_no_secret(std::string_view);

/// A key that the reader asks for.
struct known_key {
  std::string name;      ///< dotted; "source.name" is the name of each [[source]]
  std::string holds;     ///< "text", "a duration", ...
  std::string fallback;  ///< as it would be written; empty: none
  bool needs_restart;    ///< a reload only names it
};

/// The keys that need a restart and differ.
std::vector<std::string> changed_at_start(const config& running, const config& read);

/// Why a reload must not replace one configuration by the other unless it is forced: all sources, all tokens or all
/// tables would go, as by a file that was half written. Empty: it may.
std::string what_reload_loses(const config& running, const config& read);

/// That the operations listener serves whoever reaches it, and what would protect it; empty: something does. Tokens
/// protect the API alone.
std::string who_reaches_operations(const config&);

/// Every key there is, in the order in which they are read: from the reader itself, asked with nothing to read.
std::vector<known_key> known_keys();

inline constexpr const char* default_config_file = "/etc/releasehealthd/config.toml";

}
