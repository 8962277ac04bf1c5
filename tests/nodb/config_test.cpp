#include <cstdlib>
#include <fstream>
#include <regex>

#include "collectors/collector.hpp"
#include "tests/nodb/configurations.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("nodb") {
  TEST_CASE("an empty file gives the defaults") {
    const auto c = right("");
    CHECK(c.intake.port == 9620);
    CHECK(c.operations.address == "127.0.0.1");
    CHECK(c.database_url.empty());
    CHECK(c.figures.rolling == std::vector<std::string>{"7d", "30d", "90d", "180d"});
    CHECK(c.figures.thresholds.size() == default_thresholds().size());
    CHECK(c.timeline.stack.rules.default_rules);
  }

  TEST_CASE("secrets come inline or from files, several are allowed, and the environment overrides scalars") {
    char name[] = "/tmp/rh-secret-XXXXXX";
    const int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    std::ofstream(name) << "from-file\n";
    const auto c = right(std::string("[[source]]\nname='g'\nkind='github'\nsecret_file='") + name +
                             "'\n[[token]]\nname='t'\nscopes=['send']\ntoken=['old','new']\n",
                         [](const std::string& v) -> std::optional<std::string> {
                           if (v == "RELEASEHEALTHD_DATABASE_URL") return "postgresql:///x";
                           if (v == "RELEASEHEALTHD_INTAKE_LISTEN") return "[::1]:1";
                           return {};
                         });
    std::remove(name);
    CHECK(c.sources[0].secrets[0].reveal() == "from-file");
    CHECK(c.tokens[0].digests.size() == 2);
    CHECK(c.database_url == "postgresql:///x");
    CHECK(c.intake.address == "::1");
    CHECK(c.intake.port == 1);
  }

  TEST_CASE("a secret file with a byte order mark or several lines is rejected") {
    char name[] = "/tmp/rh-secret-XXXXXX";
    REQUIRE(mkstemp(name) >= 0);
    const auto said = [&](std::string_view content) {
      std::ofstream(name, std::ios::binary | std::ios::trunc) << content;
      return mistakes(std::string("[[source]]\nname='g'\nkind='github'\nsecret_file='") + name + "'\n");
    };
    for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"})
      CHECK(said(std::string(mark) + "hush\n").find("begins with a byte order mark") != std::string::npos);
    for (const auto* several : {"new\nold\n", "new\r\nold", "# comment\nhush"})
      CHECK(said(several).find("contains several lines; expected one secret (during a rotation list several files") !=
            std::string::npos);
    CHECK(said("hush\r\n\n").empty());
    std::remove(name);
  }

  TEST_CASE("every key takes effect at a reload or is reported as needing a restart") {
    const std::string before = "state_dir = '/a'\n[database]\nurl = 'postgresql:///a'\nread_url = 'postgresql:///r'\n";
    const std::map<std::string, std::string> changed = {
        {"state_dir", "state_dir = '/b'\n[database]\nurl = 'postgresql:///a'\nread_url = 'postgresql:///r'\n"},
        {"database.url", "state_dir = '/a'\n[database]\nurl = 'postgresql:///b'\nread_url = 'postgresql:///r'\n"},
        {"database.read_url", "state_dir = '/a'\n[database]\nurl = 'postgresql:///a'\n"},
        {"database.statement_timeout", before + "statement_timeout = '31s'\n"},
        {"intake.listen", before + "[intake]\nlisten = '127.0.0.1:1'\n"},
        {"operations.listen", before + "[operations]\nlisten = '127.0.0.1:1'\n"},
    };
    const auto started = right(before);
    CHECK(changed_at_start(started, right(before)).empty());
    std::size_t named = 0;
    for (const auto& k : known_keys()) {
      CAPTURE(k.name);
      const auto dot = k.name.rfind('.');
      if (k.needs_restart) {
        ++named;
        if (const auto text = changed.find(k.name); text != changed.end())
          CHECK(changed_at_start(started, right(text->second)) == std::vector{k.name});
        else
          CHECK((k.name.ends_with("_file") || k.name.find("tls_server_config") != k.name.npos));
      }
      // keys that a reload applies are never reported
      if (!k.needs_restart && !k.fallback.empty() && dot != k.name.npos && k.name.find('.') == dot &&
          !k.name.starts_with("source.") && k.name.find("_server_config") == k.name.npos) {
        const auto text =
            before + '[' + k.name.substr(0, dot) + "]\n" + k.name.substr(dot + 1) + " = " + k.fallback + '\n';
        if (mistakes(text).empty()) CHECK(changed_at_start(started, right(text)).empty());
      }
    }
    CHECK(named == 18);
    const auto tls = [&](const char* listener, const char* more) {
      return right(before + '[' + listener + ".tls_server_config]\ncert_file = '/dev/null'\nkey_file = '/dev/null'\n" +
                   more);
    };
    for (const auto* listener : {"intake", "operations"}) {
      const auto below = std::string(listener) + ".tls_server_config.";
      CHECK(changed_at_start(started, tls(listener, "")) == std::vector{below + "cert_file", below + "key_file"});
      CHECK(changed_at_start(tls(listener, ""), tls(listener, "min_version = 'TLS13'\n")) ==
            std::vector{below + "min_version"});
    }
    auto without_spool = right("[spool]\nmax_bytes = 0\n");
    CHECK(changed_at_start(without_spool, right("")) == std::vector<std::string>{"spool.max_bytes"});
    CHECK(changed_at_start(right(""), without_spool).empty());
    for (const auto& [key, digest] : started.at_start) CHECK(digest.find("postgresql") == std::string::npos);
  }

  TEST_CASE("an operations listener open to everyone causes a warning") {
    const auto warned = [](const std::string& text) {
      std::string all;
      for (const auto& w : right(text).warnings) all += w;
      return all;
    };
    const std::string open = "[operations]\nlisten = '0.0.0.0:9621'\n";
    CHECK(warned(open).starts_with(
        "operations.listen: 0.0.0.0:9621 serves pages and metrics to everyone who reaches it"));
    CHECK_FALSE(warned("[operations]\nlisten = '[2001:db8::1]:9621'\n").empty());
    CHECK_FALSE(warned("[operations]\nlisten = ':9621'\n").empty());
    const std::string tls =
        "tls_server_config = { cert_file = '/dev/null', key_file = '/dev/null', client_ca_file = '/dev/null'";
    CHECK_FALSE(warned(open + tls + ", client_auth_type = 'VerifyClientCertIfGiven' }\n").empty());
    CHECK(warned(open + tls + ", client_auth_type = 'RequireAndVerifyClientCert' }\n").empty());
    CHECK(warned(open + "basic_auth_users = { a = '$2b$10$abcdefghijklmnopqrstuuIFWKkg9ofVXKRzPb9MTuWyNKJxaX1h.' }\n")
              .empty());
    for (const auto* own : {"127.0.0.1:1", "127.0.0.9:1", "[::1]:1"})
      CHECK(warned("[operations]\nlisten = '" + std::string(own) + "'\n").empty());
  }

  TEST_CASE(
      "tokens are stored as digests, signing secrets in plain text; systemd credentials take precedence over files") {
    const auto c = right(
        "[[token]]\nname='t'\ntoken=['shown','whsec_c2lnbnM=']\n"
        "[[token]]\nname='d'\ntoken_sha256='2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90'\n");
    CHECK(c.tokens[0].digests == std::vector{sha256_hex("shown")});
    CHECK(c.tokens[0].signing.size() == 1);
    CHECK(c.tokens[1].digests.size() == 1);
    for (const auto* bad : {"'abc'", "'2BD806C97F0E00AF1A1FC3328FA763A9269723C8DB8FAC4F93AF71DB186D6E90'"})
      CHECK(mistakes(std::string("[[token]]\nname='d'\ntoken_sha256=") + bad).find("token_sha256") !=
            std::string::npos);
    char folder[] = "/tmp/rh-credentials-XXXXXX";
    REQUIRE(mkdtemp(folder));
    const std::filesystem::path credentials = folder;
    std::ofstream(credentials / "github.secret") << "from-systemd";
    const auto given = right("[[source]]\nname='g'\nkind='github'\nsecret_file='github.secret'\n",
                             [&](const std::string& v) -> std::optional<std::string> {
                               if (v == "CREDENTIALS_DIRECTORY") return credentials.string();
                               return {};
                             });
    std::filesystem::remove_all(credentials);
    CHECK(given.sources[0].secrets[0].reveal() == "from-systemd");
    CHECK(mistakes("[[token]]\nname='t'\ntoken_file='/dev/zero'").find("too long") != std::string::npos);
  }

  TEST_CASE("every limit is a key with a range, and the example configuration shows its default") {
    std::ifstream in(std::filesystem::path(SOURCE_DIR) / "deploy/config.toml");
    const std::string example((std::istreambuf_iterator<char>(in)), {});
    for (const auto& rule : limit_rules) {
      CAPTURE(rule.key);
      const auto dot = rule.key.find('.');
      const std::string table(rule.key.substr(0, dot)), key(rule.key.substr(dot + 1));
      const bool is_time = rule.unit == limit_unit::time;
      const auto spelled = [&](std::int64_t n) {
        return is_time ? '"' + format_duration(duration(n)) + '"' : std::to_string(n);
      };
      if (rule.fallback > 0) CHECK(example.find("# " + key + " = " + spelled(rule.fallback)) != example.npos);
      if (table == "source") continue;
      const auto set = [&](std::int64_t n) { return '[' + table + "]\n" + key + " = " + spelled(n) + '\n'; };
      for (const auto n : {rule.least, rule.most})
        if (n > 0) CHECK(right(set(n)).bounds.at(static_cast<std::size_t>(&rule - limit_rules.data())) == n);
      const auto step = is_time ? limit_table::second : 1;
      if (!is_time || rule.most < 10 * 365 * limit_table::day)
        CHECK(mistakes(set(rule.most + step)).find(rule.key) != std::string::npos);
    }
    CHECK(right("[[source]]\nname='g'\nkind='github'\nsecret='x'\nmax_body_bytes=2048\n").sources[0].body_limit ==
          2048);
  }

  TEST_CASE("the example configuration is valid, also with each commented-out key enabled") {
    std::ifstream in(SOURCE_DIR "/deploy/config.toml");
    REQUIRE(in);
    std::string all, as_it_stands, with_all;
    const std::regex key("^# ([a-z_]+ = .*)$"), file("^(# )?(token|secret|url|read_url)_file = \"[^\"]*\"(.*)$");
    int shown = 0;
    for (std::string line; std::getline(in, line);) {
      std::smatch found;
      all += line + '\n';
      if (std::regex_match(line, found, file))
        line = found[2].str().ends_with("url") ? "" : found[2].str() + " = \"x\"";  // these files do not exist here
      as_it_stands += line + '\n';
      if (std::regex_match(line, found, key)) {
        line = std::regex_replace(found[1].str(), std::regex("\"[a-z]+\\.(pem|key)\""), "\"/dev/null\"");
        ++shown;
      }
      with_all += line + '\n';
    }
    CHECK(mistakes(as_it_stands).empty());
    CHECK(mistakes(with_all).empty());
    CHECK(shown > 20);
    CHECK(known_keys().size() > 100);
    for (const auto& k : known_keys()) {
      CAPTURE(k.name);
      CHECK(std::regex_search(all, std::regex("\\b" + k.name.substr(k.name.rfind('.') + 1) + "\\b")));
    }
  }

  TEST_CASE("the configurations in the sources' READMEs are valid, and the top README lists every source") {
    const auto read = [](const std::string& file) {
      std::ifstream in(SOURCE_DIR "/" + file);
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto top = read("README.md");
    for (const auto* kind : collectors()) {
      const auto page = "collectors/" + std::string(kind->kind) + "/README.md";
      CAPTURE(page);
      CHECK(top.find("](" + page + ")") != top.npos);
      auto text = read(page);
      text = std::regex_replace(text, std::regex("secret_file = \"[^\"]*\""), "secret = \"x\"");
      const std::regex block("```toml\n([^`]*)```");
      for (std::sregex_iterator at(text.begin(), text.end(), block), end; at != end; ++at) {
        const auto shown = (*at)[1].str();
        CHECK(mistakes(shown) == "");
        // and with each commented-out key enabled, one at a time
        const std::regex commented("# ([a-z_]+ = [^\n]*)");
        for (std::sregex_iterator key(shown.begin(), shown.end(), commented); key != end; ++key) {
          CAPTURE((*key)[1].str());
          const auto said = mistakes(shown + (*key)[1].str() + '\n');
          CHECK(said.find("unknown key") == said.npos);
        }
      }
    }
  }

  TEST_CASE("port 0 causes a warning, because senders cannot know the port") {
    const auto c = right("[operations]\nlisten = '127.0.0.1:0'");
    REQUIRE(c.warnings.size() == 1);
    CHECK(c.warnings.front() ==
          "operations.listen: port 0 of \"127.0.0.1:0\" means another free port at each start; expected 1 to 65535");
  }

  TEST_CASE(
      "an address that no local interface has causes a warning, because the configuration may be for another machine") {
    const auto c = right("[intake]\nlisten = '192.0.2.7:9620'\n[operations]\nlisten = '[::1]:9620'");
    REQUIRE(c.warnings.size() == 1);
    CHECK(c.warnings.front() ==
          "intake.listen: no interface of this machine has the address \"192.0.2.7\"; serve cannot bind it here");
    CHECK(c.operations.address == "::1");
  }
}
