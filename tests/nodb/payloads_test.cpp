// Bodies that other projects publish, through the collectors that read their senders: tests/payloads.tsv says what each
// becomes. The bodies are not in this repository: RELEASEHEALTH_PAYLOADS, or ../shared/data/payloads.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "collectors/collector.hpp"
#include "tests/check.hpp"
#include "tests/nodb/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
namespace fs = std::filesystem;

namespace {

/// Which collector reads the bodies below a folder, and the header that names their type: a member of the body, or the
/// name of the folder that they lie in.
struct collection {
  const char* folder;
  const char* kind;
  const char* header;   ///< empty: none
  const char* pointer;  ///< into the body; empty: the folder
};
constexpr collection collections[] = {
    {"octokit-webhooks-examples", "github", "X-GitHub-Event", ""},
    {"go-playground-webhooks/gitlab", "gitlab", "X-Gitlab-Event", "/object_kind"},
    {"cdevents-spec", "cloudevents", "", ""},
};

// As GitLab names in its header what it calls so in the body.
const std::map<std::string, std::string> gitlab_headers = {{"deployment", "Deployment Hook"},
                                                           {"release", "Release Hook"},
                                                           {"pipeline", "Pipeline Hook"},
                                                           {"push", "Push Hook"},
                                                           {"tag_push", "Tag Push Hook"},
                                                           {"merge_request", "Merge Request Hook"},
                                                           {"issue", "Issue Hook"},
                                                           {"work_item", "Issue Hook"},
                                                           {"feature_flag", "Feature Flag Hook"}};

std::string become(const collection& c, const fs::path& file) {
  const auto& kind = *find_collector(c.kind);
  const auto body = read_all(file);
  const auto from = source_of(kind);
  headers head;
  head.add("Content-Type", "application/json");
  if (*c.header) {
    const auto in = parse_json(body);
    auto type = !*c.pointer ? file.parent_path().filename().string() : in ? text_at(*in, c.pointer) : std::string();
    if (const auto named = gitlab_headers.find(type); *c.pointer && named != gitlab_headers.end()) type = named->second;
    head.add(c.header, type);
  }
  const auto read = kind.decode(from, {head, body, *parse_time("2026-11-20T12:00:00Z")});
  if (!read) return "refused: " + read.error().text();
  if (read->events.empty()) return "ignored: " + read->ignored;
  std::string out;
  for (const auto& e : read->events) {
    const auto state = text_at(e.fields, "/state");
    out += (out.empty() ? "" : ", ") + e.type + (state.empty() ? "" : ' ' + state);
  }
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("the bodies that other projects publish become what the table says, and none is refused") {
    const char* given = std::getenv("RELEASEHEALTH_PAYLOADS");
    const fs::path root = given ? given : SOURCE_DIR "/../shared/data/payloads";
    if (!fs::exists(root)) {
      MESSAGE("skipped: no bodies of other projects at " << root.string());
      return;
    }
    std::string table = "payload\tsource\tbecomes\n";
    for (const auto& c : collections) {
      std::map<std::string, std::string> lines;  // in the order of their names, whatever the file system's
      for (const auto& entry : fs::recursive_directory_iterator(root / c.folder))
        if (entry.path().extension() == ".json" &&
            entry.path().parent_path().filename() != "formats")  // of ids: no events
          lines[fs::relative(entry.path(), root).string()] = become(c, entry.path());
      CHECK(lines.size() > 20);
      for (const auto& [name, becomes] : lines) {
        table.append(name).append("\t").append(c.kind).append("\t").append(becomes).append("\n");
        CAPTURE(name);
        CHECK_FALSE(becomes.starts_with("refused: "));
      }
    }
    const fs::path kept = SOURCE_DIR "/tests/payloads.tsv";
    if (std::getenv("RELEASEHEALTH_WRITE_FIXTURES")) std::ofstream(kept, std::ios::binary) << table;
    CHECK(table == read_all(kept));
  }
}
