#include <algorithm>
#include <fstream>
#include <iostream>

#include "collectors/base/nearest.hpp"
#include "collectors/base/printable.hpp"
#include "collectors/base/text.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/discover/catalogue_services.hpp"
#include "daemon/discover/toml.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

struct discover_options {
  std::vector<std::string> paths;
  std::string file;  ///< --write
};

bool is_read_by(const config& c, const common_options& options, const std::string& file) {
  const auto is_it = [&](const std::filesystem::path& other) {
    std::error_code ec;
    return std::filesystem::equivalent(other, file, ec);
  };
  return is_it(options.config_file) || std::ranges::any_of(c.included, is_it);
}

std::string include_line(const common_options& options, const std::string& file) {
  std::error_code ec;
  const auto folder = std::filesystem::absolute(options.config_file, ec).parent_path();
  const auto relative = std::filesystem::absolute(file, ec).lexically_normal().lexically_relative(folder);
  return "include = [" + in_quotes(relative.empty() ? file : relative.native()) + "] in " + options.config_file;
}

void say_what_trees_hold(const discover::tree& trees) {
  for (const auto& problem : trees.found.problems) std::cerr << printable(problem) << '\n';
  const auto count = [&](std::string_view kind) {
    return std::ranges::count(trees.found.entities, kind, &discover::entity::kind);
  };
  std::cerr << trees.files << " files: " << count("Component") << " components, " << count("System") << " systems, "
            << count("Group") << " groups, " << trees.found.others << " other entities, " << trees.found.templates
            << " templates; " << trees.found.problems.size() << " problems\n";
}

void propose_from_database(const config& c, const discover::configured_names& known, discover::proposals& proposed) {
  const auto database = open_database(c, "discover");
  ledger::reader queries(database.where);
  propose_from_ledger(queries, known, system_now(), proposed);
}

// Catalogues are useful without a database.
void propose_from_database_if_any(const config& c, const discover::configured_names& known,
                                  discover::proposals& proposed) {
  try {
    propose_from_database(c, known, proposed);
  } catch (const std::runtime_error& e) {
    std::cerr << "cannot compare names in the database: " << printable(ledger::description_of(e)) << '\n';
  }
}

/// Appends to a file; restores the file if the configuration would be invalid.
void append_tables(const common_options& options, const std::string& file, const std::string& tables) {
  const std::filesystem::path path(file);
  std::error_code ec;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
  const bool is_new = !std::filesystem::exists(path, ec);
  const auto old_size = is_new ? 0 : std::filesystem::file_size(path);
  {
    std::ofstream out(path, std::ios::binary | std::ios::app);
    out << (is_new ? "# Proposed by `releasehealthd discover`; edit as needed.\n\n" : "\n") << tables << std::flush;
    if (!out) throw std::runtime_error(file + ": cannot be written");
  }
  const auto read = load_config(options.config_file, process_environment());
  if (const auto* wrong = std::get_if<config_mistakes>(&read)) {
    if (is_new)
      std::filesystem::remove(path);
    else
      std::filesystem::resize_file(path, old_size);
    std::string all;
    for (const auto& m : wrong->all) all += "\n" + m;
    throw std::runtime_error(file + ": unchanged, because the configuration would be invalid:" + all);
  }
  if (!is_read_by(std::get<config>(read), options, file))
    std::cerr << file << ": not included yet; add " << include_line(options, file) << '\n';
}

int write_proposals(const common_options& options, const std::string& file, const discover::proposals& found,
                    const std::vector<std::string>& missing) {
  if (const auto tables = discover::new_tables(found); !tables.empty()) {
    append_tables(options, file, tables);
    const auto services = std::ranges::count(found.services, false, &discover::proposed_service::is_configured);
    std::cerr << file << ": services appended: " << services << ", teams: " << found.teams.size()
              << "; reload to apply them, `releasehealthd rebuild` to apply them to history\n";
  }
  for (const auto& lines : missing) std::cerr << printable(lines);
  if (!missing.empty())
    std::cerr << "services already defined: " << missing.size() << "; add these lines to their tables\n";
  return missing.empty() ? 0 : 1;
}

void print_proposals(const discover::proposals& found, const std::vector<std::string>& missing) {
  std::cout << discover::new_tables(found);
  for (const auto& lines : missing) {
    std::cout << '\n';
    std::string_view rest = lines;
    while (!rest.empty()) {
      const auto line = take_part(rest, '\n');
      if (!line.empty()) std::cout << "# " << line << '\n';
    }
  }
}

int run_discover(const common_options& options, const discover_options& o) {
  const auto c = load_or_refuse(options);
  std::error_code ec;
  if (!o.file.empty() && std::filesystem::exists(o.file, ec) && !is_read_by(c, options, o.file))
    throw usage_error("--write: " + in_quotes(o.file) + " exists but the configuration does not include it; expected " +
                      include_line(options, o.file) + ", or another file");
  const auto trees = discover::read_trees(o.paths);
  auto known = configured_names_of(c.figures);
  known.services_at = c.services_at;
  if (!o.paths.empty()) say_what_trees_hold(trees);
  discover::proposals found;
  discover::propose_from_catalogue(trees, known, found);
  (o.paths.empty() ? propose_from_database : propose_from_database_if_any)(c, known, found);
  discover::propose_teams(trees.found, known, found);
  for (const auto& remark : found.remarks) std::cerr << printable(remark) << '\n';
  if (found.is_empty()) {
    std::cerr << "nothing to propose\n";
    return 0;
  }
  const auto missing = discover::missing_lines(found, known);
  if (!o.file.empty()) return write_proposals(options, o.file, found, missing);
  print_proposals(found, missing);
  return 0;
}

}

std::function<int()> add_discover(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<discover_options>();
  app.add_option(
      "path", o->paths,
      "folders with Backstage's catalog-info.yaml and CODEOWNERS files, or such a file; names in the database "
      "are always compared");
  app.add_option("--write", o->file, "append new tables to this file, such as conf.d/services.toml");
  app.footer("Example: releasehealthd discover ~/src --write /etc/releasehealthd/conf.d/services.toml");
  return [o, &options] { return run_discover(options, *o); };
}

}
