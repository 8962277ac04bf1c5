// GET /api/v1/deployments/{id} and /api/v1/incidents/{id}
#include "daemon/api/things.hpp"

#include "daemon/api/endpoints.hpp"

namespace releasehealth::api {

std::vector<endpoint> things(const surroundings&) {
  std::vector<endpoint> all;
  for (const auto& thing : shown_things) {
    const auto show = [&thing](const call& c) -> result<plan> {
      return reading{[&thing, id = c.named()](ledger::reader& database) -> result<http::response> {
        const auto found = (database.*thing.find)(id);
        if (found.empty()) return unknown(thing.type);
        return http::json_answer(200, found.front());
      }};
    };
    all.push_back({"GET", thing.path_of_one(),
                   about_reading("lists", "Get one by id, or by the sender's id.", thing.schema, {}), show});
  }
  return all;
}

}
