// What `sync` needs of APIs: paths, pages by Link headers, objects; and the tables of all tools.
#include "collectors/api.hpp"

#include <algorithm>
#include <set>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp now = *parse_time("2026-11-20T12:00:00Z");
constexpr std::string_view base = "https://gitlab.example/api/v4";

api_answer answer_with(std::string link) {
  api_answer answer;
  if (!link.empty()) answer.header.add("Link", std::move(link));
  return answer;
}

// The path of the next page; "none", or "unreadable".
std::string next_page(std::string link) {
  const auto next = next_by_link(base, answer_with(std::move(link)));
  if (!next) return "unreadable";
  return *next ? (*next)->path : "none";
}

std::string path_of(std::string_view url) {
  const auto asked = request_of_url(base, url);
  if (asked) return asked->path;
  CHECK(asked.error().code == errc::unreadable);
  return "unreadable";
}

// A source of a kind with the defaults of its settings, as a user would set it up.
source configured(const collector& kind) {
  source s;
  s.kind = s.name = kind.kind;
  for (const auto& rule : kind.settings)
    if (!rule.fallback.empty() || rule.is_required)
      s.settings[std::string(rule.key)] = {std::string(rule.fallback.empty() ? "shop/deploy" : rule.fallback)};
  s.settings["api_url"] = {"https://tool.example"};
  if (!kind.api->example.empty()) s.settings["api_include"] = {std::string(kind.api->example)};
  return s;
}

template <class Check>
void for_each_api(Check check) {
  std::size_t apis = 0;
  for (const auto* kind : collectors())
    if (kind->api) {
      CAPTURE(kind->kind);
      check(*kind, *kind->api);
      ++apis;
    }
  CHECK(apis >= 5);
}

}

