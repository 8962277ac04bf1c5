#include "daemon/config/config.hpp"

#include <cstdlib>
#include <fstream>
#include <regex>

#include "collectors/collector.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

environment no_environment = [](const std::string&) { return std::optional<std::string>(); };

std::string mistakes(std::string_view text, const environment& env = no_environment) {
  const auto read = parse_config(text, "c.toml", env);
  std::string all;
  if (const auto* wrong = std::get_if<config_mistakes>(&read))
    for (const auto& m : wrong->all) all += (all.empty() ? "" : "\n") + m;
  return all;
}

config right(std::string_view text, const environment& env = no_environment) {
  auto read = parse_config(text, "c.toml", env);
  REQUIRE(std::holds_alternative<config>(read));
  return std::get<config>(std::move(read));
}

}

TEST_SUITE("nodb") {
  TEST_CASE("every mistake is told, with its file, line and column") {
    const std::pair<const char*, const char*> cases[] = {
        {"a = ", "c.toml:1:5: "},
        {"\nstat_dir = 'x'", R"(c.toml:2:1: stat_dir: unknown key; did you mean "state_dir"?)"},
        {"[intake]\nlisten = 9620", "c.toml:2:10: intake.listen: invalid value 9620; expected text"},
        {"[intake]\nlisten = 'here'",
         "c.toml:2:10: intake.listen: invalid address \"here\"; expected IP:PORT, as in 127.0.0.1:9620 or [::1]:9620"},
        {"[intake]\nlisten = 'localhost:9620'", "intake.listen: invalid address \"localhost:9620\"; expected IP:PORT"},
        {"[intake]\nlisten = '127.0.0.256:9620'", "invalid address \"127.0.0.256:9620\""},
        {"[intake]\nlisten = '127.0.0.1:'", "invalid address \"127.0.0.1:\""},
        {"[intake]\nlisten = '127.0.0.1:80x'", "invalid address \"127.0.0.1:80x\""},
        {"[intake]\nlisten = ':99999'", "port 99999 of \":99999\" is out of range; expected 1 to 65535"},
        {"[intake]\nlisten = ':99999999999999999999'", "is out of range; expected 1 to 65535"},
        {"[operations]\nlisten = '127.0.0.1:9620'",
         "c.toml:2:10: operations.listen: port 9620 is that of intake.listen, too"},
        {"[intake]\nlisten = ':9621'", "operations.listen: port 9621 is that of intake.listen"},
        {"[intake]\nlisten = '[::]:9621'", "port 9621 is that of intake.listen"},
        {"[calendar]\ntime_zone = 'Mars/Olympus'",
         R"(c.toml:2:13: calendar.time_zone: unknown time zone "Mars/Olympus" (not in this system's tz database))"},
        {"[calendar]\ntime_zone = 'Europe/Berln'",
         R"(unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"? ()"},
        {"[[token]]\nname = 't'", "c.toml:1:1: token: needs token, token_file or token_sha256"},
        {"[[token]]\nname = 't'\ntoken = 'x'\nscopes = ['sned']",
         R"(c.toml:4:10: token.scopes: unknown scope "sned"; did you mean "send"?)"},
        {"[[token]]\nname='t'\ntoken='x'\ntoken_file='y'", "exclude each other"},
        {"[[token]]\nname='t'\ntoken_file='not/there'", "cannot read not/there"},
        {"[[token]]\nname='t'\ntoken='x'\nservices=[]", "token.services: is an empty list; expected names"},
        {"[[token]]\nname='t'\ntoken='x'\nservices=['a*b']", R"(token.services: invalid name "a*b"; expected a name)"},
        {"[[token]]\nname='t'\ntoken='x'\n[[token]]\nname='u'\ntoken='x'",
         R"(token.token: is that of [[token]] "t", too)"},
        {"[[token]]\nname='t'\ntoken='x'\n[[token]]\nname='t'\ntoken='y'", R"(token.name: duplicate name "t")"},
        {"[[source]]\nname='g'\nkind='github'\nsecret='x'\nenvironments=[]", "source.environments: is an empty list"},
        {"[intake]\nlisten = '[ff02::1]:9620'", R"("ff02::1" is the address of several machines)"},
        {"[intake]\nlisten = '255.255.255.255:9620'", "is the address of several machines"},
        {"[intake]\nlisten = '[fe80::1]:9620'", "needs its interface; expected one like [fe80::1%eth0]:9620"},
        {"[intake]\nrequest_timeout = '0s'", R"(intake.request_timeout: invalid duration "0s"; expected one from 1s)"},
        {"[database]\nurl = 'mysql://u:sesame@h/d'", "database.url: is no connection string that libpq understands"},
        {"[figures]\nperiods = ['7d', '7d']", R"(figures.periods: duplicate period "7d")"},
        {"[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=nan",
         "threshold.above: invalid value \"NaN\"; expected a finite"},
        {"[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=1\nminimum=-1",
         R"(threshold.minimum: invalid number "-1"; expected 0 or more)"},
        {"[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=1\n[[threshold]]\nfigure='hotfixes'\nperiod='month'"
         "\nabove=2",
         R"(threshold.figure: duplicate threshold of "hotfixes")"},
        {"[[source]]\nname = 'g'\nkind = 'github'", "needs secret or secret_file, or unauthenticated = true"},
        {"[[source]]\nname = 'g'\nkind = 'githup'\nx = 1",
         R"(c.toml:3:8: source.kind: unknown kind "githup"; did you mean "github"?)"},
        {"[[source]]\nname = 'g'\nkind = 'teletype'", R"(source.kind: unknown kind "teletype"; expected )"},
        {"[[source]]\nname = 'g/x'\nkind = 'github'\nsecret='x'",
         R"(source.name: invalid name "g/x"; expected small letters)"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\n[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'",
         R"(source.name: duplicate name "g")"},
        {"[[source]]\nname = 'api'\nkind = 'github'\nsecret='x'",
         R"(source.name: invalid name "api"; expected one that is not the daemon's own)"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret = ''", "is an empty secret"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret = []", "is an empty list"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\ndeployments = 'pushes'",
         R"(c.toml:5:15: source.deployments: unknown value "pushes"; expected deployment_status, release or workflow_run)"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\ndeployments = 'release'", "needs environment"},
        {"[intake]\ntls_server_config = { cert_file = '/dev/null' }", "needs cert_file and key_file"},
        {"[intake]\ntls_server_config = { cert_file = 'not/there', key_file = '/dev/null' }", "cannot read not/there"},
        {"[intake]\ntls_server_config = { cert_file = '/dev/null', key_file = '/dev/null', client_auth_type = 'Always' "
         "}",
         R"(client_auth_type: unknown value "Always"; expected NoClientCert, )"},
        {"[operations]\ntls_server_config = { cert_file = '/dev/null', key_file = '/dev/null', client_auth_type = "
         "'RequireAndVerifyClientCert' }",
         "needs client_ca_file"},
        {"[operations]\nbasic_auth_users = { alice = 'open-sesame' }", "alice is no bcrypt hash"},
        {"[operations]\nbasic_auth_users = { alice = 1 }", "alice is not text"},
        {"[spool]\nmax_bytes = -1", "spool.max_bytes: invalid value -1; expected a whole number from 0"},
        {"[spool]\npatience_ms = 0", "spool.patience_ms: invalid value 0; expected a whole number from 1"},
        {"[[source]]\nname = 'j'\nkind = 'jenkins'\nsecret='x'",
         "source: needs jobs: the names of the jobs that deploy"},
        {"[[source]]\nname = 'c'\nkind = 'circleci'\nsecret='x'\nenvironment='production'", "needs workflows or jobs"},
        {"[[source]]\nname = 'a'\nkind = 'azure-devops'\nsecret='x'\ndeployments='stage'", "needs stages"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\nincidents = { label = 'x' }",
         R"(source.incidents.label: unknown key; did you mean "labels"?)"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { ref = '(' }",
         R"(rule.when.ref: invalid pattern "(": missing ))"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { branch = 'x' }", "rule.when.branch: unknown key; expected "},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { lable = 'x' }",
         R"(rule.when.lable: unknown key; did you mean "label"?)"},
        {"[[rule]]\nname = 'r'\nkind = 'urgent'\nwhen = { ref = 'x' }",
         R"(rule.kind: unknown kind "urgent"; expected planned, hotfix, rollback or redeploy)"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfixe'\nwhen = { ref = 'x' }",
         R"(rule.kind: unknown kind "hotfixe"; did you mean "hotfix"?)"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'", "rule.when: has no condition"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { outside_calendar = true }", "needs [calendar] releases"},
        {"[[threshold]]\nfigure = 'hotfixs'\nperiod = 'month'\nabove = 5",
         R"(threshold.figure: unknown figure "hotfixs"; did you mean "hotfixes"?)"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = '3d'\nabove = 5",
         R"(threshold.period: unknown period "3d"; did you mean "7d"?)"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = 'months'\nabove = 5",
         R"(unknown period "months"; did you mean "month"?)"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = 'month'", "needs above or below, and not both"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = 'month'\nabove = 5\nservice = 'a'\nteam = 'b'",
         "is for a service or for a team, not for both"},
        {"[[threshold]]\nfigure = 'firefighting_ratio'\nperiod = '30d'\nabove = 0.3\nservice = 'a'",
         "threshold.service: has no such figure: it is one of teams"},
        {"[[threshold]]\nfigure = 'overdue_reviews'\nperiod = '30d'\nabove = 1",
         R"(threshold.period: invalid period "30d"; expected none: the figure holds at an instant)"},
        {"[[threshold]]\nfigure = 'hotfix_fail_ratio'\nperiod = '90d'\nabove = 'hotfixes'",
         R"(threshold.above: unknown ratio "hotfixes"; expected a number, )"},
        {"[[policy]]\nname = 'p'\nthen = 'pray'",
         R"(policy.then: unknown remedy "pray"; expected rollback, hotfix, flag or watch)"},
        {"[[policy]]\nname = 'p'\nthen = 'watch'\nwhen = { trajectory = 'sideways' }",
         R"(policy.when.trajectory: unknown value "sideways"; expected rising, stable or falling)"},
        {"[[policy]]\nname = 'p'\nthen = 'watch'\nwhen = { severity = 1 }", "policy.when.severity: unknown key"},
        {"[figures]\ncauses = ['data', 'data']", R"(figures.causes: duplicate or reserved name "data")"},
        {"[figures]\ncauses = ['other']", R"(figures.causes: duplicate or reserved name "other")"},
        {"[figures]\nmax_names = 0", "figures.max_names: invalid value 0; expected"},
        {"[database]\nstatement_timeout = '1ms'", R"(database.statement_timeout: invalid duration "1ms"; expected)"},
        {"[database]\nstatement_timeout = '20d'",
         R"(database.statement_timeout: invalid duration "20d"; expected one from 1s to 1d)"},
        {"[[service]]\nname = 's'\nmatch = { path = 'x' }", "service.match.path: needs the repository that it lies in"},
        {"[[team]]\nengineers = 3", "team: needs a name"},
        {"[[team]]\nname = 'a'\nengineers = -1", "team.engineers: invalid number -1; expected 0 or more"},
        {"[[team]]\nname = 'a'\nengineers = 'six'", R"(team.engineers: invalid value "six"; expected a number)"},
        {"[[team]]\nname = 'a'\n[[team]]\nname = 'a'", R"(team.name: duplicate name "a")"},
        {"[calendar]\nworking_week = 'always'", R"(calendar.working_week: invalid hours "always"; expected some like)"},
        {"[threshold]\nfigure = 'hotfixes'", "write [[threshold]]"},
        {"[figures]\nperiods = ['30']", R"(figures.periods: invalid duration "30"; expected)"},
        {"[figures]\ndefault_rules = 'yes'", R"(figures.default_rules: invalid value "yes"; expected true or false)"},
        {"[log]\nformat = 'xml'", R"(log.format: unknown value "xml"; expected logfmt or json)"},
    };
    for (const auto& [text, expected] : cases) {
      CAPTURE(text);
      const auto told = mistakes(text);
      CAPTURE(told);
      CHECK(told.find(expected) != told.npos);
    }
    CHECK(mistakes("x = 1\ny = 2").find('\n') != std::string::npos);
  }

  TEST_CASE("no secret is repeated by a message about it") {
    for (const auto* text : {
             "[[token]]\nname='t'\ntoken=['hunter2', 5]",
             "[[token]]\nname='t'\ntoken_sha256='hunter2'",
             "[[source]]\nname='g'\nkind='github'\nsecret={value='hunter2'}",
             "[database]\nurl={value='hunter2'}",
             "[operations]\nbasic_auth_users='hunter2'",
             "[operations]\nbasic_auth_users={alice=['hunter2']}",
             "[operations]\nbasic_auth_users={alice='hunter2'}",
         }) {
      CAPTURE(text);
      const auto told = mistakes(text);
      CHECK_FALSE(told.empty());
      CHECK(told.find("hunter2") == told.npos);
    }
  }

  TEST_CASE("a database URL that libpq does not understand is not repeated") {
    for (const auto* url : {"postgresql://u:100%secret@db/rel", "postgresql://u:secret@[::1]x/db",
                            "postgres:/u:secret@h/db", "nonsense secret"}) {
      CAPTURE(url);
      const auto said = mistakes("[database]\nurl = '" + std::string(url) + "'");
      CHECK(said.find("database.url: is no connection string") != said.npos);
      CHECK(said.find("secret") == said.npos);
    }
  }

  TEST_CASE("a configuration that cannot be read is a mistake that names the file") {
    const auto read = load_config("/tmp", no_environment);
    REQUIRE(std::holds_alternative<config_mistakes>(read));
    CHECK(std::get<config_mistakes>(read).all.front() == "/tmp: cannot be read: it is a directory");
  }

  TEST_CASE("an empty file is the defaults") {
    const auto c = right("");
    CHECK(c.intake.port == 9620);
    CHECK(c.operations.address == "127.0.0.1");
    CHECK(c.database_url.empty());
    CHECK(c.figures.rolling == std::vector<std::string>{"7d", "30d", "90d", "180d"});
    CHECK(c.figures.thresholds.size() == default_thresholds().size());
    CHECK(c.timeline.stack.rules.default_rules);
  }

  TEST_CASE("secrets come inline or from files, several at once, and the environment overrides scalars") {
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

  TEST_CASE("a file with a byte order mark, or with several lines, is no secret") {
    char name[] = "/tmp/rh-secret-XXXXXX";
    REQUIRE(mkstemp(name) >= 0);
    const auto said = [&](std::string_view content) {
      std::ofstream(name, std::ios::binary | std::ios::trunc) << content;
      return mistakes(std::string("[[source]]\nname='g'\nkind='github'\nsecret_file='") + name + "'\n");
    };
    for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"})
      CHECK(said(std::string(mark) + "hush\n").find("begins with a byte order mark") != std::string::npos);
    for (const auto* several : {"new\nold\n", "new\r\nold", "# comment\nhush"})
      CHECK(said(several).find("holds several lines; expected one secret (during a rotation list several files") !=
            std::string::npos);
    CHECK(said("hush\r\n\n").empty());
    std::remove(name);
  }

  TEST_CASE("every key takes effect at a reload, or is named as one that needs a restart") {
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
      // what a reload applies is never named
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

  TEST_CASE("an operations listener that serves everyone is warned about") {
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

  TEST_CASE("tokens are kept as digests, signing secrets as they are; credentials come before files of one's own") {
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

  TEST_CASE("every limit is a key, with a range; the example configuration shows it with its default") {
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

  TEST_CASE("a configured threshold replaces the default of its figure and period, a service's own the general one") {
    const auto c = right(
        "[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=3\n[[threshold]]\nfigure='hotfixes'\nperiod='month'"
        "\nabove=9\nservice='legacy'\n");
    const auto limit = [&](const char* service) {
      for (const auto& t : thresholds_of(c.figures.thresholds, service))
        if (t.figure == "hotfixes") return t.limit;
      return -1.0;
    };
    CHECK(limit("checkout") == 3);
    CHECK(limit("legacy") == 9);
    CHECK(thresholds_of(c.figures.thresholds, "legacy").size() == default_thresholds().size() - 1);
  }

  TEST_CASE("a limit may be another figure; when a hotfix should be back is a limit, too; causes are slices") {
    const auto c = right(
        "[figures]\nmerge_back_due = '2d'\ncauses = ['weather']\n"
        "[[threshold]]\nfigure = 'change_fail_ratio'\nperiod = '30d'\nabove = 'planned_fail_ratio'\n");
    for (const auto& t : c.figures.thresholds) {
      if (t.figure == "oldest_unmerged_hotfix_seconds") CHECK(t.limit == 2 * 86400);
      if (t.figure == "change_fail_ratio") CHECK(t.limit_of == "planned_fail_ratio");
    }
    CHECK(c.figures.cause_slices.size() == 3);
    CHECK(c.timeline.fingerprint != right("").timeline.fingerprint);
    CHECK(right("# nothing\n").timeline.fingerprint == right("").timeline.fingerprint);
  }

  TEST_CASE("the example configuration is right as it stands, and with every key that it shows commented out") {
    std::ifstream in(SOURCE_DIR "/deploy/config.toml");
    REQUIRE(in);
    std::string all, as_it_stands, with_all;
    const std::regex key("^# ([a-z_]+ = .*)$"), file("^(# )?(token|secret|url|read_url)_file = \"[^\"]*\"(.*)$");
    int shown = 0;
    for (std::string line; std::getline(in, line);) {
      std::smatch found;
      all += line + '\n';
      if (std::regex_match(line, found, file))
        line = found[2].str().ends_with("url") ? "" : found[2].str() + " = \"x\"";  // no such files here
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

  TEST_CASE("what the READMEs of the sources show is right, and the top README names every source") {
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
        // and with what it shows commented out, one key at a time
        const std::regex commented("# ([a-z_]+ = [^\n]*)");
        for (std::sregex_iterator key(shown.begin(), shown.end(), commented); key != end; ++key) {
          CAPTURE((*key)[1].str());
          const auto said = mistakes(shown + (*key)[1].str() + '\n');
          CHECK(said.find("unknown key") == said.npos);
        }
      }
    }
  }

  TEST_CASE("port 0 is a warning: senders do not know which one that becomes") {
    const auto c = right("[operations]\nlisten = '127.0.0.1:0'");
    REQUIRE(c.warnings.size() == 1);
    CHECK(c.warnings.front() ==
          "operations.listen: port 0 of \"127.0.0.1:0\" is another free port at each start; expected 1 to 65535");
  }

  TEST_CASE("an address that no interface of this machine has is a warning: the configuration may be for another one") {
    const auto c = right("[intake]\nlisten = '192.0.2.7:9620'\n[operations]\nlisten = '[::1]:9620'");
    REQUIRE(c.warnings.size() == 1);
    CHECK(c.warnings.front() ==
          "intake.listen: no interface of this machine has the address \"192.0.2.7\"; serve cannot bind it here");
    CHECK(c.operations.address == "::1");
  }
}
