#pragma once
// Backstage's catalogue: the entities of catalog-info.yaml files.
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace releasehealth::discover {

/// A Component, System or Group.
struct entity {
  std::string kind, name;
  std::string type;    ///< spec.type: "service", "library", "team"...
  std::string owner;   ///< an entity reference: [kind:][namespace/]name
  std::string system;  ///< of a Component; a reference, too
  std::map<std::string, std::string, std::less<>> annotations;
  std::size_t members = 0;  ///< of a Group, as its spec lists them
  std::string file;
  std::size_t line = 0;  ///< of its name, from 1

  /// "services/checkout/catalog-info.yaml:4"
  std::string place() const { return file + ':' + std::to_string(line); }
};

/// What a Location names: a URL, or a path beside its file.
struct location_target {
  std::string file, target;
};

struct catalogue {
  std::vector<entity> entities;
  std::vector<location_target> targets;
  std::vector<std::string> problems;  ///< "file:line: what": the documents that were skipped
  std::size_t templates = 0;          ///< documents whose name is a placeholder of a scaffolder
  std::size_t others = 0;             ///< entities of other kinds, but for Locations
};

/// Adds the entities of a file. Each document is read on its own, so that a malformed one is skipped alone. Aliases of
/// YAML are never expanded, and yaml-cpp refuses deep nesting: a document costs memory in proportion to its text.
void read_catalogue(std::string_view text, const std::string& file, catalogue& into);

/// The parts of an entity reference; the kind is in lower case, and `fallback` if the reference has none.
struct entity_reference {
  std::string kind, name;
};
entity_reference parse_reference(std::string_view text, std::string_view fallback);

}
