#include "daemon/derivation/stored_commits.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"
#include "daemon/database/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(commit_node, (), (sha, parents, committed_at, lines_changed, reached_at, pull_request))

}

namespace releasehealth::ledger {

std::string whole_name(const std::string& commit, std::string_view reported) {
  auto whole = lower_case(reported);
  return !commit.empty() && whole.starts_with(commit) ? whole : commit;
}

const commit_node* stored_commits::find(const std::string& sha) {
  auto known = loaded_.find(sha);
  if (known == loaded_.end()) {
    load(sha);
    known = loaded_.emplace(sha, std::nullopt).first;
  }
  return known->second ? &*known->second : nullptr;
}

void stored_commits::begin_walk() {
  constexpr std::size_t many = 20 * most_commits;
  if (loaded_.size() > many) loaded_.clear();
  next_ = first_;
}

void stored_commits::load(const std::string& sha) {
  for (auto& c : query<commit_node>(work_, sql::derivation::ancestors_of, std::set<std::string>{sha}, next_)) {
    auto name = c.sha;
    loaded_.emplace(std::move(name), std::move(c));  // the walk may hold the known ones
  }
  next_ = std::min(2 * next_, most_);
}

}
