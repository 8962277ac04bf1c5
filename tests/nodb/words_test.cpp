#include "collectors/words.hpp"

#include <filesystem>
#include <regex>
#include <set>

#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
namespace fs = std::filesystem;

namespace {

/// Whether every word of a vocabulary is parsed as the enumerator that it is written for, and no word is used twice.
template <class E>
bool is_read_as_written() {
  std::set<std::string_view> seen;
  for (const auto w : words_of<E>()) {
    const auto read = parse_word<E>(w);
    if (!read || word(*read) != w || !seen.insert(w).second) return false;
  }
  return !parse_word<E>("") && !parse_word<E>("Planned");
}

}

TEST_SUITE("nodb") {
  TEST_CASE("every word is parsed as the enumerator that it is written for") {
    CHECK(is_read_as_written<deployment_kind>());
    CHECK(is_read_as_written<deployment_state>());
    CHECK(is_read_as_written<incident_state>());
    CHECK(is_read_as_written<way>());
    CHECK(is_read_as_written<method>());
    CHECK(is_read_as_written<unattributed>());
    CHECK(is_read_as_written<thing_type>());
    CHECK(is_read_as_written<event_type>());
  }

  TEST_CASE("the last enumerator has the last word") {
    CHECK(word(deployment_kind::redeploy) == words_of<deployment_kind>().back());
    CHECK(word(deployment_state::destroyed) == words_of<deployment_state>().back());
    CHECK(word(incident_state::mitigated) == words_of<incident_state>().back());
    CHECK(word(way::watch) == words_of<way>().back());
    CHECK(word(method::by_duration) == words_of<method>().back());
    CHECK(word(unattributed::failed_deployment) == words_of<unattributed>().back());
    CHECK(word(event_type::retraction) == words_of<event_type>().back());
    for (const auto w : words_of<thing_type>()) CHECK(word(report_of(*parse_word<thing_type>(w))) == w);
  }

  TEST_CASE("an unknown value has no word") {
    CHECK(word(std::optional<way>()).empty());
    CHECK(word(std::optional(way::flag)) == "flag");
  }

  TEST_CASE("no daemon source compares with a literal kind or state") {
    std::string words(word(event_type::retraction));
    for (const auto all : {words_of<deployment_kind>(), words_of<deployment_state>()})
      for (const auto w : all) words += '|' + std::string(w);
    const std::regex comparison("[!=]= \"(" + words + ")\"");
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "daemon")) {
      const auto kind = entry.path().extension();
      if ((kind == ".cpp" || kind == ".hpp") && std::regex_search(test::read_all(entry.path().string()), comparison))
        found.push_back(entry.path().string());
    }
    CHECK(found == std::vector<std::string>());
  }

  TEST_CASE("tables get the words as one string") {
    CHECK(words_text<deployment_kind> == "planned hotfix rollback redeploy");
    CHECK(words_text_through<deployment_state::succeeded> == "pending running canceled failed succeeded");
    CHECK(words_text<event_type> == "deployment incident work flag commit tag retraction");
  }
}
