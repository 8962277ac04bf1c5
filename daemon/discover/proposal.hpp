#pragma once
// What the configuration could say: services, teams and aliases, each with why it is proposed.
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/naming.hpp"

namespace releasehealth::discover {

/// A value and where it comes from.
struct stated {
  std::string value;
  std::string why;
  bool is_guess = false;
};

struct proposed_alias {
  std::string source;  ///< as alias::source
  std::string name;
  bool is_shared = false;
  std::string why;
  bool is_guess = false;
};

struct proposed_service {
  stated name;
  stated team = {};  ///< empty: none is proposed
  std::vector<stated> repositories = {};
  stated match_repository = {}, match_path = {};
  std::vector<proposed_alias> aliases = {};
  bool is_configured = false;  ///< then it is what the [[service]] lacks

  bool is_empty() const;  ///< nothing but a name
  service_rule rule() const;
};

struct proposed_team {
  stated name;
  std::size_t members = 0;  ///< 0: not known
};

struct proposals {
  std::vector<proposed_service> services;
  std::vector<proposed_team> teams;
  std::vector<std::string> remarks;  ///< what could not be decided, for a person

  bool is_empty() const;  ///< of services and teams
};

/// What the configuration says already.
struct configured_names {
  naming names;
  std::set<std::string, std::less<>> teams = {};
  std::map<std::string, std::string, std::less<>> kinds = {};        ///< of sources, by their names
  std::map<std::string, std::string, std::less<>> services_at = {};  ///< "config.toml:12:1", by name

  /// Keys under which aliases of a kind of source may stand: the kind, its sources, any_source.
  std::vector<std::string> alias_keys(std::string_view kind) const;
  /// A team as it is configured, whatever the letters' case.
  std::string team_named(const std::string&) const;
};

/// What is proposed for that service, which is configured unless it is proposed itself.
proposed_service& proposal_of(proposals&, const std::string& service);

/// The rules with what is proposed: as if a person had accepted all of it.
naming with_proposals(const configured_names&, const proposals&);

}
