#pragma once
// Reads Backstage's catalogue: the entities of catalog-info.yaml files.
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
  std::string system;  ///< of a Component; also a reference
  std::map<std::string, std::string, std::less<>> annotations;
  std::size_t members = 0;  ///< of a Group: the number listed in its spec
  std::string file;
  std::size_t line = 0;  ///< of its name, from 1

  /// "services/checkout/catalog-info.yaml:4"
  std::string place() const { return file + ':' + std::to_string(line); }
};

/// The target of a Location: a URL, or a path relative to its file.
struct location_target {
  std::string file, target;
};

struct catalogue {
  std::vector<entity> entities;
  std::vector<location_target> targets;
  std::vector<std::string> problems;  ///< "file:line: problem" for each skipped document
  std::size_t templates = 0;          ///< documents whose name is a scaffolder's placeholder
  std::size_t others = 0;             ///< entities of other kinds, except Locations
};

/// Adds the entities of a file. Each document is parsed separately, so that only malformed ones are skipped. YAML
/// aliases are not expanded and yaml-cpp rejects deep nesting, so memory use is proportional to the text.
void read_catalogue(std::string_view text, const std::string& file, catalogue& found);

/// The parts of an entity reference. The kind is in lower case; `fallback` is used if the reference has no kind.
struct entity_reference {
  std::string kind, name;
};
entity_reference parse_reference(std::string_view text, std::string_view fallback);

}
