#include "daemon/commands/run.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>

#include "collectors/base/printable.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/database/failure.hpp"

namespace releasehealth {

int run(int count, char** words) {
  CLI::App app("Release health from deployment and incident webhooks, as Prometheus metrics, pages and an API.",
               "releasehealthd");
  const char* given = std::getenv("RELEASEHEALTHD_CONFIG");
  common_options options{given && *given != '\0' ? given : default_config_file};
  const auto about_config = "configuration file (environment: RELEASEHEALTHD_CONFIG)";
  app.add_option("--config", options.config_file, about_config)->capture_default_str();
  const auto version = std::string("releasehealthd ") + RELEASEHEALTH_VERSION;
  app.set_version_flag("--version", version);
  app.require_subcommand(0, 1);
  auto chosen = add_serve(app, options);  // `releasehealthd --config FILE`, as in units of earlier releases
  for (const auto& c : commands()) {
    auto* sub = app.add_subcommand(c.name, c.help);
    sub->add_option("--config", options.config_file, about_config)->capture_default_str();
    sub->set_version_flag("--version", version);
    sub->callback([&chosen, added = c.add(*sub, options)] { chosen = added; });
  }
  try {
    if (count == 1) {
      std::cerr << app.help();
      return 2;
    }
    app.parse(count, words);
    return chosen();
  } catch (const CLI::ExtrasError&) {
    std::cerr << unexpected_arguments(app) << "\nRun with --help for more information.\n";
    return 2;
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  } catch (const no_database& e) {
    const bool has_file = std::filesystem::exists(options.config_file);
    std::cerr << (has_file ? e.what()
                           : "config: " + options.config_file +
                                 " not found; give --config FILE or set RELEASEHEALTHD_CONFIG")
              << '\n';
    return 2;
  } catch (const usage_error& e) {
    std::cerr << printable(e.what()) << '\n';
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "releasehealthd: " << printable(ledger::description_of(e)) << '\n';
    return 1;
  }
}

}
