// The rows derived from a fixed history, committed as text: a derivation with different rows must raise
// derivation_version, so that daemons rebuild the rows of the previous release.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/timeline/derivation_version.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/differing.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const char* const golden_file = SOURCE_DIR "/tests/postgres/golden_rows.txt";

// One line for each kind of row: every kind of deployment and state, every reason of an unattributed incident, every
// remediation, every method of engagement, merge-back commits, names over the cardinality limit.
const char* const history =
    "d1 08:00 v1.0.0 start=07:50 commit=aaaaaaa1 team=payments created_at=2026-01-01T07:00:00Z;"
    "d2 10:00 v1.1.0 start=09:55 commit=aaaaaaa2 cause=data; d3 10:30 v1.1.0 commit=aaaaaaa2;"
    "i1 10:20 severity=1 detected=10:25 person=ana touches=money blast_radius=large trajectory=rising "
    "cause_known=false;"
    "i1 10:40 ack; d4 11:00 v1.0.0 start=10:50 commit=aaaaaaa1; i1 11:05 mitigated=11:02; i1 12:00 resolved;"
    "i1 13:00 open; i1 13:30 resolved; override i1 2/08:00 cause=data review_held_at=2026-01-02T09:00:00Z;"
    "d5 2/10:00 v1.2.0 commit=aaaaaaa5; i2 2/10:10 severity=3;"
    "d6 2/11:00 v1.2.1 start=2/10:40 ref=hotfix/1.2.1 commit=bbbbbbb6 incident=i2 justification=revenue "
    "lines_changed=12 "
    "tested=true; i2 2/11:10 resolved; #bbbbbbb6 2/12:00 pr=7 repository=acme/checkout ref=hotfix/1.2.1 title=Rounding;"
    "#ccccccc7 3/12:00 main picked_from=bbbbbbb6 repository=acme/checkout;"
    "d7 3/10:00 v1.2.2 kind=hotfix fixes=d5 default_branch=true; d8 3/11:00 v1.3.0 state=failed start=3/10:50; i3 "
    "3/10:55;"
    "d9 3/12:00 v1.3.0 state=canceled; d10 3/12:30 v1.3.0 state=running;"
    "i4 3/13:00 culprit=none; i5 3/13:00 culprit=v9; i6 3/13:00 svc=-; i7 30/13:00; i8 08:00 svc=search;"
    "d11 3/14:00 v7 svc=search env=prod-eu; d12 3/15:00 v0 svc=search env=prod-eu kind=rollback;"
    "d13 3/16:00 v2 svc=cart env=staging; i9 3/16:30 svc=cart env=staging;"
    "i10 4/10:00 svc=checkout,search; f1 4/10:30 off incident=i10 flag=dark; f2 4/10:40 on flag=dark;"
    "w1 4/11:00 incident=i10 person=bo from=4/10:05 to=4/10:35; w2 4/12:00 svc=checkout person=ana seconds=600;"
    "d14 5/10:00 v1.4.0; retract d14 5/11:00; d15 6/10:00 v1.4.0 svc=-; d16 6/11:00 v3 svc=mail;"
    "override d16 6/12:00 kind=hotfix; d17 6/13:00 v4 svc=billing env=prod-us;"
    "d18 7/10:00 images=a/checkout:1.5.0@sha256:1,envoy:2 revisions=ddddddd8; d19 7/11:00 latest revisions=ddddddd8";

std::string derived_rows() {
  const database db;
  ledger::appender to(db.where());
  auto events = case_reader::read(history);
  for (std::size_t n = 0; n < events.size(); ++n) events[n].id = "g" + std::to_string(n + 100);
  REQUIRE(to.append({entry_of("golden", events)}).front());
  ledger::derive_settings settings;
  settings.max_names = 3;
  ledger::deriver(db.where(), settings).derive();
  db.query("SET TimeZone TO 'UTC'");
  return db.derived() + '\n';
}

std::string header() { return "derivation_version " + std::to_string(derivation_version) + '\n'; }

std::string committed() {
  std::ifstream in(golden_file);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

}

TEST_SUITE("postgres") {
  TEST_CASE("derived rows change only together with derivation_version") {
    const auto derived = derived_rows(), stored = committed();
    for (const auto* table : {"deployment|", "incident|", "commit_seen|", "flag_change|", "remedy|", "work|",
                              "engagement|", "known_name|", "place|"}) {
      CAPTURE(table);
      CHECK(('\n' + derived).find('\n' + std::string(table)) != std::string::npos);
    }
    const bool has_same_version = stored.starts_with(header());
    const bool has_same_rows = stored.substr(stored.find('\n') + 1) == derived;
    if (std::getenv("RELEASEHEALTH_WRITE_FIXTURES") && (stored.empty() || has_same_rows || !has_same_version))
      std::ofstream(golden_file) << header() << derived;
    CHECK_MESSAGE((has_same_rows || !has_same_version),
                  "derived rows differ from golden_rows.txt: raise derivation_version, then run this test with "
                  "RELEASEHEALTH_WRITE_FIXTURES=1",
                  differing(header() + derived, stored));
    CHECK_MESSAGE(
        (has_same_version && has_same_rows),
        "golden_rows.txt is of another derivation_version: run this test with RELEASEHEALTH_WRITE_FIXTURES=1");
  }
}
