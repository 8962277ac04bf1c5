// Writes a first configuration from answers on a terminal or from flags.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <boost/url/parse.hpp>
#include <pwd.h>
#include <unistd.h>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"
#include "collectors/setup.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/database/own_file.hpp"
#include "daemon/system/random_id.hpp"
#include "daemon/timeline/calendar.hpp"

namespace releasehealth {
namespace {

namespace fs = std::filesystem;
namespace urls = boost::urls;

constexpr const char* secrets_folder = "secrets";  // in the configuration's folder

struct init_options {
  std::vector<std::string> kinds;  ///< of sources, each named like its kind
  std::string time_zone = "UTC", public_url = "http://127.0.0.1:9620", state_dir, owner;
  bool takes_defaults = false;
};

std::string ask(const std::string& question, const std::string& otherwise) {
  std::cerr << question << (otherwise.empty() ? "" : " [" + otherwise + ']') << ": " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer.empty() ? otherwise : answer;
}

const collector& kind_of(const std::string& name) {
  const auto* found = find_collector(name);
  if (found) return *found;
  std::vector<std::string_view> known;
  for (const auto* c : collectors()) known.push_back(c->kind);
  throw usage_error("init: " + unknown_word("kind of source", name, word_list(known.begin(), known.end())));
}

void complete_by_asking(init_options& o, const CLI::App& app) {
  if (o.takes_defaults) return;
  if (isatty(STDIN_FILENO) == 0)
    throw usage_error("init: no terminal to ask on; expected --yes, and flags for values other than the defaults");
  if (app.count("--time-zone") == 0) o.time_zone = ask("Time zone of calendar months, like Europe/Berlin", o.time_zone);
  if (app.count("--source") == 0) {
    std::string known;
    for (const auto* c : collectors())
      if (!c->setup.empty()) known += (known.empty() ? "" : " ") + std::string(c->kind);
    auto answer = ask("Sources, separated by spaces (" + known + ")", "");
    std::ranges::replace(answer, ',', ' ');
    for (const auto word : split_words(answer)) o.kinds.emplace_back(word);
  }
  if (app.count("--public-url") == 0)
    o.public_url = ask("URL under which sources reach the intake listener", o.public_url);
}

// Normalises the answers. Throws usage_error for the first that is wrong: nothing was written then.
void check_answers(init_options& o) {
  if (const auto zone = calendar::in_zone(o.time_zone); !zone) throw usage_error("init: " + zone.error().detail);
  std::vector<std::string> kinds;
  for (const auto& kind : o.kinds) {
    kind_of(kind);
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
  }
  o.kinds = std::move(kinds);
  const auto url = urls::parse_uri(o.public_url);
  if (!url || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty())
    throw usage_error("init: invalid URL " + in_quotes(o.public_url) + "; expected one like \"https://your.host\"");
  while (o.public_url.ends_with('/')) o.public_url.pop_back();
  if (!o.state_dir.empty()) o.state_dir = fs::absolute(o.state_dir).lexically_normal().string();
  if (!o.owner.empty() && !getpwnam(o.owner.c_str()))
    throw usage_error("init: unknown user " + in_quotes(o.owner) + "; expected the user who runs the daemon");
}

// The daemon's user must read the secrets, also when root ran `init`.
void give_to(const std::string& owner, const fs::path& folder) {
  const auto* user = getpwnam(owner.c_str());
  std::vector<fs::path> all = {folder};
  for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
  for (const auto& path : all)
    if (lchown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error(path.string() + ": cannot be given to " + owner + ": " + std::strerror(errno));
}

/// Creates a secret file that only its owner may read.
fs::path write_secret(const fs::path& folder, const std::string& name) {
  ledger::make_own_folder(folder);
  fs::permissions(folder, fs::perms::owner_all);
  const auto path = folder / name;
  const ledger::own_file file(path);
  if (fs::file_size(path) > 0) return path;  // an earlier run wrote it
  const auto secret = random_id() + random_id() + '\n';
  if (write(file.descriptor(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size()))
    throw std::runtime_error(path.string() + ": cannot be written");
  return path;
}

std::string configuration_of(const init_options& o) {
  std::string text =
      "# Written by `releasehealthd init`; edit as needed. `releasehealthd check-config` validates it,\n"
      "# configuration.md lists every key, `releasehealthd doctor` lists missing setup.\n";
  if (!o.state_dir.empty()) text += "state_dir = " + in_quotes(o.state_dir) + "\n";
  text += "\n[calendar]\ntime_zone = " + in_quotes(o.time_zone) +
          "    # of calendar months\n\n"
          "# For `releasehealthd send`, pipelines and API clients.\n"
          "[[token]]\nname = \"first\"\nscopes = [\"send\", \"read\", \"amend\", \"admin\"]\ntoken_file = " +
          in_quotes(std::string(secrets_folder) + "/token") + "\n";
  for (const auto& kind : o.kinds) {
    const auto& collected = kind_of(kind);
    text += "\n# " + std::string(collected.help) + ".\n" +
            source_table(collected, std::string(secrets_folder) + "/" + kind + ".secret");
  }
  text +=
      "\n# Names differ between tools. `releasehealthd discover` proposes these tables once deliveries have arrived.\n"
      "# [[service]]\n# name = \"checkout\"\n# repository = \"acme/checkout\"\n"
      "# aliases = { pagerduty = [\"Checkout API\"], jira = [\"SHOP/Checkout\"] }\n";
  return text;
}

void say_what_comes_next(const init_options& o, const fs::path& file, const fs::path& secrets) {
  std::cout << file.string() << " written, secrets in " << secrets.string() << "\n\n";
  for (const auto& kind : o.kinds) {
    const auto& collected = kind_of(kind);
    const auto secret = secrets / (kind + ".secret");
    const auto url = o.public_url + "/webhooks/" + kind;
    std::cout << kind << "\n    URL: " << url << "\n    secret: the contents of " << secret.string() << "; if " << kind
              << " generates its own secret, write that one to the file\n";
    for (const auto& step : collected.setup)
      std::cout << "    tick: " << step.what << "    (needed by " << step.needed_by << ")\n";
    const auto test = test_delivery(collected, url, secret.string());
    if (test.empty())
      std::cout << "    test delivery: only " << kind << " can sign one; send it from there\n\n";
    else
      std::cout << "    test delivery (not counted in figures):\n" << test << '\n';
  }
  std::cout << "next:\n    releasehealthd serve --config " << shell_word(file.string())
            << "\n    releasehealthd doctor --config " << shell_word(file.string())
            << "\n    http://127.0.0.1:9621/sources shows the deliveries of each source\n";
}

int run_init(const common_options& options, init_options o, const CLI::App& app) {
  const auto file = fs::absolute(options.config_file).lexically_normal();
  std::error_code ec;
  if (fs::exists(file, ec))
    throw usage_error("init: " + in_quotes(file.string()) + " already exists; expected a new file");
  complete_by_asking(o, app);
  check_answers(o);
  fs::create_directories(file.parent_path(), ec);
  const auto secrets = file.parent_path() / secrets_folder;
  write_secret(secrets, "token");
  for (const auto& kind : o.kinds) write_secret(secrets, kind + ".secret");
  const fs::path tried = file.string() + ".new";  // a configuration with mistakes would block the next run
  {
    std::ofstream out(tried, std::ios::binary);
    out << configuration_of(o) << std::flush;
    if (!out) throw std::runtime_error(tried.string() + ": cannot be written");
  }
  const auto read = load_config(tried, process_environment());
  if (const auto* wrong = std::get_if<config_mistakes>(&read)) {
    for (const auto& m : wrong->all) std::cerr << "init: " << m << '\n';
    fs::remove(tried);
    return 2;
  }
  fs::rename(tried, file);
  if (!o.owner.empty()) give_to(o.owner, secrets);
  say_what_comes_next(o, file, secrets);
  return 0;
}

}

std::function<int()> add_init(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<init_options>();
  app.add_option("--source", o->kinds,
                 "kinds of source, as listed by `releasehealthd sources`; repeatable or comma-separated")
      ->delimiter(',');
  app.add_option("--time-zone", o->time_zone, "time zone of calendar months")->capture_default_str();
  app.add_option("--public-url", o->public_url, "URL under which sources reach the intake listener")
      ->capture_default_str();
  app.add_option("--state-dir", o->state_dir,
                 "directory of the private PostgreSQL and the spool; default: the daemon's");
  app.add_option("--owner", o->owner, "user who runs the daemon and gets the secrets; default: the current user");
  app.add_flag("--yes", o->takes_defaults, "do not ask; use flags and defaults");
  app.footer(
      "Example: releasehealthd init --config ./config.toml --source github,pagerduty --time-zone Europe/Berlin --yes");
  return [o, &app, &options] { return run_init(options, *o, app); };
}

}
