#include <iostream>

#include <pwd.h>
#include <unistd.h>

#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/ledger/derive.hpp"
#include "daemon/ledger/retention.hpp"
#include "daemon/random_id.hpp"

namespace releasehealth {
namespace {

struct erase_options {
  std::string person, reason;
};

constexpr std::size_t least_letters = 3;  // what is shorter stands in everything

std::string this_user() {
  const auto* entry = getpwuid(getuid());
  return entry ? entry->pw_name : std::to_string(getuid());
}

int run_erase(const config& c, const erase_options& o) {
  if (o.person.size() < least_letters) throw usage_error("the person is too short to be told from other words");
  if (o.reason.empty()) throw usage_error("--reason says why, for whoever reads the record of it");
  const auto database = open_database(c, "erase");
  const ledger::erasure e{o.person, "erased-" + random_id().substr(0, 8), this_user(), o.reason, system_now()};
  const auto done = ledger::erase(database.where, e);
  ledger::deriver(database.where, c.timeline).derive();
  std::cerr << done.events << " events rewritten, " << done.deliveries << " deliveries emptied; " << e.pseudonym
            << " stands in the place of the person\n";
  return 0;
}

}

std::function<int()> add_erase(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<erase_options>();
  app.add_option("person", o->person, "a name, login or address, as it stands in what was told")->required();
  app.add_option("--reason", o->reason, "is kept, with when and by whom")->required();
  return [o, &options] { return run_erase(load_or_refuse(options), *o); };
}

}
