#include "tests/nodb/configurations.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("nodb") {
  TEST_CASE("every error is reported with its file, line and column") {
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
         "c.toml:2:10: operations.listen: port 9620 is also that of intake.listen"},
        {"[intake]\nlisten = ':9621'", "operations.listen: port 9621 is also that of intake.listen"},
        {"[intake]\nlisten = '[::]:9621'", "port 9621 is also that of intake.listen"},
        {"[calendar]\ntime_zone = 'Mars/Olympus'",
         R"(c.toml:2:13: calendar.time_zone: unknown time zone "Mars/Olympus" (not in this system's tz database))"},
        {"[calendar]\ntime_zone = 'Europe/Berln'",
         R"(unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"? ()"},
        {"[[token]]\nname = 't'", "c.toml:1:1: token.token: missing; expected token, token_file or token_sha256"},
        {"[[token]]\nname = 't'\ntoken = 'x'\nscopes = ['sned']",
         R"(c.toml:4:10: token.scopes: unknown scope "sned"; did you mean "send"?)"},
        {"[[token]]\nname='t'\ntoken='x'\ntoken_file='y'",
         "token.token: both token and token_file; expected one of them"},
        {"[[token]]\nname='t'\ntoken_file='not/there'",
         R"(token.token_file: cannot read "not/there": No such file or directory; expected a readable file)"},
        {"[[token]]\nname='t'\ntoken='x'\nservices=[]", "token.services: empty list; expected names"},
        {"[[token]]\nname='t'\ntoken='x'\nservices=['a*b']", R"(token.services: invalid name "a*b"; expected a name)"},
        {"[[token]]\nname='t'\ntoken='x'\n[[token]]\nname='u'\ntoken='x'",
         R"(token.token: duplicate of [[token]] "t")"},
        {"[[token]]\nname='t'\ntoken='x'\n[[token]]\nname='t'\ntoken='y'",
         R"(token.name: duplicate name "t"; expected another one)"},
        {"[[source]]\nname='g'\nkind='github'\nsecret='x'\nenvironments=[]", "source.environments: empty list"},
        {"[[environment]]\nname = 'eu'\ngroup = 'live'\nproduction = false",
         R"(c.toml:4:14: environment.production: false, but group = "live" is for production only)"},
        {"[[environment]]\nname = 'live'\nproduction = true\n[[environment]]\nname = 'eu'\ngroup = 'Live'",
         R"(environment.group: "Live" is also the name of an [[environment]])"},
        {"[[environment]]\nname = 'eu'\ngroup = 'live'\n[[environment]]\nname = 'live'",
         R"(environment.name: "live" is also the name of a group of [[environment]]s)"},
        {"[[environment]]\nname = 'eu'\ngroup = 'eu'",
         R"(environment.group: "eu" is also the name of this [[environment]])"},
        {"[intake]\nlisten = '[ff02::1]:9620'", R"("ff02::1" is a multicast or broadcast address)"},
        {"[intake]\nlisten = '255.255.255.255:9620'", "is a multicast or broadcast address"},
        {"[intake]\nlisten = '[fe80::1]:9620'", "needs its interface; expected one like [fe80::1%eth0]:9620"},
        {"[intake]\nrequest_timeout = '0s'", R"(intake.request_timeout: invalid duration "0s"; expected one from 1s)"},
        {"[database]\nurl = 'mysql://u:sesame@h/d'", "database.url: not a valid libpq connection string"},
        {"[[service]]\nname='a'\naliases={jira='SHOP'}\n[[service]]\nname='b'\naliases={jira=['shop']}",
         R"(service.aliases.jira: "shop" is also an alias of [[service]] "a"; expected another name, or shared)"},
        {"[[repository]]\nwas=['acme/cart']", "c.toml:1:1: repository.name: missing; expected a name"},
        {"[[repository]]\nname='acme/a'\nwas=['x/a']\n[[repository]]\nname='acme/b'\nwas=['github.com/x/a']",
         R"(c.toml:6:5: repository.was: "github.com/x/a" is also a name of [[repository]] "acme/a"; expected)"},
        {"[[repository]]\nname='acme/a'\nwas='Acme/A'", R"(c.toml:3:5: repository.was: duplicate name "Acme/A")"},
        {"[[service]]\nname='a'\nsidecars='ignore'", R"(service.sidecars: unknown value "ignore")"},
        {"[[source]]\nname='a'\nkind='argocd'\nunauthenticated=true\nimages='('",
         R"(source.images: invalid pattern "(": missing ))"},
        {"[[service]]\nname='a'\naliases={jira=[7]}",
         "service.aliases.jira: invalid value 7; expected text, or a table"},
        {"[[service]]\nname='a'\naliases={jira={nam='x'}}", R"(unknown key; did you mean "name"?)"},
        {"[[service]]\nname='a'\naliases={jira={shared=true}}", "service.aliases.jira.name: missing; expected a name"},
        {"[[service]]\nname='a'\nwas={name='b',until='March'}",
         R"(service.was.until: invalid value "March"; expected a date like 2026-03-01)"},
        {"[figures]\nperiods = ['7d', '7d']", R"(figures.periods: duplicate period "7d")"},
        {"[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=nan",
         "threshold.above: invalid value \"NaN\"; expected a finite"},
        {"[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=1\nminimum=-1",
         R"(threshold.minimum: invalid number "-1"; expected 0 or more)"},
        {"[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=1\n[[threshold]]\nfigure='hotfixes'\nperiod='month'"
         "\nabove=2",
         R"(threshold.figure: duplicate threshold for "hotfixes")"},
        {"[[source]]\nname = 'g'\nkind = 'github'",
         "source.secret: missing; expected secret or secret_file, or unauthenticated = true"},
        {"[[source]]\nname = 'g'\nkind = 'githup'\nx = 1",
         R"(c.toml:3:8: source.kind: unknown kind "githup"; did you mean "github"?)"},
        {"[[source]]\nname = 'g'\nkind = 'teletype'", R"(source.kind: unknown kind "teletype"; expected )"},
        {"[[source]]\nname = 'g/x'\nkind = 'github'\nsecret='x'",
         R"(source.name: invalid name "g/x"; expected lower-case letters)"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\n[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'",
         R"(source.name: duplicate name "g")"},
        {"[[source]]\nname = 'api'\nkind = 'github'\nsecret='x'",
         R"(source.name: invalid name "api"; expected a name that the daemon does not use itself)"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret = ''", "source.secret: empty; expected a secret"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret = []",
         "source.secret: empty list; expected one or more secrets"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\ndeployments = 'pushes'",
         R"(c.toml:5:15: source.deployments: unknown value "pushes"; expected deployment_status, release or workflow_run)"},
        {"[[source]]\nname = 'g'\nkind = 'github'\nsecret='x'\ndeployments = 'release'",
         R"(source: no environment for deployments = "release"; expected one, because GitHub does not report it)"},
        {"[intake]\ntls_server_config = { cert_file = '/dev/null' }",
         "intake.tls_server_config.key_file: missing; expected cert_file and key_file"},
        {"[intake]\ntls_server_config = { cert_file = 'not/there', key_file = '/dev/null' }",
         R"(cannot read "not/there": No such file)"},
        {"[intake]\ntls_server_config = { cert_file = '/dev/null', key_file = '/dev/null', client_auth_type = 'Always' "
         "}",
         R"(client_auth_type: unknown value "Always"; expected NoClientCert, )"},
        {"[operations]\ntls_server_config = { cert_file = '/dev/null', key_file = '/dev/null', client_auth_type = "
         "'RequireAndVerifyClientCert' }",
         "client_ca_file: missing; expected the certificates that client_auth_type verifies with"},
        {"[operations]\nbasic_auth_users = { alice = 'open-sesame' }",
         "c.toml:2:20: operations.basic_auth_users.alice: invalid hash; expected a bcrypt hash"},
        {"[operations]\nbasic_auth_users = { alice = 1 }",
         "operations.basic_auth_users.alice: invalid value; expected text"},
        {"[spool]\nmax_bytes = -1", "spool.max_bytes: invalid value -1; expected a whole number from 0"},
        {"[spool]\npatience_ms = 0", "spool.patience_ms: invalid value 0; expected a whole number from 1"},
        {"[[source]]\nname = 'j'\nkind = 'jenkins'\nsecret='x'",
         "source.jobs: missing; expected the names of the jobs that deploy"},
        {"[[source]]\nname = 'c'\nkind = 'circleci'\nsecret='x'\nenvironment='production'",
         "no workflows and no jobs; expected those that deploy"},
        {"[[source]]\nname = 'a'\nkind = 'azure-devops'\nsecret='x'\ndeployments='stage'",
         R"(source: no stages for deployments = "stage"; expected those that deploy)"},
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
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'", "rule.when: no condition; expected at least one"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { ref = 'x' }\n[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { "
         "ref = 'y' }",
         R"(rule.name: duplicate name "r"; expected another one)"},
        {"[[environment]]\nname = 'eu'\n[[environment]]\nname = 'eu'", R"(environment.name: duplicate name "eu")"},
        {"[[policy]]\nname = 'p'\nthen = 'watch'\n[[policy]]\nname = 'p'\nthen = 'watch'",
         R"(policy.name: duplicate name "p"; expected another one)"},
        {"[[source]]\nname = 'g'\nsecret = 'x'", "source.kind: missing; expected"},
        {"[[rule]]\nname = 'r'\nkind = 'hotfix'\nwhen = { outside_calendar = true }",
         "no hours of releases; expected [calendar] releases"},
        {"[[threshold]]\nfigure = 'hotfixs'\nperiod = 'month'\nabove = 5",
         R"(threshold.figure: unknown figure "hotfixs"; did you mean "hotfixes"?)"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = '3d'\nabove = 5",
         R"(threshold.period: unknown period "3d"; did you mean "7d"?)"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = 'months'\nabove = 5",
         R"(unknown period "months"; did you mean "month"?)"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = 'month'", "expected either above or below"},
        {"[[threshold]]\nfigure = 'hotfixes'\nperiod = 'month'\nabove = 5\nservice = 'a'\nteam = 'b'",
         "service and team are mutually exclusive"},
        {"[[threshold]]\nfigure = 'firefighting_ratio'\nperiod = '30d'\nabove = 0.3\nservice = 'a'",
         "threshold.service: services do not have this figure; expected team, or neither"},
        {"[[threshold]]\nfigure = 'overdue_reviews'\nperiod = '30d'\nabove = 1",
         R"(threshold.period: invalid period "30d"; expected none, because the figure is a current value)"},
        {"[[threshold]]\nfigure = 'hotfix_fail_ratio'\nperiod = '90d'\nabove = 'hotfixes'",
         R"(threshold.above: unknown ratio "hotfixes"; expected a number, )"},
        {"[[policy]]\nname = 'p'\nthen = 'pray'",
         R"(policy.then: unknown remedy "pray"; expected rollback, hotfix, flag or watch)"},
        {"[[policy]]\nname = 'p'\nthen = 'watch'\nwhen = { trajectory = 'sideways' }",
         R"(policy.when.trajectory: unknown value "sideways"; expected rising, stable or falling)"},
        {"[[policy]]\nname = 'p'\nthen = 'watch'\nwhen = { severity = 1 }", "policy.when.severity: unknown key"},
        {"[figures]\nreviews = 'sometimes'",
         R"(figures.reviews: invalid word "sometimes"; expected "auto", "required", "off" or a date like "2026-03-01")"},
        {"[gate]\nwithout_data = 'wait'", R"(gate.without_data: unknown )"},
        {"[figures]\ncauses = ['data', 'data']", R"(figures.causes: duplicate or reserved name "data")"},
        {"[figures]\ncauses = ['other']", R"(figures.causes: duplicate or reserved name "other")"},
        {"[figures]\nmax_names = 0", "figures.max_names: invalid value 0; expected"},
        {"[database]\nstatement_timeout = '1ms'", R"(database.statement_timeout: invalid duration "1ms"; expected)"},
        {"[database]\nstatement_timeout = '20d'",
         R"(database.statement_timeout: invalid duration "20d"; expected one from 1s to 1d)"},
        {"[[service]]\nname = 's'\nmatch = { path = 'x' }",
         "service.match.repository: missing; expected the repository of path"},
        {"[[team]]\nengineers = 3", "team.name: missing; expected a name"},
        {"[[team]]\nname = 'a'\nengineers = -1", "team.engineers: invalid number -1; expected 0 or more"},
        {"[[team]]\nname = 'a'\nengineers = 'six'", R"(team.engineers: invalid value "six"; expected a number)"},
        {"[[team]]\nname = 'a'\n[[team]]\nname = 'a'", R"(team.name: duplicate name "a")"},
        {"[calendar]\nworking_week = 'always'",
         R"(calendar.working_week: invalid hours "always"; expected hours like)"},
        {"[threshold]\nfigure = 'hotfixes'", "threshold: invalid value; expected an array of tables: [[threshold]]"},
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

  TEST_CASE("error messages never repeat a secret") {
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

  TEST_CASE("error messages do not repeat a database URL that libpq rejects") {
    for (const auto* url : {"postgresql://u:100%secret@db/rel", "postgresql://u:secret@[::1]x/db",
                            "postgres:/u:secret@h/db", "nonsense secret"}) {
      CAPTURE(url);
      const auto said = mistakes("[database]\nurl = '" + std::string(url) + "'");
      CHECK(said.find("database.url: not a valid libpq connection string") != said.npos);
      CHECK(said.find("secret") == said.npos);
    }
  }

  TEST_CASE("an unreadable configuration is an error that names the file") {
    const auto read = load_config("/tmp", no_environment);
    REQUIRE(std::holds_alternative<config_mistakes>(read));
    CHECK(std::get<config_mistakes>(read).all.front() == "/tmp: cannot be read: it is a directory");
  }
}
