#include "collectors/canonical/record.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::canonical {

std::string supply_time(json::object& record) {
  if (record.contains("time")) return {};
  const auto type = parse_word<event_type>(text_at(record, "/type"));
  if (!type) return {};
  std::string names;
  std::optional<timestamp> last;
  bool has_any = false;
  for (const auto& f : fields()) {
    if (f.looks != form::time || !f.types.contains(*type) || f.name == "review_held_at" || f.name == "merged_back_at" ||
        f.name == "first_commit_at")
      continue;
    names += ", " + std::string(f.name);
    has_any = has_any || record.contains(f.name);
    if (const auto time = time_at(record, '/' + std::string(f.name))) last = std::max(last.value_or(*time), *time);
  }
  if (last) record["time"] = format_time(*last);
  return has_any ? "" : "no time; expected one of time" + names;
}

}
