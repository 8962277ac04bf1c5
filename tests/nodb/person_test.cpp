// A person's name is found as a whole word in every encoding, and nothing else changes.
#include "daemon/ledger/person.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

std::string without(const char* name, const std::string& text) {
  const auto now = ledger::person(name, "erased-1").rewritten(text);
  return now ? *now : "(as it was)";
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a name within a longer word does not match") {
    CHECK(without("eve", R"({"severity":1,"service":"evergreen"})") == "(as it was)");
    CHECK(without("vic", R"({"service":"cart","environment":"production"})") == "(as it was)");
    CHECK(without("eve", R"({"a":"event of Eve, and eve2"})") == R"({"a":"event of erased-1, and eve2"})");
    CHECK(without("eve", "eve_bot eve.adams @eve") == "erased-1_bot erased-1.adams @erased-1");
    CHECK(without("Zo\u00e9", "Zo\u00e9s Zo\u00e9 Zoe\u0301 Zoe") == "Zo\u00e9s erased-1 erased-1 Zoe");
  }

  TEST_CASE("keys that are event fields stay, and two keys with the person's name keep both values") {
    CHECK(without("title", R"({"title":"by Title"})") == R"({"title":"by erased-1"})");
    CHECK(without("jane", R"({"jane":1,"Jane":2})") == R"({"erased-1":1,"erased-1_":2})");
  }

  TEST_CASE("white space, invisible characters and nested escapes do not hide a name") {
    for (const auto* spelled : {"Jane\u00a0Roe", "Jane  Roe", "Jane\nRoe", "Ja\u00adne Roe", "Jane \u200bRoe"}) {
      CAPTURE(spelled);
      CHECK(without("Jane Roe", "by " + std::string(spelled) + " today") == "by erased-1 today");
    }
    for (const auto* spelled : {"by=Jane%2520Roe!", "by &#74;ane &#x52;oe!", "{\\\"a\\\":\\\"\\\\u004aane Roe"}) {
      CAPTURE(spelled);
      CHECK(without("Jane Roe", spelled).find("oe") == std::string::npos);
    }
  }
}
