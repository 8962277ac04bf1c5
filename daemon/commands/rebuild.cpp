#include <iostream>

#include "collectors/base/printable.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/derivation/derive.hpp"

namespace releasehealth {

std::function<int()> add_rebuild(CLI::App& app, const common_options& options) {
  const auto check_only = std::make_shared<bool>(false);
  app.add_flag("--check", *check_only, "compare only; exit 1 if there are differences");
  app.footer("Example: releasehealthd rebuild --check");
  return [check_only, &options] {
    const auto c = load_or_refuse(options);
    const auto database = open_database(c, "rebuild");
    ledger::deriver derive(database.where, c.timeline);
    if (!*check_only) {
      std::cerr << derive.rebuild() << " rows written\n";
      return 0;
    }
    const auto differences = derive.check();
    for (const auto& d : differences) std::cout << d.table << ' ' << d.side << ' ' << printable(d.row) << '\n';
    std::cerr << (differences.empty() ? "no differences\n"
                                      : "derived rows differ from the events; run `releasehealthd rebuild`\n");
    return differences.empty() ? 0 : 1;
  };
}

}
