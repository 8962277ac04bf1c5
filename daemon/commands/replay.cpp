#include "daemon/ledger/replay.hpp"

#include <algorithm>
#include <iostream>

#include "collectors/base/nearest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/intake/receive.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

struct tally {
  std::size_t read = 0, partly = 0, dead = 0, unknown = 0;
};

/// Decodes a stored delivery with the current settings of its source; empty if it still cannot be decoded. A delivery
/// received while the clock was wrong can contain times that seemed to be in the future, so it is decoded again with
/// the current clock; its events without a time of their own keep the time of receipt.
ledger::reread read_again(const source& sender, const ledger::entry& kept, timestamp now, const naming& names) {
  auto original = read_kept(sender, kept, kept.received_at, names);
  if (original && original->detail.empty()) return std::move(*original);
  auto later = read_kept(sender, kept, now, names);
  if (original && (!later || later->events.size() <= original->events.size())) return std::move(*original);
  if (!later) return {};
  for (auto& e : later->events)
    if (e.time == now) e.time = kept.received_at;
  return std::move(*later);
}

int run_replay(const config& c, const ledger::replay_question& q) {
  if (!q.source.empty() && std::ranges::find(c.sources, q.source, &source::name) == c.sources.end())
    throw usage_error("--source: " + unknown_word("source", q.source, word_list_of(c.sources, &source::name)));
  const auto database = open_database(c, "replay");
  const auto now = system_now();
  tally count;
  const auto fresh = ledger::replay(database.where, q, now, [&](const ledger::entry& kept) -> ledger::reread {
    const auto sender = std::ranges::find(c.sources, kept.source, &source::name);
    if (sender == c.sources.end()) return ++count.unknown, ledger::reread();
    auto said = read_again(*sender, kept, now, c.timeline.blame.names);
    ++(said.events.empty() ? count.dead : count.read);
    count.partly += said.events.empty() || said.detail.empty() ? 0 : 1;
    return said;
  });
  ledger::deriver(database.where, c.timeline).derive();
  std::cerr << count.read << " deliveries decoded (" << count.partly << " partly), " << fresh << " new events; "
            << count.dead << " still dead, " << count.unknown << " of unknown sources\n";
  return 0;
}

}

std::function<int()> add_replay(CLI::App& app, const common_options& options) {
  const auto q = std::make_shared<ledger::replay_question>();
  app.add_flag("--all", q->all, "also replay deliveries decoded before, and add events that were missed");
  app.add_option("--source", q->source, "only deliveries of this configured source");
  app.footer("Example: releasehealthd replay --source github");
  return [q, &options] { return run_replay(load_or_refuse(options), *q); };
}

}
