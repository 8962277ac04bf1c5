// Importing a repository again, in another state or under another name.
#include "collectors/fields.hpp"
#include "tests/nodb/repository_states.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("nodb") {
  TEST_CASE("a repository read again equals a fresh import, whichever of two states is read first") {
    for (unsigned seed = 0; seed < 400; ++seed) {
      CAPTURE(seed);
      random_states states(seed);
      const auto one = states.first(), two = states.later(one), three = states.later(two);
      store fresh, in_order, backwards, mixed;
      fresh.import(three);
      for (const auto* s : {&one, &two, &three, &three}) in_order.import(*s);
      for (const auto* s : {&three, &two, &one}) backwards.import(*s);
      for (const auto* s : {&two, &three, &one, &three}) mixed.import(*s);
      CHECK(in_order.folded() == fresh.folded());
      CHECK(backwards.folded() == fresh.folded());
      CHECK(mixed.folded() == fresh.folded());
      CHECK(in_order.import(three).events.empty());
      CHECK(backwards.import(two).newer_state == three.at);
    }
  }

  TEST_CASE("events of an import in the former format are updated, not duplicated, and keep their names") {
    for (unsigned seed = 0; seed < 400; ++seed) {
      CAPTURE(seed);
      random_states states(seed);
      const auto one = states.first(), two = states.later(one);
      store upgraded, again, fresh, same;
      upgraded.import_former(one);
      upgraded.import(two);
      fresh.import(two);
      CHECK(upgraded.folded(false) == fresh.folded(false));
      again.import_former(one);
      again.import(one);
      for (const auto& [tag, what] : one.tags)
        CHECK(again.folded().find("deployment " + tag + " shop") != std::string::npos);
      same.import(one);
      CHECK(again.folded(false) == same.folded(false));
      CHECK(again.import(one).events.empty());
    }
  }

  TEST_CASE("repositories with equal tags keep all their releases") {
    random_states states(7);
    store all;
    std::size_t releases = 0;
    for (const auto* name : {"cart", "search", "mail"}) {
      auto s = states.first();
      s.repository = s.service = name;
      s.tags["1.0.0"] = {std::string("of-") + name, begin};
      all.import(s);
      releases += s.tags.size();
    }
    const auto folded = all.folded();
    std::size_t found = 0;
    for (auto at = folded.find("deployment "); at != folded.npos; at = folded.find("deployment ", at + 1)) ++found;
    CHECK(found == releases);
    for (const auto* line : {"cart 1.0.0 of-cart", "search 1.0.0 of-search", "mail 1.0.0 of-mail"})
      CHECK(folded.find(line) != folded.npos);
    // after an upgrade: the first one's releases have the former format, which lost the others'
    store upgraded;
    for (const auto* name : {"cart", "search"}) {
      state s{.repository = name,
              .service = name,
              .at = begin + 9 * hour,
              .tags = {{"1.0.0", {std::string("of-") + name, begin}}}};
      upgraded.import_former(s);
      s.service == "search" ? (void)upgraded.import(s) : void();
    }
    CHECK(upgraded.folded() == "deployment 1.0.0 cart 1.0.0 of-cart 2026-01-01T00:00:00Z succeeded \n" +
                                   upgraded.folded().substr(upgraded.folded().find("deployment 1.0.0~")));
    CHECK(upgraded.folded().find("search 1.0.0 of-search") != std::string::npos);
  }

  TEST_CASE("a tag that moved to an older commit, disappeared and came back is reported as seen at each import") {
    const std::string name = "1.0.0";
    state s{.at = begin + 9 * hour, .tags = {{name, {"new", begin + 5 * hour}}, {"2.0.0", {"b", begin}}}};
    store all;
    const auto import = [&](int at) {
      s.at = begin + at * hour;
      all.import(s);
    };
    import(9);
    s.tags[name] = {"old", begin + hour};
    import(20);
    s.tags.erase(name);
    import(30);
    s.tags[name] = {"old", begin + hour};
    import(40);
    std::vector<report> told;
    for (const auto& [id, e] : all.events)
      if (e.thing == thing_type::tag && e.subject == tag_subject(s.repository, name))
        told.push_back({e.id, e.time, false, false, e.fields});
    CHECK(told.size() == 4);
    const auto tags = fold_tags({{{"git", "t"}, told}});
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].commit_at(begin + 6 * hour) == "new");
    CHECK(tags[0].commit_at(begin + 10 * hour) == "old");
    CHECK(tags[0].commit_at(begin + 30 * hour) == "old");  // back since the last import without it
    CHECK(all.import(s).events.empty());
  }

  TEST_CASE("a partial read retracts nothing, and another tag pattern does not retract tags that it excludes") {
    state s{.at = begin + 9 * hour, .tags = {{"1.0.0", {"a", begin}}, {"2.0.0", {"b", begin}}}};
    store all;
    all.import(s);
    auto part = s;
    part.tags.erase("1.0.0");
    part.at += hour;
    part.is_complete = false;
    CHECK(all.import(part).events.empty());
    auto other = part;
    other.is_complete = true;
    other.others = {{"1.0.0", "a", begin}};
    CHECK(all.import(other).retracted == 0);
    other.others = {{"1.0.0", "moved", begin}};
    CHECK(all.import(other).retracted == 1);
    CHECK(all.folded().find("1.0.0") == std::string::npos);
    auto back = s;
    back.at = other.at;  // in the same second
    CHECK(all.import(back).retracted == 0);
    CHECK(all.folded().find("shop 1.0.0 a") != std::string::npos);
  }

  TEST_CASE("a repository that is stored under another name is not stored twice") {
    state s{.at = begin + 9 * hour, .tags = {{"1.0.0", {"a", begin}}}};
    store all;
    all.import(s);
    s.repository = "elsewhere";
    CHECK(all.import(s).stored_as == "github.com/acme/shop");
    s.service = "worker";  // another service of the same repository
    CHECK(all.import(s).stored_as.empty());
    // before 2026-12 next.js was imported as the service next
    store former;
    state next{.service = "next", .at = begin + 9 * hour, .tags = {{"1.0.0", {"a", begin}}}, .on_head = {{"a", begin}}};
    former.import_former(next);
    next.service = "next.js";
    next.former_service = "next";
    CHECK(former.import(next).retracted == 1);
    CHECK(former.folded().find("next.js 1.0.0 a") != std::string::npos);
    CHECK(former.folded().find("next 1.0.0 a") == std::string::npos);
  }

  TEST_CASE("commit texts are decoded and repository addresses normalized") {
    CHECK(to_utf8("caf\xE9", "ISO-8859-1") == "caf\xC3\xA9");
    CHECK(to_utf8("caf\xC3\xA9", nullptr) == "caf\xC3\xA9");
    CHECK(to_utf8("caf\xE9 x", nullptr) == "caf\xEF\xBF\xBD x");
    CHECK(to_utf8("caf\xE9", "no-such-encoding") == "caf\xEF\xBF\xBD");
    CHECK(to_utf8("\x83\x65\x83\x58\x83\x67", "Shift_JIS") == "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88");
    CHECK(to_utf8(std::string(1000, 'a') + "\xED\xA0\x80" + "\xF5\x80\x80\x80", "UTF-8").find("\xED\xA0\x80") ==
          std::string::npos);
    CHECK(to_utf8("\xF5\x80\x80\x80", nullptr).find('\xF5') == std::string::npos);
    for (const auto* url :
         {"https://GitHub.com/Acme/Shop.git", "git@github.com:acme/shop.git", "ssh://git@github.com:22/acme/shop",
          "https://user:secret@github.com/acme/shop/", "git://github.com/acme/shop.git"}) {
      CAPTURE(url);
      CHECK(repository_of_url(url) == "github.com/acme/shop");
    }
    for (const auto* path : {"/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", ""})
      CHECK(repository_of_url(path).empty());
  }
}
