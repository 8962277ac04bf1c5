// Decides what a reload applies, reports and rejects.
#include "daemon/config/config.hpp"

namespace releasehealth {

std::vector<std::string> changed_at_start(const config& running, const config& read) {
  std::vector<std::string> changed;
  for (const auto& [key, value] : read.at_start)
    if (const auto current = running.at_start.find(key); current == running.at_start.end() || current->second != value)
      changed.push_back(key);
  // a daemon that started without a spool cannot get one by a reload
  if (running.bounds["spool.max_bytes"] == 0 && read.bounds["spool.max_bytes"] > 0)
    changed.emplace_back("spool.max_bytes");
  return changed;
}

std::string what_reload_loses(const config& running, const config& read) {
  if (running.has_tables && !read.has_tables) return "the file is empty";
  if (!running.sources.empty() && read.sources.empty())
    return "the file has no [[source]]; configured now: " + std::to_string(running.sources.size());
  if (!running.tokens.empty() && read.tokens.empty())
    return "the file has no [[token]]; configured now: " + std::to_string(running.tokens.size());
  return {};
}

}
