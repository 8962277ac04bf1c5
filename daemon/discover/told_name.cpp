#include "daemon/discover/told_name.hpp"

#include <algorithm>

#include "daemon/timeline/repository.hpp"

namespace releasehealth::discover {

std::vector<std::string> labels_of(const json::object& fields) {
  std::vector<std::string> all;
  const auto name = text_at(fields, "/service"), repository = text_at(fields, "/repository");
  for (const auto& text : {name, last_part(name), last_part(text_at(fields, "/path")),
                           name.empty() ? last_part(repository) : std::string()})
    if (!text.empty() && std::ranges::find(all, text) == all.end()) all.push_back(text);
  if (all.empty())
    if (auto project = text_at(fields, "/project"); !project.empty()) all.push_back(std::move(project));
  return all;
}

std::string key_of(const std::string& source, const json::object& fields) {
  json::object names;
  for (const auto* key : {"service", "repository", "path", "project", "service_id"})
    if (const auto* told = fields.if_contains(key)) names[key] = *told;
  return source + ' ' + json::serialize(names);
}

void add_spellings(std::vector<name_words>& all, const std::vector<std::string>& labels) {
  for (const auto& label : labels)
    if (auto words = words_of_name(label); std::ranges::find(all, words) == all.end()) all.push_back(std::move(words));
}

std::vector<name_words> name_group::spellings() const {
  std::vector<name_words> all;
  for (const auto* name : names) add_spellings(all, name->labels);
  return all;
}

std::vector<name_words> name_group::spellings_without_environment() const {
  std::vector<name_words> all;
  for (const auto* name : names)
    if (!name->is_repository)
      for (const auto& label : name->labels) all.push_back(words_without_environment(label));
  return all;
}

bool name_group::has_repository() const { return std::ranges::any_of(names, &told_name::is_repository); }

}
