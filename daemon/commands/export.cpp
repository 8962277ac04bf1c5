#include <iostream>

#include "collectors/canonical/canonical.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth {

std::function<int()> add_export(CLI::App& app, const common_options& options) {
  const auto what = std::make_shared<std::string>();
  app.add_option("what", *what, "events")->required()->check(one_of("thing", {"events"}));
  app.footer("Example: releasehealthd export events >events.ndjson");
  return [what, &options] {
    const auto c = load_or_refuse(options);
    const auto database = open_database(c, "export");
    ledger::reader queries(database.where);
    std::optional<ledger::stored_event> last;
    for (auto page = queries.events_after(last); !page.empty(); page = queries.events_after(last)) {
      for (const auto& e : page) {
        std::cout << json::serialize(canonical::write_exported(e.told, e.received_at)) << '\n';
      }
      last = page.back();
    }
    return 0;
  };
}

}
