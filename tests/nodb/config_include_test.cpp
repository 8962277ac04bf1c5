// Files that a configuration includes (interface.md section 6).
#include <cstdlib>
#include <fstream>

#include "tests/nodb/configurations.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// A temporary folder with a main file and included files.
struct config_folder {
  std::filesystem::path path;
  explicit config_folder(const std::map<std::string, std::string>& files) {
    char name[] = "/tmp/rh-include-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
    for (const auto& [file, text] : files) write(file, text);
  }
  config_folder(const config_folder&) = delete;
  ~config_folder() { std::filesystem::remove_all(path); }
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }

  std::variant<config, config_mistakes> read() const { return load_config(path / "config.toml", no_environment); }
  config right() const {
    auto c = read();
    REQUIRE(std::holds_alternative<config>(c));
    return std::get<config>(std::move(c));
  }
  /// One error per line, without the folder's path.
  std::string mistakes() const {
    std::string all;
    const auto c = read();
    if (const auto* wrong = std::get_if<config_mistakes>(&c))
      for (auto m : wrong->all) {
        for (auto at = m.find(path.native()); at != m.npos; at = m.find(path.native()))
          m.erase(at, path.native().size() + 1);
        all += m + '\n';
      }
    return all;
  }
};

const std::string with_include = "include = ['conf.d/*.toml']\n";

}

TEST_SUITE("nodb") {
  TEST_CASE("included files append their tables in name order, and their other keys are merged into the main file's") {
    const config_folder of(
        {{"config.toml", with_include + "[[service]]\nname='a'\n[figures]\nreview_due='48h'\n"},
         {"conf.d/20-c.toml", "[[service]]\nname='c'\n[figures]\nfollow_up_horizon='30d'\n"},
         {"conf.d/10-b.toml", "[[service]]\nname='b'\naliases={argocd='b-prod'}\n[[team]]\nname='t'\n"},
         {"conf.d/notes.txt", "no TOML at all"}});
    const auto c = of.right();
    std::vector<std::string> services;
    for (const auto& at : c.figures.names.configured()) services.push_back(at.service);
    CHECK(services == std::vector<std::string>{"a", "b", "c"});
    CHECK(c.figures.review_due == std::chrono::hours(48));
    CHECK(c.figures.follow_up_horizon == std::chrono::days(30));
    CHECK(c.included == std::vector{of.path / "conf.d/10-b.toml", of.path / "conf.d/20-c.toml"});
    CHECK(c.services_at.at("b") == (of.path / "conf.d/10-b.toml:1:1").native());
  }

  TEST_CASE("an error names the included file that contains it") {
    const std::pair<const char*, const char*> cases[] = {
        {"[[service]]\nname='b'\nteem='x'", "conf.d/x.toml:3:1: service.teem: unknown key; did you mean \"team\"?\n"},
        {"servce='b'", "conf.d/x.toml:1:1: servce: unknown key; did you mean \"service\"?\n"},
        {"[figures]\nreview_due=3",
         "conf.d/x.toml:2:12: figures.review_due: invalid value 3; expected one like \"48h\" or \"7d\", of at most 10 "
         "years\n"},
        {"[[service]]\nname=", "conf.d/x.toml:2:6: "},
        {"[[service]]\nname='b'\naliases={jira=['ok','']}",
         "conf.d/x.toml:3:21: service.aliases.jira.name: missing; expected a name\n"},
        {"[[service]]\nname='b'\naliases={jira='SHOP'}",
         "conf.d/x.toml:3:9: service.aliases.jira: \"SHOP\" is also an alias of [[service]] \"a\""},
        {"include=['y.toml']",
         "conf.d/x.toml:1:9: include: an included file may not include others; expected the key "
         "in config.toml\n"},
    };
    for (const auto& [text, said] : cases) {
      const config_folder of(
          {{"config.toml", with_include + "[[service]]\nname='a'\naliases={jira='shop'}\n"}, {"conf.d/x.toml", text}});
      CHECK_MESSAGE(of.mistakes().starts_with(said), text, ": ", of.mistakes());
    }
  }

  TEST_CASE("a key defined in two files is an error that names both, as is a table that one of them has as a list") {
    const config_folder of({{"config.toml", with_include + "[figures]\nreview_due='48h'\nperiods=['7d']\n"},
                            {"conf.d/a.toml", "[log]\nlevel='info'\n"},
                            {"conf.d/b.toml", "[figures]\nreview_due='24h'\nperiods=['30d']\n[log]\nlevel='debug'\n"},
                            {"conf.d/c.toml", "[[figures]]\nreview_due='24h'\n"}});
    CHECK(of.mistakes() ==
          "conf.d/b.toml:3:9: figures.periods: duplicate key; also defined at config.toml:4:9\n"
          "conf.d/b.toml:2:12: figures.review_due: duplicate key; also defined at config.toml:3:12\n"
          "conf.d/b.toml:5:7: log.level: duplicate key; also defined at conf.d/a.toml:2:7\n"
          "conf.d/c.toml:1:1: figures: duplicate key; also defined at config.toml:2:1\n");
  }

  TEST_CASE("a pattern may match nothing; a file matched twice and the main file are read once") {
    const config_folder of(
        {{"config.toml", "include = ['none/*.toml', '*.toml', 'x.toml', '?.toml']\n[[team]]\nname='t'\n"},
         {"x.toml", "[[team]]\nname='u'\n"}});
    CHECK(of.right().included == std::vector{of.path / "x.toml"});
    of.write("y.toml", "[[team]]\nname='v'\n");
    CHECK(of.right().figures.engineers.size() == 3);  // read a second time, as a reload does
  }

  TEST_CASE("a folder's name is never expanded as a pattern, and an unreadable included file is an error") {
    const config_folder of({{"a[b]*/config.toml", with_include}, {"a[b]*/conf.d/x.toml", "[[team]]\nname='t'\n"}});
    const auto read = load_config(of.path / "a[b]*/config.toml", no_environment);
    REQUIRE(std::holds_alternative<config>(read));
    CHECK(std::get<config>(read).figures.engineers.contains("t"));
    const config_folder other({{"config.toml", "include = 'c*'\n"}, {"conf/x.toml", ""}});
    CHECK(other.mistakes() == "conf: cannot be read: not a regular file\n");
  }

  TEST_CASE("relative paths in an included file start at the main file's folder") {
    const config_folder of({{"config.toml", with_include},
                            {"g.secret", "hush"},
                            {"conf.d/x.toml", "[[source]]\nname='g'\nkind='github'\nsecret_file='g.secret'\n"}});
    CHECK(of.right().sources.at(0).secrets.at(0).reveal() == "hush");
  }
}
