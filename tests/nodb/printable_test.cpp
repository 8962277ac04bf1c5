// Text from senders cannot control terminals, logs and spreadsheets.
#include "collectors/base/printable.hpp"

#include <filesystem>
#include <fstream>

#include "collectors/base/result.hpp"
#include "collectors/csv/csv.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/reports/text_report.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("terminal escapes, bidirectional marks and invalid UTF-8 are escaped, other text is unchanged") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"checkout é 漢 \xF0\x9F\x98\x80\tx\n", "checkout é 漢 \xF0\x9F\x98\x80\tx\n"},
        {"\033]0;title\007", "\\u001b]0;title\\u0007"},
        {"a\rb\x7F", "a\\u000db\\u007f"},
        {"\xC2\x9B"
         "31m",
         "\\u009b31m"},
        {"user\xE2\x80\xAEtxt.exe", "user\\u202etxt.exe"},
        {"\xE2\x81\xA6x\xD8\x9C\xEF\xBB\xBF", "\\u2066x\\u061c\\ufeff"},
        {"\xFF\xC0\xAF\xED\xA0\x80z\xE2\x80", "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffdz\\ufffd\\ufffd"},
        {"", ""},
    };
    for (const auto& [given, wanted] : cases) {
      CAPTURE(wanted);
      CHECK(printable(given) == wanted);
      CHECK(is_printable(given) == (given == wanted));
    }
  }

  TEST_CASE("a CSV cell is never a formula, and numbers stay numbers") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"=1+1", "'=1+1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"-2+3", "'-2+3"},
        {"+49 30 1", "'+49 30 1"},
        {"\t=1", "'\t=1"},
        {"\r=1", "'\\u000d=1"},
        {"=cmd|' /C calc'!A0,x", "\"'=cmd|' /C calc'!A0,x\""},
        {"-0.25", "-0.25"},
        {"+1e-3", "+1e-3"},
        {"-inf", "'-inf"},
        {"1=2", "1=2"},
        {"\xE2\x80\xAEx", "\\u202ex"},
        {"a \"b\", c", "\"a \"\"b\"\", c\""},
    };
    for (const auto& [given, wanted] : cases) {
      CAPTURE(wanted);
      CHECK(csv::quote(given) == wanted);
    }
  }

  TEST_CASE("reports, explanations and messages escape text from senders") {
    const std::string bad = "x\033[2J\xE2\x80\xAE";
    snapshot s;
    s.periods = {{"30d", {}, {}, false}};
    s.at = timestamp(std::chrono::hours(1));  // a current figure has no value in a past period
    figure_settings settings;
    s.places[{bad, "production"}].values["30d"] = {};
    for (const bool markdown : {false, true})
      CHECK(text_report(s, settings, "unmerged_hotfixes", {.markdown = markdown}).find('\033') == std::string::npos);
    explanation e;
    e.title = bad;
    e.lines = {{bad, bad, {}}};
    CHECK(as_text(e).find('\033') == std::string::npos);
    CHECK(as_text(e).find("\xE2\x80\xAE") == std::string::npos);
    CHECK(error(errc::malformed, bad).text() == "x\\u001b[2J\\u202e");
  }

  TEST_CASE("exception texts are read in one place, which omits payloads") {
    namespace fs = std::filesystem;
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "daemon")) {
      const auto name = fs::relative(entry.path(), fs::path(SOURCE_DIR) / "daemon").string();
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      if (name == "database/failure.cpp" || name == "commands/run.cpp") continue;  // the latter: wrong arguments
      ++files;
      CAPTURE(name);
      CHECK(test::read_all(entry.path().string()).find(".what()") == std::string::npos);
    }
    CHECK(files > 50);
  }
}
