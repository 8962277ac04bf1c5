#include <iostream>

#include <pwd.h>
#include <unistd.h>

#include "collectors/base/nearest.hpp"
#include "collectors/base/utf8.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/ledger/person.hpp"
#include "daemon/ledger/retention.hpp"
#include "daemon/system/clock.hpp"
#include "daemon/system/random_id.hpp"

namespace releasehealth {
namespace {

struct erase_options {
  std::string person, reason;
  bool also_names = false;
};

constexpr int max_passes = 10;
constexpr std::size_t least_letters = 3;  // shorter texts occur in most events

std::string this_user() {
  const auto* entry = getpwuid(getuid());
  return entry ? entry->pw_name : std::to_string(getuid());
}

std::vector<std::string> configured_names_of(const config& c, const std::string& name) {
  const ledger::person who(name, {});
  std::vector<std::string> found;
  const auto add = [&](std::string_view kind, const std::string& known) {
    if (who.is_in(known)) found.push_back(std::string(kind) + " \"" + known + '"');
  };
  for (const auto& s : c.figures.names.services()) {
    add("service", s.name);
    add("team", s.team);
  }
  for (const auto& [team, engineers] : c.figures.engineers) add("team", team);
  return found;
}

int run_erase(const config& c, const erase_options& o) {
  if (count_characters(o.person) < least_letters)
    throw usage_error("person: " + in_quotes(o.person) + " is too short; expected at least " +
                      std::to_string(least_letters) + " characters");
  if (o.reason.empty()) throw usage_error("--reason: empty; expected the reason of the erasure");
  const auto database = open_database(c, "erase");
  ledger::erasure e{o.person, "erased-" + random_id().substr(0, 8), this_user(), o.reason, system_now()};
  auto names = ledger::names_of_person(database.where, o.person);
  const auto configured = configured_names_of(c, o.person);
  names.insert(names.end(), configured.begin(), configured.end());
  if (!names.empty() && !o.also_names)
    throw usage_error("person: " + in_quotes(o.person) + " is in the name of " + names.front() +
                      (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : "") +
                      "; expected a full name or login, or --also-names to rename these, too");
  const auto spool = c.state_dir / "spool.sqlite";
  ledger::erased done;
  std::size_t spooled = 0;
  // a running daemon may drain its spool meanwhile; the next pass finds the deliveries in flight
  for (int pass = 0; pass < max_passes; ++pass) {
    const auto of_spool = ledger::erase_from_spool(spool, e);
    const auto stored = ledger::erase(database.where, e);
    spooled += of_spool;
    done.events += stored.events;
    done.deliveries += stored.deliveries;
    done.kept_names = stored.kept_names;
    if (of_spool == 0 && stored.events + stored.deliveries == 0) break;
    e.is_again = true;
  }
  ledger::deriver(database.where, c.timeline).derive();
  std::cerr << done.events << " events, " << done.deliveries << " deliveries and " << spooled
            << " spooled deliveries rewritten; the pseudonym of the person is " << e.pseudonym << '\n';
  if (done.kept_names > 0)
    std::cerr << done.kept_names
              << " events still have the person in their id or subject, because these identify things; "
              << "retract these events\n";
  return 0;
}

}

std::function<int()> add_erase(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<erase_options>();
  app.add_option("person", o->person, "name, login or address as it occurs in events")->required();
  app.add_option("--reason", o->reason, "reason, stored with author and time")->required();
  app.add_flag("--also-names", o->also_names,
               "also rename services, environments and teams whose name contains the person");
  app.footer("Example: releasehealthd erase 'Ada Lovelace' --reason 'request of 2026-11-02'");
  return [o, &options] { return run_erase(load_or_refuse(options), *o); };
}

}
