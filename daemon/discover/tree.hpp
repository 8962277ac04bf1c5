#pragma once
// Folders with catalogues and CODEOWNERS files, as they are read from disk: the only file of this room that does I/O.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "daemon/discover/catalogue.hpp"
#include "daemon/discover/codeowners.hpp"

namespace releasehealth::discover {

/// What trees may hold; what exceeds it is left out and reported.
struct tree_limits {
  std::size_t file_bytes = std::size_t{1} << 20, files = 10'000, entries = 2'000'000, depth = 32;
};

/// The root of a repository: a folder with .git or CODEOWNERS.
struct repository_root {
  std::filesystem::path folder, owners_file;
  std::vector<owners_rule> owners = {};
};

struct tree {
  catalogue found;
  std::vector<repository_root> repositories;
  std::size_t files = 0;  ///< read

  /// The nearest root above a file; null: there is none.
  const repository_root* repository_of(const std::filesystem::path& file) const;
};

/// Reads every catalog-info.yaml and .yml, the local files that their Locations name, and CODEOWNERS where GitHub and
/// GitLab look for it. A path that is a file is read as a catalogue. Neither symbolic links to folders are followed,
/// nor .git and node_modules entered. What cannot be read is a problem of the catalogue. Throws std::runtime_error for
/// a path that does not exist.
tree read_trees(std::span<const std::string> paths, const tree_limits& = {});

}
