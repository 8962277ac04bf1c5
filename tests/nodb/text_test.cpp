#include "collectors/base/text.hpp"

#include <cstdint>
#include <limits>

#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("letters are lower-cased, other bytes are unchanged") {
    CHECK(lower_case("GitHub-[Z]{2}\xC4") == "github-[z]{2}\xC4");
    CHECK(equal_ignoring_case("X-Hub-Signature", "x-hub-signature"));
    CHECK_FALSE(equal_ignoring_case("[", "{"));
    CHECK_FALSE(equal_ignoring_case("ab", "abc"));
  }

  TEST_CASE("a byte is two hexadecimal digits") {
    CHECK(hex(std::string_view("\0\x0f\xA5\xff", 4)) == "000fa5ff");
    CHECK(hex("").empty());
  }

  TEST_CASE("a list is split into its parts") {
    std::string_view list = "a,,b c";
    CHECK(take_part(list, ',') == "a");
    CHECK(take_part(list, ',') == "");
    CHECK(list == "b c");
    CHECK(take_part(list, ',') == "b c");
    CHECK(list.empty());
    CHECK(take_part(list, ',') == "");
  }

  TEST_CASE("whole words separated by spaces match") {
    CHECK(split_words("a bc  d") == word_list{"a", "bc", "d"});
    CHECK(split_words("").empty());
    CHECK(has_word("planned hotfix", "hotfix"));
    CHECK_FALSE(has_word("planned hotfix", "fix"));
    CHECK_FALSE(has_word("", "fix"));
    CHECK_FALSE(has_word("planned hotfix", "planned hotfix"));
  }

  TEST_CASE("a number must be the whole text and fit its type") {
    CHECK(parse_number<int>("-12") == -12);
    CHECK(parse_number<std::uint16_t>("65535") == 65535);
    CHECK(parse_number<std::int64_t>("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(parse_number<unsigned char>("fF", 16) == 255);
    CHECK(parse_number<double>("2.5e3") == 2500);
    for (const auto* none : {"", " 1", "1 ", "+1", "1.0", "0x1", "one", "99999999999999999999"})
      CHECK_FALSE(parse_number<int>(none));
    CHECK_FALSE(parse_number<std::uint16_t>("65536"));
    CHECK_FALSE(parse_number<unsigned>("-1"));
    CHECK_FALSE(parse_number<double>("1,5"));
  }

  TEST_CASE("a leading number is removed from the text, other text stays") {
    std::string_view version = "1.8rc";
    CHECK(take_number<int>(version) == 1);
    CHECK(version == ".8rc");
    CHECK_FALSE(take_number<int>(version));
    CHECK(version == ".8rc");
  }
}
