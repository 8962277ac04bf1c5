#pragma once
// Restricts a token or a source to the `services` and `environments` of its table.
#include <string>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/collector.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {

/// Permitted names, as mapped by [[service]] and [[environment]]; a name that ends in `*` permits all that begin with
/// the rest. An empty list permits everything.
struct reach {
  std::vector<std::string> services, environments;

  bool is_everything() const { return services.empty() && environments.empty(); }
  bool has_service(std::string_view name) const;
  bool has_environment(std::string_view name) const;  ///< compared without case
};

/// The restriction of a [[source]].
reach reach_of(const source&);

/// Why an event is not permitted, with the pointer to the field below `root`; empty if it is permitted. `source` is the
/// event's source unless it names one. A missing environment means production (interface.md section 3). Commits and
/// tags belong to repositories: those of permitted services are permitted, and for a source also repositories without a
/// service. Within a restriction every other event must name its services and must not refer to other things
/// (`culprit`; `incident`, except in a deployment; `links`, `keys` and `same_as`). With `is_own_source` false,
/// retractions and events of another source are rejected, because they could change what others reported.
std::vector<problem> outside(const reach&, const event&, std::string_view source, const naming&, bool is_own_source,
                             const std::string& root = {});

/// Removes from an event what could join it with other services' incidents. A restricted source may contain links in
/// passing; the same links in a restricted token's event are rejected.
void leave_out_joins(const reach&, event&);

}
