#include "collectors/signature.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

bool signed_by(const char* key, std::string_view body, std::string_view header, std::string_view prefix = "sha256=") {
  const std::vector<secret> secrets = {secret(key)};
  return signed_with_any(secrets, body, header, prefix);
}

}

TEST_SUITE("nodb") {
  TEST_CASE("HMAC-SHA256 gives what RFC 4231 and GitHub's documentation say") {
    CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(signed_by("It's a Secret to Everybody", "Hello, World!",
                    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  }

  TEST_CASE("the signature covers the raw bytes: UTF-8, CRLF, an empty body, a form") {
    CHECK(signed_by("test-secret",
                    "{\"name\":\"\xC3\x9C"
                    "bergr\xC3\xB6\xC3\x9F"
                    "e\",\"emoji\":\"\xF0\x9F\x9A\x80\"}\r\n",
                    "sha256=f4ff28fe6335933c3b4b9e9cebb1a4144bbb6c34827d1d0aa4c2e7a864eb4f5f"));
    CHECK(signed_by("test-secret", "", "sha256=a41bc6d81d6413576ae0994995e0ad89a416ec97389515c3604f47722122eeeb"));
    CHECK(signed_by("test-secret", "payload=%7B%22zen%22%3A%22Keep+it+logically+awesome.%22%7D",
                    "sha256=b6e15ef91c1c2a22ffcdb83a51db270f8e78b106b6d5c736d7e5ad638920cc26"));
  }

  TEST_CASE("everything but the right digest is refused") {
    const std::string good = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const auto with = [&](const std::string& header) {
      return signed_by("It's a Secret to Everybody", "Hello, World!", header);
    };
    CHECK(with("sha256=" + good));
    CHECK(with("sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17"));
    for (const auto& header : {std::string(), std::string("sha256="), good, "sha1=" + good, "sha256=" + good.substr(1),
                               "sha256=" + good + "0", "sha256= " + good.substr(1), "sha256=" + std::string(64, '0')}) {
      CAPTURE(header);
      CHECK_FALSE(with(header));
    }
  }

  TEST_CASE("any of several secrets passes, and no secret or an empty one never does") {
    const auto header = "sha256=" + hmac_sha256_hex("old", "body");
    const std::vector<secret> both = {secret("new"), secret("old")}, none, empty = {secret("")};
    CHECK(signed_with_any(both, "body", header, "sha256="));
    CHECK_FALSE(signed_with_any(none, "body", header, "sha256="));
    CHECK_FALSE(signed_with_any(empty, "body", "sha256=" + hmac_sha256_hex("", "body"), "sha256="));
    CHECK(token_is_any(both, "old"));
    CHECK_FALSE(token_is_any(both, ""));
    CHECK_FALSE(token_is_any(both, "olD"));
    CHECK_FALSE(token_is_any(empty, ""));
  }

  TEST_CASE("Standard Webhooks: the specification's example, rotation, age, and nothing else") {
    const auto secret_of = [](const char* text) { return std::vector<secret>{secret(text)}; };
    // put together here, so that nobody takes the public example for a secret
    const auto example = secret_of(("whsec" + std::string("_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).c_str());
    const standard_webhook good{"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="};
    const std::string_view body = "{\"test\": 2432232314}";
    const auto passes = [&](const standard_webhook& w, std::int64_t now = 1614265330) {
      return signed_as_standard_webhook(example, w, body, now);
    };
    CHECK(passes(good));
    CHECK(passes(good, 1614265330 + 300));
    CHECK_FALSE(passes(good, 1614265330 + 301));
    CHECK_FALSE(passes(good, 1614265330 - 301));
    CHECK(passes({good.id, good.timestamp, "v1a,xyz v2,abc v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,wrong"}));
    for (const auto* wrong : {"", "v1,", "v1", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                              "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}) {
      CAPTURE(wrong);
      CHECK_FALSE(passes({good.id, good.timestamp, wrong}));
    }
    CHECK_FALSE(passes({"", good.timestamp, good.signatures}));
    CHECK_FALSE(passes({good.id, "1614265330x", good.signatures}));
    CHECK_FALSE(passes({good.id, "1614265331", good.signatures}));
    CHECK_FALSE(signed_as_standard_webhook({}, good, body, 1614265330));
    CHECK_FALSE(signed_as_standard_webhook(secret_of(""), good, body, 1614265330));
    CHECK_FALSE(signed_as_standard_webhook(secret_of(("whsec" + std::string("_!")).c_str()), good, body, 1614265330));
    CHECK_FALSE(signed_as_standard_webhook(secret_of("other"), good, body, 1614265330));
  }
}
