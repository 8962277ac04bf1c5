// Own artifacts and identities (figures.md section 14) in the stored timeline.
#include "tests/check.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

std::string kinds(const database& db) {
  return db.query("SELECT string_agg(kind, ' ' ORDER BY finished_at) FROM deployment WHERE kind IS NOT NULL");
}

std::string versions(const database& db) {
  return db.query("SELECT string_agg(version, ' ' ORDER BY finished_at) FROM deployment");
}

}

TEST_SUITE("postgres") {
  TEST_CASE("changing the pattern of own images or counting sidecars changes history after a rebuild") {
    const database db;
    ledger::appender to(db.where());
    store(to, case_reader::read("d1 08:00 images=ghcr.io/acme/app:1,ghcr.io/acme/proxy:7;"
                                "d2 09:00 images=ghcr.io/acme/app:1,ghcr.io/acme/proxy:8;"
                                "d3 10:00 images=ghcr.io/acme/app:2,ghcr.io/acme/proxy:8;"
                                "d4 11:00 images=ghcr.io/acme/app:1,ghcr.io/acme/proxy:8"));
    ledger::derive_settings settings;
    settings.fingerprint = "none";
    ledger::deriver(db.where(), settings).derive();
    CHECK(kinds(db) == "planned planned planned rollback");  // no image is named checkout: every image counts
    CHECK(db.query("SELECT count(*) FROM deployment WHERE version <> ''") == "0");
    settings.images["test"].own = *compile_pattern("ghcr.io/acme/app");
    settings.fingerprint = "app";
    CHECK(ledger::deriver(db.where(), settings).rebuild() > 0);
    CHECK(kinds(db) == "planned redeploy planned rollback");
    CHECK(versions(db) == "1 1 2 1");
    settings.images["test"].own = *compile_pattern("ghcr.io/acme/proxy");
    CHECK(ledger::deriver(db.where(), settings).rebuild() > 0);
    CHECK(kinds(db) == "planned planned redeploy redeploy");
    settings.images["test"].own = *compile_pattern("ghcr.io/acme/app");
    settings.blame.names = naming({{.name = "checkout", .team = {}, .sidecars_are_changes = true}}, {});
    CHECK(ledger::deriver(db.where(), settings).rebuild() > 0);
    CHECK(kinds(db) == "planned planned planned rollback");
    CHECK(versions(db) == "1 1 2 1");
    CHECK(ledger::deriver(db.where(), settings).check().empty());
  }

  TEST_CASE("the same tag with another digest is another change, also if reported in steps") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    for (const auto* told :
         {"d1 08:00 images=reg/shop:latest@sha256:1", "d2 09:00 images=reg/shop:latest@sha256:2",
          "d3 10:00 images=reg/shop:latest@sha256:3", "d4 11:00 images=reg/shop@sha256:2",
          "d5 12:00 images=reg/shop:latest", "d6 13:00 images=reg/shop:latest", "d7 14:00 images=reg/shop@sha256:2"}) {
      store(to, case_reader::read(told));
      derive.derive();
    }
    CHECK(kinds(db) == "planned planned planned rollback planned planned rollback");
    CHECK(derive.check().empty());
  }

  TEST_CASE("a rollback in a frequently deployed service is found by its images") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    for (int n = 0; n < 12; ++n) {
      const auto at = std::to_string(n + 1) + "/10:00";
      store(to,
            case_reader::read("d" + std::to_string(n) + ' ' + at + " images=reg/checkout@sha256:" + std::to_string(n)));
      derive.derive();
    }
    store(to, case_reader::read("d99 20/10:00 images=reg/checkout:x@sha256:4,envoy:1"));
    derive.derive();
    CHECK(db.query("SELECT kind FROM deployment WHERE subject = 'd99'") == "rollback");
    CHECK(db.query("SELECT count(*) FROM deployment WHERE rolled_back_by IS NOT NULL") == "7");
    CHECK(derive.check().empty());
  }

  TEST_CASE("commits of a manifest repository are not commits of the service") {
    const database db;
    ledger::appender to(db.where());
    store(to,
          case_reader::read("d1 08:00 1.0 repository=acme/deploy manifest_repository=github.com/acme/deploy "
                            "commit=aaaaaaa1; d2 09:00 2.0 repository=acme/checkout manifest_repository=acme/deploy "
                            "commit=bbbbbbb1; d3 10:00 1.0 repository=acme/deploy manifest_repository=acme/deploy "
                            "commit=ccccccc1"));
    ledger::deriver derive(db.where(), {});
    derive.derive();
    CHECK(db.query("SELECT string_agg(commit, ',' ORDER BY finished_at) FROM deployment") == ",bbbbbbb1,");
    CHECK(kinds(db) == "planned planned rollback");
    CHECK(derive.check().empty());
  }

  TEST_CASE("the schema and the program agree on the lookup keys of versions") {
    const database db;
    for (const auto* name : {"1.8.3",
                             "v1.8.3",
                             "V1.8.3+42",
                             "backend@1.8.3",
                             "@acme/backend@v1.8.3+b.1",
                             "c++@1",
                             "Vega",
                             "v",
                             "+1",
                             "1+",
                             "1+a+b",
                             "1+a@b",
                             "a@",
                             "@",
                             "",
                             "v1\n2+3\n",
                             "x@v\xC3\x84",
                             "1.8.3+\xC3\xA4",
                             "main@sha1:5e1f",
                             "latest@sha256:6b86"}) {
      CAPTURE(name);
      std::string quoted = name;
      CHECK(db.query("SELECT lookup_key('" + quoted + "')") == lookup_key(name));
    }
  }
}
