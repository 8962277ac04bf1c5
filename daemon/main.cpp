#include <iostream>

#include <CLI/CLI.hpp>

#include "collectors/printable.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/ledger/failure.hpp"

int main(int count, char** words) {
  using namespace releasehealth;
  CLI::App app("releasehealthd tells whether releases are healthy: webhooks in, Prometheus metrics out.",
               "releasehealthd");
  common_options options;
  app.add_option("--config", options.config_file, "the configuration file")->capture_default_str();
  const auto version = std::string("releasehealthd ") + RELEASEHEALTH_VERSION;
  app.set_version_flag("--version", version);
  app.require_subcommand(0, 1);
  auto run = commands().front().add(app, options);
  for (const auto& c : commands()) {
    auto* sub = app.add_subcommand(c.name, c.help);
    sub->add_option("--config", options.config_file, "the configuration file")->capture_default_str();
    sub->set_version_flag("--version", version);
    sub->callback([&run, chosen = c.add(*sub, options)] { run = chosen; });
  }
  try {
    app.parse(count, words);
    return run();
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const usage_error& e) {
    std::cerr << printable(e.what()) << '\n';
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "releasehealthd: " << printable(ledger::description_of(e)) << '\n';
    return 1;
  }
}
