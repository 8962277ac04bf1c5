#pragma once
// The whole daemon in this process, on free ports.
#include <filesystem>
#include <fstream>
#include <thread>

#include "daemon/app/app.hpp"
#include "daemon/http/client.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"

namespace releasehealth::test {

/// A daemon that serves until the end of the test, with a clock that only moves when set.
class running_app {
 public:
  explicit running_app(const session& database, const std::string& more = {}, const std::string& of_intake = {})
      : top_("state_dir = '" + state_.path().string() + "'\n[database]\nurl = \"" + database.dsn +
             "\"\n[intake]\nlisten = '127.0.0.1:0'\n" + of_intake +
             "[operations]\nlisten = '127.0.0.1:0'\n[log]\nlevel = 'error'\n") {
    write_file(top_ + tokens_and_source() + more);
    auto read = load_config(file(), [](const std::string&) { return std::optional<std::string>(); });
    REQUIRE(std::holds_alternative<config>(read));
    app_ = std::make_unique<app>(std::get<config>(read), file(), log_, [this] { return now_.load(); });
    thread_ = std::thread([this] { app_->run(); });
    metric("releasehealth_refresh_success", "1");
  }
  std::filesystem::path file() const { return state_.path() / "config.toml"; }
  void write_file(const std::string& text) const { std::ofstream(file(), std::ios::trunc) << text; }
  /// The top of the configuration file, without tokens and sources.
  const std::string& top() const { return top_; }
  static std::string tokens_and_source() {
    return "[[token]]\nname = 'all'\nscopes = ['send', 'read', 'amend']\ntoken = 'sesame'\n"
           "[[token]]\nname = 'sender'\nscopes = ['send']\ntoken = 'only-send'\n"
           "[[source]]\nname = 'github'\nkind = 'github'\nsecret = ['new', 'hush']\n";
  }
  ~running_app() {
    app_->stop();
    thread_.join();
  }

  http::response operations(const std::string& method, const std::string& path, const std::string& body = {},
                            std::vector<std::pair<std::string, std::string>> header = {}) {
    return answer_to(method, app_->operations_port(), path, body, header);
  }
  http::response intake(const std::string& method, const std::string& path, const std::string& body,
                        std::vector<std::pair<std::string, std::string>> header) {
    return answer_to(method, app_->intake_port(), path, body, header);
  }
  http::response send_events(const std::string& body, const std::string& token = "sesame",
                             const std::string& type = "application/json") {
    return intake("POST", "/api/v1/events", body, {{"Authorization", "Bearer " + token}, {"Content-Type", type}});
  }
  http::response github(const std::string& event, const std::string& id, const std::string& body,
                        const std::string& secret = "hush") {
    return intake("POST", "/webhooks/github", body,
                  {{"Content-Type", "application/json"},
                   {"X-GitHub-Event", event},
                   {"X-GitHub-Delivery", id},
                   {"X-Hub-Signature-256", "sha256=" + hmac_sha256_hex(secret, body)}});
  }
  /// The value of a series on /metrics: waits up to five seconds for `wanted`.
  std::string metric(const std::string& series, const std::string& wanted) {
    std::string value;
    for (int i = 0; i < 200; ++i) {
      const auto page = operations("GET", "/metrics").body;
      const auto at = page.find("\n" + series + ' ');
      value = at == page.npos ? "absent"
                              : page.substr(at + series.size() + 2, page.find('\n', at + 1) - at - series.size() - 2);
      if (value == wanted) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    return value;
  }
  /// Waits until everything acknowledged is derived.
  void derived(const database& db) {
    for (int i = 0; i < 200 && db.query("SELECT count(*) FROM touched") != "0"; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    CHECK(db.query("SELECT count(*) FROM touched") == "0");
  }
  void set_clock(const char* at) { now_ = *parse_time(at); }

 private:
  static http::response answer_to(const std::string& method, std::uint16_t port, const std::string& path,
                                  const std::string& body,
                                  const std::vector<std::pair<std::string, std::string>>& header) {
    auto answer = http::send(method, "http://127.0.0.1:" + std::to_string(port) + path, body, header);
    REQUIRE_MESSAGE(answer, method, " ", path, ": ", answer ? "" : answer.error().text());
    return std::move(*answer);
  }
  temporary_folder state_;
  std::string top_;
  logger log_{log_format::logfmt, log_level::error};
  std::atomic<timestamp> now_{*parse_time("2026-11-20T12:00:00Z")};
  std::unique_ptr<app> app_;
  std::thread thread_;
};

/// Empty if the response has no such header.
inline std::string header_of(const http::response& r, std::string_view name) {
  for (const auto& [key, value] : r.header)
    if (key == name) return value;
  return {};
}

/// A deployment of checkout, by default an hour before noon.
inline std::string deployed(const std::string& id, const std::string& more) {
  const auto time = more.find("\"time\"") == more.npos ? R"("time":"2026-11-20T11:00:00Z",)" : "";
  return R"({"id":")" + id + R"(","type":"deployment","service":"checkout","state":"succeeded",)" + time + more + "}";
}

}
