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
  TEST_CASE("HMAC-SHA256 matches the examples of RFC 4231 and GitHub's documentation") {
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

  TEST_CASE("any digest but the right one is rejected") {
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
    // concatenated, so that secret scanners ignore the public example
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

  // sources.md §4.3: vectors of CircleCI's documentation, and computed ones for the other families
  const std::string_view pagerduty_body = R"({"event":{"id":"e1","event_type":"incident.triggered"}})";

  TEST_CASE("family a without a prefix, and with the digest that the prefix names") {
    const std::vector<secret> secrets = {secret("test-secret")}, none;
    const std::string hex = "4486305e9c260404cf60b51e5499b9ed082111688649fffe7195c3e8f5efc936";
    CHECK(signed_with_any(secrets, pagerduty_body, hex, ""));
    CHECK_FALSE(signed_with_any(secrets, pagerduty_body, "", ""));
    CHECK_FALSE(signed_with_any(secrets, pagerduty_body, "sha256=" + hex, ""));
    CHECK(signed_with_named_digest(secrets, pagerduty_body, "sha256=" + hex));
    // RFC 4231, case 2, with the other digests
    const std::vector<secret> jefe = {secret("Jefe")};
    const std::string_view text = "what do ya want for nothing?";
    CHECK(signed_with_named_digest(jefe, text, "sha224=a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"));
    CHECK(signed_with_named_digest(jefe, text,
                                   "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                                   "8e2240ca5e69e2c78b3239ecfab21649"));
    CHECK(signed_with_named_digest(jefe, text,
                                   "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                                   "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"));
    for (const auto& header :
         {std::string(), hex, "sha1=" + hex, "sha224=" + hex, std::string("sha512="), "md5=" + hex})
      CHECK_FALSE(signed_with_named_digest(secrets, pagerduty_body, header));
    CHECK_FALSE(signed_with_named_digest(none, pagerduty_body, "sha256=" + hex));
  }

  TEST_CASE("family b: a list of versions, several while a secret is replaced") {
    const std::string ours = "v1=4486305e9c260404cf60b51e5499b9ed082111688649fffe7195c3e8f5efc936",
                      old = "v1=cb8fa1d990fa07553183efff3262d692f68cde4b1e94a65605c331042fd3e562";
    const auto passes = [&](const char* key, const std::string& list) {
      const std::vector<secret> secrets = {secret(key)};
      return signed_in_list(secrets, pagerduty_body, list);
    };
    CHECK(passes("test-secret", ours));
    CHECK(passes("old-secret", ours + "," + old));
    CHECK(passes("old-secret", ours + ", " + old));
    CHECK(passes("test-secret", "v2=abc," + ours));
    for (const auto& list : {std::string(), std::string("v1="), std::string(","), old, "v2=" + ours.substr(3),
                             ours.substr(3), ours.substr(0, ours.size() - 1)})
      CHECK_FALSE(passes("test-secret", list));

    struct vector {
      const char *key, *body, *hex;
    };
    for (const auto& [key, body, hex] :
         {vector{"secret", "hello world", "734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"},
          vector{"another-secret", "lalala", "daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00"},
          vector{"hunter123", "an-important-request-payload",
                 "9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa"},
          vector{"secret", "foo", "773ba44693c7553d6ee20f61ea5d2757a9a4f4a44d2841ae4e95b52e4cd62db4"}}) {
      const std::vector<secret> secrets = {secret(key)};
      CHECK(signed_in_list(secrets, body, "v1=" + std::string(hex)));
    }
  }

  TEST_CASE("families c and d: a time before the body, with and without a colon, within five minutes") {
    const std::vector<secret> secrets = {secret("test-secret")}, none, empty = {secret("")};
    const timed_signature rootly{"1700000000", "", "c6467cecbadf4ee4eaeb4667f0c5b36c33f416cab18e6a644e71c453bca589f7"};
    const timed_signature grafana{"1700000000", ":",
                                  "1a7eea1922bb637002d8f00cc567b3dadf2dac4d6abff26c01582db35eb50520"};
    for (const auto& good : {rootly, grafana}) {
      CHECK(signed_at_time(secrets, good, pagerduty_body, 1700000000));
      CHECK(signed_at_time(secrets, good, pagerduty_body, 1700000300));
      CHECK_FALSE(signed_at_time(secrets, good, pagerduty_body, 1700000301));
      CHECK_FALSE(signed_at_time(secrets, good, pagerduty_body, 1699999699));
      CHECK_FALSE(signed_at_time(secrets, {"1700000001", good.separator, good.hex}, pagerduty_body, 1700000000));
      CHECK_FALSE(signed_at_time(secrets, {"", good.separator, good.hex}, pagerduty_body, 0));
      CHECK_FALSE(signed_at_time(secrets, {good.timestamp, good.separator, ""}, pagerduty_body, 1700000000));
      CHECK_FALSE(signed_at_time(secrets, {good.timestamp, ".", good.hex}, pagerduty_body, 1700000000));
      CHECK_FALSE(signed_at_time(none, good, pagerduty_body, 1700000000));
      CHECK_FALSE(signed_at_time(empty, good, pagerduty_body, 1700000000));
    }
  }

  TEST_CASE("family e, asymmetric: RFC 8032's keys sign the same content") {
    // its second key pair; the signature was made with openssl pkeyutl over msg_1.1614265330.{}
    const std::vector<secret> key = {secret("whpk" + std::string("_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="))};
    const std::string good =
        "v1a,PV0DsseRBpmYl/EhiW6XVk4Bw6vT2aY9J5412rCjfFp12iWqOlXI3GnXZPhh/zt7CHs7RHdjTMHbky+Y3ENMCg==";
    const auto passes = [&](const std::string& list, std::string_view body = "{}", std::int64_t now = 1614265330) {
      return signed_as_standard_webhook(key, {"msg_1", "1614265330", list}, body, now);
    };
    CHECK(passes(good));
    CHECK(passes("v1,abc " + good));
    CHECK_FALSE(passes(good, "{ }"));
    CHECK_FALSE(passes(good, "{}", 1614265330 + 301));
    CHECK_FALSE(passes("v1" + good.substr(3)));
    for (const auto* wrong : {"", "v1a,", "v1a,AAAA", "v1a"}) CHECK_FALSE(passes(wrong));
    // a public key is no secret: it must not work as a signing key
    const auto forged =
        "v1," + standard_webhook_signature(secret(std::string(key[0].reveal())), "msg_1", "1614265330", "{}");
    CHECK_FALSE(passes(forged));
    CHECK_FALSE(token_is_any(key, key[0].reveal()));
    CHECK_FALSE(signed_with_any(key, "{}", hmac_sha256_hex(key[0].reveal(), "{}"), ""));
  }
}
