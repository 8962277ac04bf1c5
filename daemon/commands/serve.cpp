#include <csignal>

#include "daemon/app/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/http/tls.hpp"
#include "daemon/system/clock.hpp"
#include "daemon/system/process.hpp"

namespace releasehealth {

namespace {

// Each connection needs a file descriptor; PostgreSQL, the spool and files that are read need some, too.
void say_if_few_files(const config& c, const logger& log) {
  constexpr std::uint64_t own_files = 64;
  const auto wanted = c.bounds.size("intake.max_connections") + c.bounds.size("operations.max_connections") + own_files;
  if (const auto may = raise_open_files(); may < wanted)
    log.warning("open file limit too low for max_connections; raise LimitNOFILE or lower max_connections",
                {{"open_files", std::to_string(may)}, {"wanted", std::to_string(wanted)}});
}

}

std::function<int()> add_serve(CLI::App& cli, const common_options& options) {
  cli.footer("Example: releasehealthd serve --config /etc/releasehealthd/config.toml");
  return [&options] {
    (void)std::signal(SIGPIPE, SIG_IGN);
    return_large_blocks();
    auto c = load_or_refuse(options);
    logger log(c.logs, c.lowest);
    say_if_few_files(c, log);
    app daemon(c, options.config_file, log, system_now);
    daemon.run();
    return 0;
  };
}

std::function<int()> add_check_config(CLI::App& cli, const common_options& options) {
  cli.footer("Example: releasehealthd check-config --config /etc/releasehealthd/config.toml");
  return [&options] {
    const auto c = load_or_refuse(options);
    for (const auto& w : c.warnings) std::cerr << "warning: " << w << '\n';
    for (const auto* listener : {&c.intake, &c.operations})
      if (listener->tls) const http::tls can_be_read(*listener->tls);
    if (!std::filesystem::exists(options.config_file))
      std::cerr << "warning: " << options.config_file << ": not found; the defaults apply\n";
    const auto more = c.included.size();
    std::cout << options.config_file
              << (more == 0 ? "" : " and " + std::to_string(more) + (more == 1 ? " included file" : " included files"))
              << ": OK (" << c.sources.size() << " sources, " << c.tokens.size() << " tokens, "
              << c.figures.thresholds.size() << " thresholds)\n";
    return 0;
  };
}

std::function<int()> add_migrate(CLI::App& cli, const common_options& options) {
  cli.footer("Example: releasehealthd migrate --config /etc/releasehealthd/config.toml");
  return [&options] {
    open_database(load_or_refuse(options), "migrate", cluster_use::created);
    std::cerr << "the schema is up to date\n";
    return 0;
  };
}

}
