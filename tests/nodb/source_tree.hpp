#pragma once
// Folders with catalogues, for tests of `discover`.
#include <cstdlib>
#include <fstream>

#include "daemon/discover/tree.hpp"
#include "tests/check.hpp"

namespace releasehealth::test {

/// Files in a temporary folder.
struct source_tree {
  std::filesystem::path path;
  source_tree() {
    char name[] = "/tmp/rh-discover-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  source_tree(const source_tree&) = delete;
  ~source_tree() { std::filesystem::remove_all(path); }
  void write(const std::string& file, std::string_view text) const {
    std::filesystem::create_directories((path / file).parent_path());
    std::ofstream(path / file, std::ios::binary) << text;
  }
  discover::tree read(const discover::tree_limits& may = {}) const {
    const std::string paths[] = {path.native()};
    return discover::read_trees(paths, may);
  }
};

inline std::string component(const std::string& name, const std::string& annotations = {},
                             const std::string& spec = {}) {
  return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name +
         "\n  annotations:\n    x: y\n" + annotations + "spec:\n  type: service\n  lifecycle: production\n" + spec;
}

inline std::string owned_by(const std::string& owner) { return "  owner: " + owner + "\n"; }

}
