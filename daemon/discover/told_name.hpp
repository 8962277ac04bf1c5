#pragma once
// Names of services as one source has them, and those that mean the same service.
#include <string>
#include <string_view>
#include <vector>

#include "daemon/discover/evidence.hpp"
#include "daemon/discover/similarity.hpp"

namespace releasehealth::discover {

/// What one source calls a service.
struct told_name {
  std::string source, text;  ///< as aliases name it
  json::object fields;
  std::vector<std::string> labels;  ///< what is compared: the name, its last part, the repository's and folder's
  bool is_repository = false;       ///< of the code: one in all environments
  std::int64_t deployments = 0, incidents = 0;
  happenings events = {};
};

std::vector<std::string> labels_of(const json::object& fields);
/// What tells names of a source apart.
std::string key_of(const std::string& source, const json::object& fields);
/// Adds the words of labels, each way of spelling once.
void add_spellings(std::vector<name_words>& all, const std::vector<std::string>& labels);

/// Names that mean the same service by the rules of now.
struct name_group {
  std::string resolved;
  std::vector<told_name*> names = {};
  std::int64_t deployments = 0, incidents = 0;
  happenings events = {};

  std::vector<name_words> spellings() const;
  std::vector<name_words> spellings_without_environment() const;  ///< none of repositories
  bool has_repository() const;
};

}