TEST_SUITE("nodb") {
  TEST_CASE("names in the path of a request are encoded") {
    CHECK(api_path("/projects/{id}/releases", {{"id", "acme/shop"}}) == "/projects/acme%2Fshop/releases");
    CHECK(api_path("/a/{x}/b/{y}?q={x}", {{"x", "1 2"}, {"y", "ä&=?#%"}}) ==
          "/a/1%202/b/%C3%A4%26%3D%3F%23%25?q=1%202");
    CHECK(api_path("/{a}{b}", {{"a", "-._~"}, {"b", "{a}"}}) == "/-._~%7Ba%7D");
    CHECK(api_path("/{unknown}/x", {}) == "//x");
    CHECK(api_path("/plain", {{"id", "1"}}) == "/plain");
    CHECK(api_path("", {}).empty());
  }

  TEST_CASE("a parameter of a query is read and replaced") {
    const api_request asked{"/things?page=1&name=a%20b&name=c&flag&empty="};
    CHECK(parameter_of(asked, "page") == "1");
    CHECK(parameter_of(asked, "name") == "a b");
    CHECK(parameter_of(asked, "empty").empty());
    CHECK(parameter_of(asked, "other").empty());
    CHECK(parameter_of({"/things"}, "page").empty());
    CHECK(with_parameter(asked, "page", "2").path == "/things?name=a%20b&name=c&flag&empty=&page=2");
    CHECK(with_parameter(asked, "name", "x&y").path == "/things?page=1&flag&empty=&name=x%26y");
    CHECK(with_parameter({"/things"}, "page", "2").path == "/things?page=2");
    CHECK(with_parameter({"/things?pages=3", "{}"}, "page", "2").path == "/things?pages=3&page=2");
    CHECK(with_parameter({"/things", "{}"}, "page", "2").body == "{}");
  }

  TEST_CASE("a URL of an answer names a path, never a host") {
    CHECK(path_of("https://gitlab.example/api/v4/projects?page=2") == "/projects?page=2");
    CHECK(path_of("https://elsewhere.example/api/v4/projects") == "/projects");
    CHECK(path_of("/api/v4/projects") == "/projects");
    for (const auto* wrong : {"https://gitlab.example/api/v4", "https://gitlab.example/api/v45/projects",
                              "https://gitlab.example/other", "https://gitlab.example", ""}) {
      CAPTURE(wrong);
      CHECK(path_of(wrong) == "unreadable");
    }
    const auto below_root = request_of_url("https://api.example", "https://other.example/things?a=1");
    REQUIRE(below_root);
    CHECK(below_root->path == "/things?a=1");
  }

  TEST_CASE("the next page is the one that a Link header calls next") {
    const std::string second = "<https://gitlab.example/api/v4/a?page=2>",
                      last = "<https://gitlab.example/api/v4/a?page=9>";
    CHECK(next_page("") == "none");
    CHECK(next_page(second + "; rel=\"next\"") == "/a?page=2");
    CHECK(next_page(second + ";rel=next") == "/a?page=2");
    CHECK(next_page(last + "; rel=\"last\", " + second + "; rel=\"next\"") == "/a?page=2");
    CHECK(next_page(second + "; title=\"x\"; rel=\"next\", " + last + "; rel=\"last\"") == "/a?page=2");
    CHECK(next_page("<https://elsewhere.example/api/v4/a?page=2>; rel=\"next\"") == "/a?page=2");
    CHECK(next_page(last + "; rel=\"last\", " + last + "; rel=\"prev\"") == "none");
    CHECK(next_page(second + "; rel=\"next\"; results=\"true\"; cursor=\"0:100:0\"") == "/a?page=2");
    CHECK(next_page(second + "; rel=\"previous\"; results=\"false\", " + last + "; rel=\"next\"; results=\"true\"") ==
          "/a?page=9");
    CHECK(next_page(second + "; rel=\"next\"; results=\"false\"") == "none");
    CHECK(next_page("<https://gitlab.example/other?page=2>; rel=\"next\"") == "unreadable");
    CHECK(next_page("<https://gitlab.example/api/v4/a") == "none");
  }

  TEST_CASE("the objects of an answer are those of an array") {
    const auto objects = [](const char* body, std::string_view pointer) {
      const auto all = objects_at({json::parse(body), {}}, pointer);
      return all ? std::to_string(all->size()) : all.error().text();
    };
    CHECK(objects(R"([{}, {"a": 1}])", "") == "2");
    CHECK(objects(R"({"values": [{}]})", "/values") == "1");
    CHECK(objects(R"({"values": []})", "/values") == "0");
    CHECK(objects(R"({"values": {}})", "/values") == "the answer has no array at /values");
    CHECK(objects(R"({})", "") == "the answer has no array");
    CHECK(objects(R"([{}, 5])", "") == "an element of the answer is not an object");
  }

  TEST_CASE("the base of requests is api_url, or else the tool's own") {
    tool_api api;
    api.url = "https://api.example";
    source s;
    CHECK(api_base(api, s) == "https://api.example");
    s.settings["api_url"] = {"https://tool.acme.example/"};
    CHECK(api_base(api, s) == "https://tool.acme.example");
    api.base = [](std::string url) { return url + "/api/0"; };
    CHECK(api_base(api, s) == "https://tool.acme.example/api/0");
  }

  TEST_CASE("an API is readable with a token, or with api_url if a token is optional") {
    tool_api api;
    source s;
    s.settings["api_url"] = {"https://tool.example"};
    CHECK_FALSE(is_readable(api, s));
    api.token_is_optional = true;
    CHECK(is_readable(api, s));
    s.settings.clear();
    CHECK_FALSE(is_readable(api, s));
    s.settings["api_token_file"] = {"token"};
    CHECK(is_readable(api, s));
    api.token_is_optional = false;
    CHECK(is_readable(api, s));
  }

  TEST_CASE("every list of every API has a format of its kind, and what its contract requires") {
    for_each_api([](const collector& kind, const tool_api& api) {
      CHECK_FALSE(api.lists.empty());
      std::set<std::string_view> names;
      for (const auto& list : api.lists) {
        CAPTURE(list.name);
        CHECK(names.insert(list.name).second);  // the stored position is by name
        CHECK_FALSE(list.name.empty());
        CHECK_FALSE(list.permission.empty());
        CHECK(std::ranges::find(kind.history, list.format, &api_shape::format) != kind.history.end());
        CHECK((list.first != nullptr));
        CHECK((list.read != nullptr));
        CHECK((list.is_needed != nullptr));
        CHECK((list.details == nullptr) == (list.complete == nullptr));
        CHECK((list.details || !list.may_lack_details));
        CHECK(list.overlap > duration::zero());
      }
    });
  }

  TEST_CASE("every API has a URL, scopes and a proof that fit together") {
    for_each_api([](const collector&, const tool_api& api) {
      CHECK((api.url.empty() || api.url.starts_with("https://")));
      CHECK_FALSE(api.url.ends_with('/'));
      const bool has_scopes = !api.scope.empty();
      CHECK(has_scopes == (api.scopes != nullptr));
      CHECK(has_scopes == (api.read_scopes != nullptr));
      CHECK(has_scopes == !api.example.empty());
      CHECK((has_scopes || !api.needs_include));
      CHECK((api.proof != api_proof::header || !api.header.empty()));
      CHECK_FALSE((api.token_is_optional && !api.url.empty()));  // api_url shows that the API is to be read
      CHECK((api.base != nullptr));
      CHECK((api.failure != nullptr));
      CHECK_FALSE(api.accept.empty());
    });
  }

  TEST_CASE("the requests of every API are paths with encoded names") {
    for_each_api([](const collector& kind, const tool_api& api) {
      const auto settings = configured(kind);
      const api_place place{
          settings, api_base(api, settings), "acme/a shop", {{"default_branch", "main"}}, now - std::chrono::days(1),
          now};
      std::vector<api_request> all;
      if (api.scopes) all = api.scopes(place);
      if (api.scopes) CHECK_FALSE(all.empty());
      for (const auto& list : api.lists)
        if (list.is_needed(settings)) all.push_back(list.first(place));
      for (const auto& asked : all) {
        CAPTURE(asked.path);
        CHECK(asked.path.starts_with('/'));
        CHECK_FALSE(place.base.ends_with('/'));
        if (kind.kind == "github") continue;  // its names need no encoding: GitHub permits letters, digits and ._- only
        CHECK(asked.path.find_first_of(" \"<>#^|\\") == std::string::npos);
      }
    });
  }

  TEST_CASE("an object that is not of the documented shape makes no event, and no exception") {
    for (const auto* kind : collectors())
      for (const auto& shape : kind->history)
        for (const auto* odd :
             {R"({})", R"({"id": {}, "number": []})", R"({"status": 5, "activity": {}, "alerts": 1})"}) {
          CAPTURE(shape.format);
          CAPTURE(odd);
          CHECK_NOTHROW(static_cast<void>(shape.tell(json::parse(odd))));
        }
  }
}
