#include "daemon/log/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "collectors/base/json.hpp"
#include "collectors/base/printable.hpp"

namespace releasehealth {
namespace {

constexpr std::array levels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
static_assert(levels.size() == log_level_names.size());

void append_logfmt(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty()) out += ' ';
  out += key;
  out += '=';
  if (!value.empty() && value.find_first_of(" \"=\\\n\r\t") == value.npos && is_printable(value))
    out += value;
  else
    out += json::serialize(json::value(json::string(value)));  // quotes and escapes like Go's logfmt
}

}

logger::logger(log_format format, log_level lowest)
    : format_(format),
      sink_(std::make_shared<spdlog::logger>("releasehealthd", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  sink_->set_pattern("%v");
  sink_->flush_on(spdlog::level::debug);
  use(format, lowest);
}

void logger::use(log_format format, log_level lowest) {
  format_ = format;
  sink_->set_level(levels[static_cast<std::size_t>(lowest)]);
}

void logger::write(log_level level, std::string_view message, std::initializer_list<field> fields) const {
  const auto severity = levels[static_cast<std::size_t>(level)];
  if (!sink_->should_log(severity)) return;
  const auto now = format_time(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  const auto name = log_level_names[static_cast<std::size_t>(level)];
  std::string line;
  if (format_ == log_format::json) {
    json::object all = {{"ts", now}, {"level", std::string(name)}, {"msg", std::string(message)}};
    for (const auto& [key, value] : fields) all[key] = json::string_view(value.data(), value.size());
    line = json::serialize(all);
  } else {
    append_logfmt(line, "ts", now);
    append_logfmt(line, "level", name);
    append_logfmt(line, "msg", message);
    for (const auto& [key, value] : fields) append_logfmt(line, key, value);
  }
  sink_->log(severity, "{}", printable(line));
}

void logger::debug(std::string_view m, std::initializer_list<field> f) const { write(log_level::debug, m, f); }
void logger::info(std::string_view m, std::initializer_list<field> f) const { write(log_level::info, m, f); }
void logger::warning(std::string_view m, std::initializer_list<field> f) const { write(log_level::warning, m, f); }
void logger::error(std::string_view m, std::initializer_list<field> f) const { write(log_level::error, m, f); }

}
