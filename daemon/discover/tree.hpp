#pragma once
// Reads folders with catalogues and CODEOWNERS files from disk. Only this part of the module does I/O.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "daemon/discover/catalogue.hpp"
#include "daemon/discover/codeowners.hpp"

namespace releasehealth::discover {

/// Limits for trees; everything beyond them is skipped and reported.
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
  std::size_t files = 0;  ///< number of files read

  /// The nearest root above a file; null if there is none.
  const repository_root* repository_of(const std::filesystem::path& file) const;
};

/// Reads all catalog-info.yaml and .yml files, the local files that their Locations name, and CODEOWNERS in the
/// locations that GitHub and GitLab use. A path that is a file is read as a catalogue. Symbolic links to folders are
/// not followed, and .git and node_modules are skipped. Files that cannot be read become problems of the catalogue.
/// Throws std::runtime_error for a path that does not exist.
tree read_trees(std::span<const std::string> paths, const tree_limits& = {});

}
