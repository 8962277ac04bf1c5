#pragma once
// What a token or a source may report about: `services` and `environments` of its table.
#include <string>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/collector.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {

/// Names as the figures have them, mapped by [[service]] and [[environment]]; one that ends in `*` stands for all that
/// begin so. Empty lists: everything.
struct reach {
  std::vector<std::string> services, environments;

  bool is_everything() const { return services.empty() && environments.empty(); }
  bool has_service(std::string_view name) const;
  bool has_environment(std::string_view name) const;  ///< whatever its case
};

/// What a [[source]] may report.
reach reach_of(const source&);

/// Why an event is outside, with the pointer of the field below `at`; nothing: it is inside. `source`: whose event it
/// is unless it says so. An environment that is not named is production (interface.md section 3). Commits and tags
/// belong to repositories: those of services within the reach are inside, and a source's also where a repository is no
/// service's. Within a reach every other event names its services, refers to nothing of others (`culprit`; `incident`,
/// but of a deployment; `links`, `keys` and `same_as`), and with `is_own_source` false a retraction, or an event in the
/// name of another source, is outside: it could change what others reported.
std::vector<problem> outside(const reach&, const event&, std::string_view source, const naming&, bool is_own_source,
                             const std::string& at = {});

/// Takes out of an event what would join it with incidents outside: a source that is restricted names links in passing,
/// where a token that does is refused.
void leave_out_joins(const reach&, event&);

}
