#include "daemon/ledger/body.hpp"

#include <random>

#include "dictionaries.hpp"
#include "tests/check.hpp"

using namespace releasehealth;
using ledger::compress, ledger::decompress;

namespace {

std::string webhook(int number) {
  const auto n = std::to_string(number);
  return R"({"ref":"refs/heads/main","repository":{"id":)" + n + R"(,"full_name":"acme/checkout)" + n +
         R"(","html_url":"https://github.com/acme/checkout","private":false},"sender":{"login":"someone","id":)" + n +
         R"(,"site_admin":false}})";
}

}

TEST_SUITE("bodies") {
  TEST_CASE("a compressed body is restored byte for byte") {
    std::mt19937 random(4711);
    std::string noise(3'000'000, '\0');
    for (auto& c : noise) c = static_cast<char>(random());
    const std::string zeros = std::string(10'000, 'x') + '\0' + "\xFF";
    for (const auto& body : {std::string(), std::string("{}"), zeros, webhook(7), noise})
      CHECK(decompress(compress(body)) == body);
  }

  TEST_CASE("a small webhook compresses to less than half its size with the dictionary") {
    const auto body = webhook(123456789);
    CHECK(compress(body).size() * 2 < body.size());
  }

  TEST_CASE("each dictionary keeps its number, so bodies stored with it stay readable") {
    unsigned before = ~0U;
    for (const auto& [name, bytes] : dictionaries::all) {
      const auto number = static_cast<unsigned>(std::stoul(std::string(name)));
      CAPTURE(number);
      CHECK(number < before);
      before = number;
      REQUIRE(bytes.size() > 8);
      const auto byte = [&](std::size_t at) { return unsigned{static_cast<unsigned char>(bytes[at])}; };
      CHECK((byte(4) | byte(5) << 8 | byte(6) << 16) == number);
    }
  }

  TEST_CASE("bodies that release 0.1 compressed with zlib are readable") {
    const std::string stored("\x78\x9c\xab\x56\xca\xcf\x56\xb2\x2a\x29\x2a\x4d\xad\x05\x00\x16\xe3\x04\x11", 19);
    CHECK(decompress(stored) == R"({"ok":true})");
  }

  TEST_CASE("a truncated body yields its readable part, an empty body nothing") {
    const auto whole = compress(webhook(1));
    for (std::size_t n = 0; n < whole.size(); ++n) CHECK(webhook(1).starts_with(decompress(whole.substr(0, n))));
    CHECK(decompress("neither") == "");
  }
}
