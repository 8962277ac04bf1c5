#pragma once
// Proposals for the configuration: services, teams and aliases, each with its reason.
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/naming.hpp"

namespace releasehealth::discover {

/// A value and its origin.
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
  bool is_configured = false;  ///< the proposal contains what the existing [[service]] lacks

  bool is_empty() const;  ///< has only a name
  service_rule rule() const;
};

struct proposed_team {
  stated name;
  std::size_t members = 0;  ///< 0: unknown
};

struct proposals {
  std::vector<proposed_service> services;
  std::vector<proposed_team> teams;
  std::vector<std::string> remarks;  ///< undecided cases, for the user

  bool is_empty() const;  ///< has neither services nor teams
};

/// The names in the existing configuration.
struct configured_names {
  naming names;
  std::set<std::string, std::less<>> teams = {};
  std::map<std::string, std::string, std::less<>> kinds = {};        ///< kinds of sources, by source name
  std::map<std::string, std::string, std::less<>> services_at = {};  ///< "config.toml:12:1", by name

  /// Keys under which aliases for a kind of source may be configured: the kind, its sources, any_source.
  std::vector<std::string> alias_keys(std::string_view kind) const;
  /// The configured spelling of a team's name, compared without case; the name itself if it is not configured.
  std::string team_named(const std::string&) const;
};

/// The proposal for a service; a service without a proposal must be a configured one.
proposed_service& proposal_of(proposals&, const std::string& service);

/// The naming rules as if all proposals had been accepted.
naming with_proposals(const configured_names&, const proposals&);

}
