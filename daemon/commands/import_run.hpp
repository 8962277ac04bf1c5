#pragma once
// One run of `import`: its options, destination and counts.
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "collectors/facts.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/derivation/derive_along.hpp"
#include "daemon/import/history.hpp"
#include "daemon/import/importer.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {

struct import_options {
  std::string format, file, service, environment, source, since, until, tags = "versions", prefix, repository,
                                                                        rules_file;
  std::vector<std::string> columns;
  bool dry_run = false, strict = false, without_sizes = false, with_prereleases = false;
};

/// The summary of a history for --dry-run.
class import_contents {
 public:
  void add(const event&);
  std::string text() const;

 private:
  std::map<std::string, std::size_t> types_;
  std::set<std::string> services_;
  std::optional<timestamp> first_, last_;
};

struct import_run {
  const config& c;
  const import_options& o;
  timestamp now = system_now();
  std::optional<timestamp> since = read_time_option(o.since, "--since"), until = read_time_option(o.until, "--until");
  std::optional<opened_database> database = {};
  std::optional<ledger::appender> appender = {};
  std::optional<importer> target = {};
  std::optional<ledger::derive_along> deriving = {};
  progress_line progress = {};
  import_contents contents = {};
  std::size_t read = 0, refused = 0;

  struct stopped {};  ///< --strict met a bad record

  /// Opens the database, unless it is a dry run.
  void open(const std::string& source);
  /// Handles events between --since and --until. `stream`: whose position, of `size` bytes, is shown as
  /// progress.
  record_handler handler(std::istream* stream, std::uint64_t size);
  /// Stores the remaining records. Returns the exit code.
  int finish();
};

/// `import git`.
int import_git(import_run&);

}
