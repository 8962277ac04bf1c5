#pragma once
// Structured logs on stderr: one line per event, as logfmt or JSON. Callers never log bodies, secrets or signatures.
#include <array>
#include <atomic>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace spdlog {
class logger;
}

namespace releasehealth {

enum class log_format { logfmt, json };
enum class log_level { debug, info, warning, error };
/// Spelling in the configuration and in log lines, indexed by value.
inline constexpr std::array<std::string_view, 2> log_format_names = {"logfmt", "json"};
inline constexpr std::array<std::string_view, 4> log_level_names = {"debug", "info", "warn", "error"};

class logger {
 public:
  using field = std::pair<std::string_view, std::string_view>;
  logger(log_format, log_level lowest);
  /// Takes effect with the next line. Any thread.
  void use(log_format, log_level lowest);

  void debug(std::string_view message, std::initializer_list<field> fields = {}) const;
  void info(std::string_view message, std::initializer_list<field> fields = {}) const;
  void warning(std::string_view message, std::initializer_list<field> fields = {}) const;
  void error(std::string_view message, std::initializer_list<field> fields = {}) const;

 private:
  void write(log_level, std::string_view message, std::initializer_list<field>) const;
  std::atomic<log_format> format_;
  std::shared_ptr<spdlog::logger> sink_;
};

}
