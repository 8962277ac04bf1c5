// Deployments as their senders report them, through the whole daemon up to the lists.
#include "tests/postgres/forge_daemon.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const std::string shipped(40, 'a'), squashed(40, 'b');

}

TEST_SUITE("postgres") {
  TEST_CASE("a hotfix is merged back by the squash of its branch: GitHub") {
    forge_daemon d;
    d.github("open", "deployment_status", "1",
             R"({"deployment_status":{"state":"success","environment":"production",
      "created_at":"2026-11-19T10:00:00Z"},"deployment":{"id":1,"ref":"hotfix/3","sha":")" +
                 shipped + R"("},
      "repository":{"full_name":"north/tea","default_branch":"main"}})");
    CHECK(d.merged_back("north/tea").empty());
    const auto unmerged =
        "releasehealth_unmerged_hotfixes{service_name=\"north/tea\",team_name=\"\","
        "deployment_environment=\"production\"}";
    // not tracked before the first push or merge (figures.md section 16), which differs from 0
    CHECK(d.app.metric(unmerged, "absent") == "absent");
    const std::string before(40, 'c');
    d.github("open", "push", "0",
             R"({"ref":"refs/heads/main","after":")" + before + R"(","head_commit":{"id":")" + before +
                 R"(","message":"Steep","timestamp":"2026-11-19T09:00:00Z"},"commits":[{"id":")" + before +
                 R"(","message":"Steep","timestamp":"2026-11-19T09:00:00Z"}],
      "repository":{"full_name":"north/tea","default_branch":"main"}})");
    CHECK(d.merged_back("north/tea").empty());
    CHECK(d.app.metric(unmerged, "1") == "1");
    const auto merge = R"({"action":"closed","pull_request":{"number":3,"merged":true,
      "merged_at":"2026-11-19T12:00:00Z","merge_commit_sha":")" +
                       squashed + R"(","head":{"ref":"hotfix/3","sha":")" + shipped +
                       R"("},"base":{"ref":"main"}},"repository":{"full_name":"north/tea","default_branch":"main"}})";
    d.github("open", "pull_request", "2", merge);
    CHECK(d.merged_back("north/tea") == "2026-11-19T12:00:00Z");
    CHECK(d.app.metric(unmerged, "0") == "0");
  }

  TEST_CASE("a hotfix is merged back by the squash of its branch: GitLab, Bitbucket, Azure DevOps, DevLake") {
    forge_daemon d;
    d.gitlab("gitlab", "Deployment Hook", "1",
             R"({"status":"success","status_changed_at":"2026-11-19 10:00:00 UTC",
      "deployment_id":1,"environment":"production","ref":"hotfix/3","commit_url":"https://git.example/north/ink/-/commit/)" +
                 shipped + R"(","project":{"path_with_namespace":"north/ink","default_branch":"main"}})");
    d.gitlab("gitlab", "Merge Request Hook", "2",
             R"({"project":{"path_with_namespace":"north/ink","default_branch":"main"},
      "object_attributes":{"iid":3,"action":"merge","source_branch":"hotfix/3","target_branch":"main",
      "squash_commit_sha":")" +
                 squashed + R"(","last_commit":{"id":")" + shipped + R"("},"updated_at":"2026-11-19 12:00:00 UTC"}})");
    CHECK(d.merged_back("north/ink") == "2026-11-19T12:00:00Z");

    const std::string with_digit = "c0" + std::string(38, 'd');
    d.tell("bitbucket", {{"X-Event-Key", "repo:commit_status_created"}, {"X-Request-UUID", "1"}},
           R"({"commit_status":{"key":"ship","state":"SUCCESSFUL","url":"https://ci.example/1","refname":"hotfix/3",
      "updated_on":"2026-11-19T10:00:00Z","commit":{"hash":")" +
               with_digit + R"("}},"repository":{"full_name":"north/oil"}})");
    d.tell("bitbucket", {{"X-Event-Key", "pullrequest:fulfilled"}, {"X-Request-UUID", "2"}},
           R"({"pullrequest":{"id":3,"merge_commit":{"hash":"e0e0e0e0e0e0"},"source":{"branch":{"name":"hotfix/3"},
      "commit":{"hash":")" +
               with_digit.substr(0, 12) + R"("}},"destination":{"branch":{"name":"main"}},
      "updated_on":"2026-11-19T12:00:00Z"},"repository":{"full_name":"north/oil"}})");
    CHECK(d.merged_back("north/oil") == "2026-11-19T12:00:00Z");

    const std::string released(40, 'f');
    d.app.send_events(R"({"id":"az","type":"deployment","service":"north/zinc","state":"succeeded","ref":"hotfix/3",
      "time":"2026-11-19T10:00:00Z","commit":")" +
                      released + R"("})");
    d.tell("azure", {},
           R"({"id":"1","eventType":"git.pullrequest.merged","resource":{"pullRequestId":3,
      "status":"completed","sourceRefName":"refs/heads/hotfix/3","targetRefName":"refs/heads/main",
      "closedDate":"2026-11-19T12:00:00Z","lastMergeCommit":{"commitId":"0123456701234567012345670123456701234567"},
      "lastMergeSourceCommit":{"commitId":")" +
               released + R"("},
      "repository":{"name":"zinc","defaultBranch":"refs/heads/main"}}})");
    CHECK(d.merged_back("north/zinc") == "2026-11-19T12:00:00Z");

    const std::string posted(40, '1');
    d.app.send_events(R"({"id":"dl","type":"deployment","service":"north/salt","state":"succeeded","ref":"hotfix/3",
      "time":"2026-11-19T10:00:00Z","commit":")" +
                      posted + R"("})");
    d.tell("devlake/pull_requests", {}, R"({"id":"pr","status":"MERGED","pullRequestKey":3,"headRef":"hotfix/3",
      "baseRef":"main","mergedDate":"2026-11-19T12:00:00Z","mergeCommitSha":"2222222222222222222222222222222222222222",
      "headCommitSha":")" + posted + R"("})");
    CHECK(d.merged_back("north/salt") == "2026-11-19T12:00:00Z");
    CHECK(d.deployments("", {"subject"}).empty());
  }

  TEST_CASE("a version of one tool is resolved by a tag from GitHub, and facts of the commit make it a hotfix") {
    forge_daemon d;
    d.github("open", "push", "p1",
             R"({"ref":"refs/tags/v1.8.4","deleted":false,"commits":[],"head_commit":{"id":")" + shipped +
                 R"(","message":"Fix the tax","timestamp":"2026-11-03T08:00:00Z"},
                 "repository":{"full_name":"acme/flux-shop","default_branch":"main"}})");
    d.app.send_events(
        R"([{"id":"1","type":"deployment","service":"shop","repository":"acme/flux-shop","version":"1.8.4",
                           "state":"succeeded","time":"2026-11-03T10:00:00Z"}])");
    CHECK(d.deployments("shop", {"commit", "title"}) == shipped + " Fix the tax");
    const auto answer = d.app.operations("GET", "/api/v1/deployments/1/explain");
    CHECK_MESSAGE(answer.body.find(shipped + " (tag v1.8.4 of acme/flux-shop)") != std::string::npos, answer.body);
  }

  TEST_CASE("a prerelease that was promoted finished at its promotion, above releases in between") {
    forge_daemon d;
    const auto release = [](const std::string& action, int id, const std::string& tag, const std::string& rest) {
      return R"({"action":")" + action + R"(","release":{"id":)" + std::to_string(id) + R"(,"tag_name":")" + tag +
             R"(","draft":false,)" + rest + R"(},"repository":{"full_name":"north/tea","default_branch":"main"}})";
    };
    d.github("releases", "release", "1", release("published", 2, "v2.0.0", R"("prerelease":true,
      "published_at":"2026-11-10T08:00:00Z")"));
    d.github("releases", "release", "2", release("published", 1, "v1.9.1", R"("prerelease":false,
      "published_at":"2026-11-12T08:00:00Z")"));
    d.github("releases", "release", "3", release("released", 1, "v1.9.1", R"("prerelease":false,
      "published_at":"2026-11-12T08:00:00Z","updated_at":"2026-11-12T08:00:02Z")"));
    d.github("releases", "release", "4", release("released", 2, "v2.0.0", R"("prerelease":false,
      "published_at":"2026-11-10T08:00:00Z","updated_at":"2026-11-18T08:00:00Z")"));
    CHECK(d.deployments("north/tea", {"version", "finished_at"}) ==
          "v2.0.0 2026-11-18T08:00:00Z; v1.9.1 2026-11-12T08:00:00Z");
  }

  TEST_CASE("a deployment payload given as the text of an object names service and version") {
    forge_daemon d;
    const auto deployed = [&](int id, const std::string& payload) {
      d.github(
          "open", "deployment_status", std::to_string(id),
          R"({"deployment_status":{"state":"success","environment":"production","created_at":"2026-11-19T10:00:00Z"},
        "deployment":{"id":)" +
              std::to_string(id) + R"(,"ref":"main","sha":")" + shipped + R"(","payload":)" + payload +
              R"(},"repository":{"full_name":"north/shop","default_branch":"main"}})");
    };
    deployed(1, R"("{\"service\": \"till\", \"version\": \"3.1.0\"}")");
    deployed(2, R"("{\"service\":\"shelf\"}")");
    deployed(3, R"("for the till")");
    CHECK(d.deployments("till", {"version", "kind"}) == "3.1.0 planned");
    CHECK(d.deployments("shelf", {"kind"}) == "planned");
    CHECK(d.deployments("north/shop", {"kind"}) == "planned");
  }

  TEST_CASE("a release's date is the one that GitLab reported last, earlier or later") {
    forge_daemon d;
    const auto release = [](const std::string& action, const std::string& at) {
      return R"({"id":7,"tag":"v5","name":"v5","released_at":")" + at + R"(","action":")" + action +
             R"(","project":{"path_with_namespace":"north/ink"}})";
    };
    d.gitlab("upcoming", "Release Hook", "1", release("create", "2026-11-15 08:00:00 UTC"));
    CHECK(d.deployments("north/ink", {"finished_at"}) == "2026-11-15T08:00:00Z");
    d.gitlab("upcoming", "Release Hook", "2", release("update", "2026-11-18 08:00:00 UTC"));
    CHECK(d.deployments("north/ink", {"finished_at"}) == "2026-11-18T08:00:00Z");
    d.app.set_clock("2026-11-20T12:00:01Z");
    d.gitlab("upcoming", "Release Hook", "3", release("update", "2026-11-12 08:00:00 UTC"));
    CHECK(d.deployments("north/ink", {"state", "finished_at"}) == "succeeded 2026-11-12T08:00:00Z");
  }

  TEST_CASE("an upcoming release counts once its time has come, postponed or not, without another delivery") {
    forge_daemon d;
    const auto release = [](int id, const std::string& action, const std::string& at) {
      return R"({"id":)" + std::to_string(id) + R"(,"tag":"v)" + std::to_string(id) + R"(","released_at":")" + at +
             R"(","action":")" + action + R"(","project":{"path_with_namespace":"north/ink"}})";
    };
    const std::string planned =
        "releasehealth_deployments{service_name=\"north/ink\",team_name=\"\","
        "deployment_environment=\"production\",kind=\"planned\",period=\"30d\"}";
    d.gitlab("upcoming", "Release Hook", "1", release(1, "create", "2026-11-22 08:00:00 UTC"));
    d.gitlab("upcoming", "Release Hook", "2", release(2, "create", "2026-11-22 09:00:00 UTC"));
    d.app.set_clock("2026-11-21T12:00:00Z");
    d.gitlab("upcoming", "Release Hook", "3", release(2, "update", "2026-11-25 09:00:00 UTC"));
    CHECK(d.deployments("north/ink", {"state"}) == "pending; pending");
    CHECK(d.app.metric(planned, "0") == "0");
    d.app.set_clock("2026-11-22T10:00:00Z");
    CHECK(d.app.metric(planned, "1") == "1");
    CHECK(d.deployments("north/ink", {"version", "state", "finished_at"}) ==
          "v1 succeeded 2026-11-22T08:00:00Z; v2 pending ");
    d.app.set_clock("2026-11-23T10:00:00Z");
    d.gitlab("upcoming", "Release Hook", "4", release(1, "update", "2026-11-25 08:00:00 UTC"));
    CHECK(d.app.metric(planned, "0") == "0");
    d.app.set_clock("2026-11-26T10:00:00Z");
    CHECK(d.app.metric(planned, "2") == "2");
    CHECK(d.deployments("north/ink", {"version", "finished_at"}) == "v2 2026-11-25T09:00:00Z; v1 2026-11-25T08:00:00Z");
    CHECK(d.db.query("SELECT count(*) FROM upcoming") == "0");
  }

  TEST_CASE("a version that Jira unreleased or deleted is no deployment, until it is released again") {
    forge_daemon d;
    const auto version = [&](const std::string& id, const std::string& event, long long at) {
      d.tell("jira", {{"X-Atlassian-Webhook-Identifier", id}},
             R"({"timestamp":)" + std::to_string(at) + R"(,"webhookEvent":"jira:version_)" + event +
                 R"(","version":{"id":"3","name":"9.9","projectKey":"TEA"}})");
    };
    version("1", "released", 1795100000000);
    CHECK(d.deployments("TEA", {"version"}) == "9.9");
    version("2", "unreleased", 1795100100000);
    CHECK(d.deployments("TEA", {"version"}).empty());
    version("3", "released", 1795100200000);
    CHECK(d.deployments("TEA", {"version"}) == "9.9");
    version("4", "deleted", 1795100300000);
    CHECK(d.deployments("TEA", {"version"}).empty());
  }

  TEST_CASE("a build of Jenkins lasts from the timestamp of STARTED to that of COMPLETED, in its own folder") {
    forge_daemon d;
    const auto build = [&](const std::string& folder, const std::string& phase, const char* at, int minutes) {
      const auto since = parse_time(at)->time_since_epoch() / std::chrono::milliseconds(1);
      d.tell("jenkins", {},
             R"({"name":"deploy","url":"job/)" + folder + R"(/job/deploy/","build":{"number":7,"phase":")" + phase +
                 R"(","status":"SUCCESS","timestamp":)" + std::to_string(since) + R"(,"duration":)" +
                 std::to_string(minutes * 60'000) + R"(,"parameters":{"SERVICE":")" + folder + R"("}}})");
    };
    build("tea", "STARTED", "2026-11-20T11:40:00Z", 0);
    build("ink", "STARTED", "2026-11-20T11:50:00Z", 0);
    build("tea", "COMPLETED", "2026-11-20T11:59:00Z", 19);
    build("ink", "COMPLETED", "2026-11-20T12:00:00Z", 10);
    CHECK(d.deployments("tea", {"subject", "state", "started_at", "finished_at"}) ==
          "tea/deploy#7 succeeded 2026-11-20T11:40:00Z 2026-11-20T11:59:00Z");
    CHECK(d.deployments("ink", {"subject", "state", "started_at", "finished_at"}) ==
          "ink/deploy#7 succeeded 2026-11-20T11:50:00Z 2026-11-20T12:00:00Z");
  }

  TEST_CASE("the requests that DevLake documents are read: no content type, older names, pull requests as commits") {
    forge_daemon d;
    d.tell("devlake/deployments", {},
           R"({"id":"1","finishedDate":"2026-11-19T10:00:00Z",
      "deploymentCommits":[{"repoUrl":"https://git.example/north/tea","commitSha":")" +
               shipped + R"("}]})",
           "application/x-www-form-urlencoded");
    d.tell("devlake/deployments", {},
           R"({"pipeline_id":"2","start_time":"2026-11-19T10:50:00Z",
      "end_time":"2026-11-19T11:00:00Z","repo_url":"https://git.example/north/ink","commit_sha":")" +
               shipped + R"("})");
    d.tell("devlake/pull_requests", {},
           R"({"id":"3","status":"MERGED","pullRequestKey":3,
      "repoUrl":"https://git.example/north/oil","mergedDate":"2026-11-19T12:00:00Z","mergeCommitSha":")" +
               squashed + R"("})");
    CHECK(d.deployments("north/tea", {"subject", "finished_at"}) == "1 2026-11-19T10:00:00Z");
    CHECK(d.deployments("north/ink", {"subject", "started_at", "finished_at"}) ==
          "2 2026-11-19T10:50:00Z 2026-11-19T11:00:00Z");
    CHECK(d.db.query("SELECT count(*) FROM deployment") == "2");
  }

  TEST_CASE("a revision of Flux is a version, a commit or both, and each digest of a moving tag is a version") {
    forge_daemon d;
    const auto reconciled = [&](const std::string& name, const std::string& at, const std::string& metadata) {
      d.tell("flux", {},
             R"({"involvedObject":{"kind":"Kustomization","namespace":"apps","name":")" + name + R"("},"timestamp":")" +
                 at + R"(","reason":"ReconciliationSucceeded","metadata":{)" + metadata + "}}");
    };
    const std::string digest = "@sha256:" + std::string(64, '7'), other = "@sha256:" + std::string(64, '8');
    reconciled("tea", "2026-11-19T10:00:00Z",
               R"("revision":"1.8.3)" + digest + R"(","originRevision":"main@sha1:)" + shipped + '"');
    reconciled("ink", "2026-11-19T10:00:00Z", R"("revision":"latest)" + digest + '"');
    reconciled("ink", "2026-11-19T11:00:00Z", R"("revision":"latest)" + other + '"');
    CHECK(d.deployments("tea", {"version", "commit"}) == "1.8.3 " + shipped);
    CHECK(d.deployments("ink", {"kind", "version"}) == "planned latest" + other + "; planned latest" + digest);
  }
}
