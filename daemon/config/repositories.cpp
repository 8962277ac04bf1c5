// [[repository]]: former names of repositories (figures.md section 14).
#include <algorithm>

#include "daemon/config/reader.hpp"

namespace releasehealth {
namespace {

// A name shared by two repositories would make reports ambiguous.
void check_names(config_table& t, const std::vector<repository_rule>& earlier, const repository_rule& read) {
  std::vector<std::string> own = {repository_key(read.name)};
  const auto check = [&](std::string_view key, const std::string& name) {
    for (const auto& other : earlier)
      if (same_repository(repository_key(name), repository_key(other.name)) ||
          std::ranges::any_of(
              other.was, [&](const auto& was) { return same_repository(repository_key(name), repository_key(was)); }))
        t.wrong(key, in_quotes(name) + " is also a name of [[repository]] " + in_quotes(other.name) +
                         "; expected each name once");
  };
  check("name", read.name);
  for (const auto& was : read.was) {
    check("was", was);
    if (is_one_of(repository_key(was), own)) t.duplicate("was", "name", was);
    own.push_back(repository_key(was));
  }
}

}

std::vector<repository_rule> read_repositories(config_table& root) {
  std::vector<repository_rule> all;
  root.tables("repository", [&](config_table& t) {
    repository_rule r;
    t.text("name", r.name);
    t.texts("was", r.was);
    if (r.name.empty()) t.missing("name", "a name");
    check_names(t, all, r);
    all.push_back(std::move(r));
  });
  return all;
}

}
