#include <algorithm>
#include <iostream>

#include "collectors/base/nearest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/import/github_deliveries.hpp"
#include "daemon/intake/receive.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

struct redeliver_options {
  std::string sender, source_name, repository, organization, hook, token_file, api = github_hooks{}.api, since = "3d";
  bool all = false, dry_run = false;
};

const source& find_github_source(const config& c, const std::string& name) {
  const source* found = nullptr;
  word_list known;
  for (const auto& s : c.sources) {
    if (s.kind != "github") continue;
    known.push_back(s.name);
    if (!name.empty() && s.name != name) continue;
    if (found) throw usage_error("redeliver: several sources are of the kind github; expected --source");
    found = &s;
  }
  if (!found)
    throw usage_error(name.empty() ? "redeliver: no source of the kind github"
                                   : "--source: " + unknown_word("github source", name, known));
  return *found;
}

github_hooks hooks_of(const redeliver_options& o) {
  if (o.repository.empty() == o.organization.empty())
    throw usage_error("redeliver: expected either --repository or --organization");
  return {o.api, o.repository.empty() ? "orgs/" + o.organization : "repos/" + o.repository, read_token(o.token_file)};
}

template <class T>
T value_or_fail(result<T> r) {
  if (!r) throw std::runtime_error(r.error().text());
  return std::move(*r);
}

struct redelivered {
  std::size_t stored = 0, known = 0, ignored = 0, dead = 0, refused = 0;
};

// Fetched from GitHub over TLS with our own token, so the signature is not checked.
void store_one(const source& sender, const naming& names, const github_hooks& hooks, const std::string& hook,
               const github_delivery& d, ledger::appender& appender, redelivered& count) {
  auto request = value_or_fail(fetch_github_delivery(hooks, hook, d.id));
  auto read = receive(sender, {request.header, request.body, d.delivered_at}, names);
  if (!read) {
    ++count.refused;
    std::cerr << d.guid << " (" << d.event << "): " << read.error().text() << '\n';
    return;
  }
  if (!read->ignored.empty()) {
    ++count.ignored;
    return;
  }
  read->entry.received_at = system_now();
  read->entry.body = std::move(request.body);
  const bool dead = read->entry.outcome == "dead";
  const auto stored = value_or_fail(appender.append({std::move(read->entry)}).front());
  if (stored.duplicate_delivery)
    ++count.known;
  else if (dead || !stored.refused.empty())
    ++count.dead;
  else
    ++count.stored;
}

int run_redeliver(const config& c, const redeliver_options& o) {
  const auto& sender = find_github_source(c, o.source_name);
  const auto hooks = hooks_of(o);
  const auto length = parse_duration(o.since);
  if (!length) throw usage_error("--since: invalid duration " + in_quotes(o.since) + "; expected one like 3d or 12h");
  const auto hook = o.hook.empty() ? value_or_fail(find_github_hook(hooks, "/webhooks/" + sender.name)) : o.hook;
  auto deliveries = value_or_fail(list_github_deliveries(hooks, hook, system_now() - *length));
  const auto known = deliveries.size();
  if (!o.all) std::erase_if(deliveries, [](const github_delivery& d) { return d.answered; });
  std::cerr << known << " deliveries of hook " << hook << " in the last " << o.since << ", " << deliveries.size()
            << (o.all ? " to fetch\n" : " without a 2xx response\n");
  if (o.dry_run) {
    for (const auto& d : deliveries)
      std::cout << format_time(d.delivered_at) << ' ' << d.guid << ' ' << d.event << '\n';
    return 0;
  }
  if (deliveries.empty()) return 0;
  const auto database = open_database(c, "redeliver");
  ledger::appender appender(database.where);
  redelivered count;
  for (const auto& d : deliveries) store_one(sender, c.timeline.blame.names, hooks, hook, d, appender, count);
  ledger::deriver(database.where, c.timeline).derive();
  std::cerr << count.stored << " stored, " << count.known << " duplicates, " << count.ignored << " ignored, "
            << count.dead << " dead, " << count.refused << " rejected\n";
  return count.refused == 0 ? 0 : 1;
}

}

std::function<int()> add_redeliver(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<redeliver_options>();
  app.add_option("from", o->sender, "github")->required()->check(one_of("source", {"github"}));
  app.add_option("--repository", o->repository, "repository of the webhook, like acme/checkout");
  app.add_option("--organization", o->organization, "organisation of the webhook, like acme");
  app.add_option("--hook", o->hook, "id of the webhook; default: the one whose URL ends with /webhooks/SOURCE");
  app.add_option("--source", o->source_name, "configured source; default: the only one of the kind github");
  app.add_option("--since", o->since, "how far to look back")->capture_default_str();
  app.add_option("--token-file", o->token_file, "file with a GitHub token that may read the webhook")->required();
  app.add_option("--api", o->api, "URL of GitHub's API; for Enterprise Server https://HOST/api/v3")
      ->capture_default_str();
  app.add_flag("--all", o->all, "also fetch deliveries with a 2xx response, for example after losing the database");
  app.add_flag("--dry-run", o->dry_run, "list the deliveries only");
  app.footer(
      "Example: releasehealthd redeliver github --repository acme/checkout --token-file github.token --since 12h");
  return [o, &options] { return run_redeliver(load_or_refuse(options), *o); };
}

}
