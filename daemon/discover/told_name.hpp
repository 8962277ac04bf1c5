#pragma once
// Names that sources use for services, and groups of names that mean the same service.
#include <string>
#include <string_view>
#include <vector>

#include "daemon/discover/evidence.hpp"
#include "daemon/discover/similarity.hpp"

namespace releasehealth::discover {

/// A source's name for a service.
struct told_name {
  std::string source, text;  ///< text: the form used in aliases
  json::object fields;
  std::vector<std::string> labels;  ///< compared texts: the name, its last part, those of the repository and folder
  bool is_repository = false;       ///< the name of the code's repository, the same in all environments
  std::int64_t deployments = 0, incidents = 0;
  happenings events = {};
};

std::vector<std::string> labels_of(const json::object& fields);
/// The identity of a source's name.
std::string key_of(const std::string& source, const json::object& fields);
/// Adds the words of labels, each spelling once.
void add_spellings(std::vector<name_words>& all, const std::vector<std::string>& labels);

/// Names that mean the same service by the current rules.
struct name_group {
  std::string resolved;
  std::vector<told_name*> names = {};
  std::int64_t deployments = 0, incidents = 0;
  happenings events = {};

  std::vector<name_words> spellings() const;
  std::vector<name_words> spellings_without_environment() const;  ///< excludes names of repositories
  bool has_repository() const;
};

}
