// Writes a corpus for each fuzzer from the fixtures and from configurations, tags and times in the tests.
//   fuzz_corpora FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
namespace fs = std::filesystem;

namespace {

struct corpora {
  fs::path folder;
  int written = 0;

  void add(const std::string& target, const std::string& bytes) {
    fs::create_directories(folder / target);
    std::ofstream(folder / target / std::to_string(written++), std::ios::binary) << bytes;
  }
};

std::string as_request(const std::string& fixture, const std::string& kind) {
  const auto end_of_head = fixture.find("\n\n");
  std::string out = "POST /webhooks/" + kind + "?a=%20b HTTP/1.1\r\n";
  std::istringstream lines(fixture.substr(0, end_of_head));
  for (std::string line; std::getline(lines, line);) out += line + "\r\n";
  const auto body = fixture.substr(end_of_head + 2, 900);
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void add_fixtures(corpora& all, const fs::path& tree) {
  for (std::size_t n = 0; n < collectors().size(); ++n) {
    const std::string kind(collectors()[n]->kind);
    for (const auto& entry : fs::directory_iterator(tree / "collectors" / kind / "fixtures")) {
      const auto text = read_all(entry.path());
      if (entry.path().extension() == ".http") {
        for (const auto* target : {"decode", "authentic"}) all.add(target, std::string(1, static_cast<char>(n)) + text);
        all.add("http", as_request(text, kind));
      } else {  // the resulting events in the canonical format
        const auto ours = std::string(1, static_cast<char>(collectors().size()));
        all.add("decode", ours + "Content-Type: application/x-ndjson\n\n" + text);
        all.add("authentic", ours + "Authorization: Bearer x\n\n" + text);
      }
    }
  }
}

}

int main(int count, char** words) {
  if (count != 2) return std::cerr << "usage: fuzz_corpora FOLDER\n", 2;
  corpora all{words[1]};
  fs::remove_all(all.folder);
  const fs::path tree = SOURCE_DIR;
  add_fixtures(all, tree);
  for (const auto* file : {"deploy/config.toml", "deploy/demo/config.toml"}) all.add("toml", read_all(tree / file));
  for (const auto* request : {"GET /api/v1/deployments/a?period=30d HTTP/1.1\r\nHost: x\r\nAccept: "
                              "application/openmetrics-text;version=1.0.0;q=0.5\r\n"
                              "Accept-Encoding: gzip;q=0.5\r\n\r\nGET / HTTP/1.0\r\n\r\n",
                              "POST /webhooks/x/y HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: "
                              "100-continue\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                              "HEAD / HTTP/1.1\r\nAuthorization: Basic dXNlcjpwYXNz\r\nConnection: close\r\n\r\n"})
    all.add("http", request);
  for (const auto* text : {"2026-11-03T10:15:00Z", "2026-11-03T10:15:00.123456+02:00", "2021-04-28 21:50:00 +0200",
                           "1762164900000", "48h", "2020-11-02 12:55:12 UTC", "2026-10", "2026-Q4",
                           "2026-10-01T00:00:00Z/2026-11-01T00:00:00Z", "Mon-Fri 09:00-17:00"})
    all.add("time", text);
  for (const auto* text :
       {"^hotfix/\n^hotfix/docs\n1.8.3\nhotfix/1.8.3\nv1.8.3\nUrgent fix", "(?i)a{1,9}b*?|[^c]\n\\bx\\b\n2.0.1\nab"})
    all.add("rules", text);
  for (const auto* text : {"service,environment,version,finished_at\ncheckout,production,1.8.3,2026-11-03T10:15:00Z\n",
                           "id,type,subject,labels\n\"a \"\"b\"\"\",incident,INC-7,x;y\r\n"})
    all.add("csv", text);
  for (const auto* text : {"v1.8.3", "refs/tags/release-2026.11.20", "checkout/v1.2.3-rc.1", "refs/heads/hotfix/1.8.3",
                           "Revert \"Pay twice\"", "2026.11.20.4", "1.2"})
    all.add("git_names", text);
  for (const auto* text :
       {"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n  annotations:\n"
        "    argocd/app-name: a-prod, b\n    jira/project-key: SHOP\n    github.com/project-slug: acme/a\n"
        "spec:\n  type: service\n  owner: group:default/t\n---\napiVersion: backstage.io/v1alpha1\n"
        "kind: Group\nmetadata: {name: t}\nspec: {members: [x, *y]}\n",
        "* @acme/a\n^[Docs][2] @acme/b\n/services/**/x?/ @c # d\n\\#e a@b.c\n"})
    all.add("catalogue", text);
  std::cout << all.written << " inputs\n";
}
