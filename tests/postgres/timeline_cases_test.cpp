// Attribution, remediations, failures: one case per line, with the rule of figures.md that it tests and its group of
// edge cases. Each is derived in order, then again backwards report by report.
#include <algorithm>

#include "tests/check.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// `becomes`: kinds of deployments that are not planned; the attributed change of each incident or the reason for none,
/// with restore= and decision= in minutes; remediations; failed changes with issue= and recovered= in minutes after
/// their finish; responses.
struct timeline_case {
  const char* rule;
  const char* told;
  const char* becomes;
};

const timeline_case cases[] = {
    // §5 attribution
    {"§5.3 an incident is attributed to the live change", "d1 08:00 v1; d2 10:00 v2; i1 11:00",
     "i1>d2; d2 failed issue=60"},
    {"§5.3 a change is live from the instant of its finish (group 12)", "d1 08:00 v1; d2 10:00 v2; i1 10:00",
     "i1>d2; d2 failed issue=0"},
    {"§5.3 a change is not live a microsecond before its finish (group 12)",
     "d1 08:00 v1; d2 10:00 v2; i1 09:59:59.999999", "i1>d1; d1 failed issue=120"},
    {"§5.3 the end of the attribution window is inclusive (group 14)", "d1 08:00 v1; i1 8/08:00",
     "i1>d1; d1 failed issue=10080"},
    {"§5.4 after the attribution window (group 14)", "d1 08:00 v1; i1 8/08:00:01", "i1>outside_window"},
    {"§5.4 months after the attribution window (group 14)", "d1 08:00 v1; i1 180/08:00", "i1>outside_window"},
    {"§5.4 an incident without any deployment (group 7)", "i1 10:00", "i1>no_deployment"},
    {"§5.4 an incident before the first deployment", "i1 10:00; d1 11:00 v1", "i1>no_deployment"},
    {"§5.4 an incident without a service", "d1 08:00 v1; i1 10:00 svc=-", "i1>no_service"},
    {"§5 a change of another service is not attributed (group 14)", "d1 08:00 v1; d2 09:00 v2 svc=search; i1 10:00",
     "i1>d1; d1 failed issue=120"},
    {"§5 a deployment to staging is not attributed (groups 2, 14)", "d1 08:00 v1; d2 09:00 v2 env=staging; i1 10:00",
     "i1>d1; d1 failed issue=120"},
    {"§5 an incident in staging is not attributed", "d1 08:00 v1; i1 10:00 env=staging", "i1@staging>"},
    {"§5 the start decides, not the detection", "d1 08:00 v1; d2 10:00 v2; i1 11:00 started=09:00 detected=10:30",
     "i1>d1; d1 failed issue=150"},
    {"§5 without a start the detection decides", "d1 08:00 v1; d2 10:00 v2; i1 11:00 detected=09:00",
     "i1>d1; d1 failed issue=60"},
    {"§5 a redeploy stands for its change", "d1 08:00 v1; d2 09:00 v1; i1 10:00",
     "d2 redeploy; i1>d1; d1 failed issue=120"},
    {"§5.3 after a rollback its target is live", "d1 08:00 v1; d2 09:00 v2; d3 10:00 v1; i1 11:00",
     "d3 rollback; i1>d1; d3 rollback d2; d1 failed issue=180; d2 failed issue=60 recovered=60 rollback"},
    {"§5.3 an unmeasured base is no change", "d1 08:00 v1; d2 09:00 v0 kind=rollback; i1 10:00",
     "d2 rollback; i1>no_deployment; d2 rollback d1; d1 failed issue=60 recovered=60 rollback"},
    {"§5.2 a deployment in progress is attributed (group 12)", "d1 08:00 v1; d2 10:30 v2 start=10:00; i1 10:10",
     "i1>d2; d2 failed issue=0"},
    {"§5.2 a deployment is in progress from the instant of its start", "d1 08:00 v1; d2 10:30 v2 start=10:00; i1 10:00",
     "i1>d2; d2 failed issue=0"},
    {"§5.2 of several in progress the one started last", "d1 10:40 v1 start=10:00; d2 10:30 v2 start=10:05; i1 10:10",
     "i1>d2; d2 failed issue=0"},
    {"§5.2 an attempt in progress that failed", "d1 08:00 v1; d2 10:30 v2 start=10:00 state=failed; i1 10:10",
     "i1>failed_deployment"},
    {"§5.2 an attempt in progress that was canceled", "d1 08:00 v1; d2 10:30 v2 start=10:00 state=canceled; i1 10:10",
     "i1>failed_deployment"},
    {"§5.2 an attempt is not in progress at the instant of its end",
     "d1 08:00 v1; d2 10:30 v2 start=10:00 state=failed; i1 10:30", "i1>d1; d1 failed issue=150"},
    {"§5.2 a rollback in progress is not attributed", "d1 08:00 v1; d2 09:00 v2; d3 10:30 v1 start=10:00; i1 10:10",
     "d3 rollback; i1>d2 decision=-; d3 rollback d2; d2 failed issue=60 recovered=- rollback"},
    {"§5.1 a culprit by deployment", "d1 08:00 v1; d2 10:00 v2; i1 11:00 culprit=d1", "i1>d1; d1 failed issue=180"},
    {"§5.1 a culprit by version", "d1 08:00 v1; d2 10:00 v2; i1 11:00 culprit=v1", "i1>d1; d1 failed issue=180"},
    {"§5.1 a culprit by commit prefix of 7", "d1 08:00 commit=abcdef012345; d2 10:00 v2; i1 11:00 culprit=ABCDEF0",
     "i1>d1; d1 failed issue=180"},
    {"§5.1, §23.5 a culprit of another service, outside the window",
     "d1 08:00 v1; d2 09:00 v2 svc=search; i1 30/10:00 culprit=d2", "i1>d2; d2 failed issue=41820"},
    {"§5.1 a culprit applies to all services of the incident",
     "d1 08:00 v1; d2 09:00 v2 svc=search; i1 10:00 svc=checkout,search culprit=d2",
     "i1/checkout>d2; i1/search>d2; d2 failed issue=60"},
    {"§5.1 several matches: the last before the incident",
     "d1 08:00 v1; d2 09:00 v2; d3 10:00 v1 kind=planned; d4 12:00 v3; i1 11:00 culprit=v1",
     "i1>d3; d3 failed issue=60"},
    {"§5.1 no match before the incident: the first after it",
     "i1 07:00 culprit=v1; d1 08:00 v1; d2 09:00 v2; d3 10:00 v1 kind=planned", "i1>d1; d1 failed issue=0"},
    {"§5.1 a redeploy stands for its change", "d1 08:00 v1; d2 09:00 v1; d3 09:30 v3; i1 10:00 culprit=d2",
     "d2 redeploy; i1>d1; d1 failed issue=120"},
    {"§5.1 culprit none", "d1 08:00 v1; i1 10:00 culprit=none", "i1>not_a_change"},
    {"§5.1 an unknown culprit", "d1 08:00 v1; i1 10:00 culprit=v9", "i1>culprit_unknown"},
    {"§5.1 a culprit deployed later (group 13)", "i1 10:00 culprit=v9; d1 11:00 v9", "i1>d1; d1 failed issue=0"},
    {"§5.1 a culprit that is a failed attempt", "d1 08:00 v1; d2 09:00 v2 state=failed; i1 10:00 culprit=d2",
     "i1>failed_deployment"},
    {"§5.1 a culprit that is a rollback is no change", "d1 08:00 v1; d2 09:00 v2; d3 10:00 v1; i1 11:00 culprit=d3",
     "d3 rollback; i1>not_a_change; d3 rollback d2; d2 failed issue=60 recovered=60 rollback"},
    {"§5.1 a culprit outside production is not found", "d1 08:00 v1 env=staging; i1 10:00 culprit=d1",
     "i1>culprit_unknown"},
    {"§14 versions with and without v are equal", "d1 08:00 v1.0; d2 10:00 v2.0; i1 11:00 culprit=1.0",
     "i1>d1; d1 failed issue=180"},
    {"§14 build metadata on one side is ignored", "d1 08:00 1.0+42; d2 10:00 1.0.1; i1 11:00 culprit=v1.0",
     "i1>d1; d1 failed issue=180"},
    {"§14 build metadata on both sides is compared", "d1 08:00 1.0+42; d2 10:00 2.0; i1 11:00 culprit=1.0+43",
     "i1>culprit_unknown"},
    {"§14 a version does not match in another service", "d1 08:00 v1; d2 09:00 v7 svc=search; i1 10:00 culprit=v7",
     "i1>culprit_unknown"},
    {"§14 a version matches in another service that the report names",
     "d1 08:00 v7; d2 09:00 v7 svc=search; i1 10:00 culprit=search@7", "i1>d2; d2 failed issue=60"},
    {"§14 a version matches in a named service deployed later",
     "d1 08:00 v7; i1 10:00 culprit=search@7.1; d2 11:00 v7.1+3 svc=search", "i1>d2; d2 failed issue=0"},
    {"§14 a release prefix that is no service is ignored",
     "d1 08:00 v7; d2 09:00 v7 svc=search; i1 10:00 culprit=com.acme.shop@7", "i1>d1; d1 failed issue=120"},
    {"§14 a release prefix that is no service is ignored before a commit",
     "d1 08:00 commit=abcdef012; d2 09:00 v2; i1 10:00 culprit=com.acme.shop@abcdef0", "i1>d1; d1 failed issue=120"},
    {"§14 a commit matches in another service",
     "d1 08:00 v1; d2 09:00 v7 svc=search commit=abcdef012; i1 10:00 culprit=abcdef0", "i1>d2; d2 failed issue=60"},
    {"§14 a commit matches in the own service first",
     "d1 08:00 commit=abcdef012; d2 09:00 svc=search commit=abcdef012; i1 10:00 culprit=abcdef0",
     "i1>d1; d1 failed issue=120"},
    {"§14 a commit of a failed attempt matches in the own service first",
     "d1 08:00 state=failed commit=abcdef012; d2 09:00 svc=search commit=abcdef012; i1 10:00 culprit=abcdef0",
     "i1>failed_deployment"},
    {"§14 a commit in several other services does not match",
     "d1 08:00 v1; d2 09:00 svc=search commit=abcdef012; d3 09:30 svc=cart commit=abcdef012; i1 10:00 culprit=abcdef0",
     "i1>culprit_unknown"},
    {"§14 a sidecar alone is a redeployment",
     "d1 08:00 images=a/checkout:1,envoy:1; d2 09:00 images=a/checkout:1,envoy:2; i1 10:00",
     "d2 redeploy; i1>d1; d1 failed issue=120"},
    {"§14 a rollback with a sidecar is a rollback",
     "d1 08:00 images=a/checkout:1,envoy:1; d2 09:00 images=a/checkout:2,envoy:1; d3 10:00 images=a/checkout:1,envoy:2",
     "d3 rollback; d3 rollback d2; d2 failed issue=60 recovered=60 rollback"},
    {"§14 an old image with new manifests is a rollback",
     "d1 08:00 images=a/checkout:1 revisions=aaaaaaa; d2 09:00 images=a/checkout:2 revisions=bbbbbbb; "
     "d3 10:00 images=a/checkout:1 revisions=ccccccc",
     "d3 rollback; d3 rollback d2; d2 failed issue=60 recovered=60 rollback"},
    {"§14 the tag of the image is the version", "d1 08:00 images=a/checkout:1.0; d2 10:00 2.0; i1 11:00 culprit=v1.0",
     "i1>d1; d1 failed issue=180"},
    {"§14 `fixes` may name a version", "d1 08:00 v1.0; d2 09:00 v2.0; d3 10:00 v2.1 kind=hotfix fixes=1.0+7",
     "d3 hotfix; d3 hotfix d1; d1 failed issue=120 recovered=120 hotfix"},
    {"interface §3 a reference matches in the own source first (group 5)",
     "d1 08:00 v1 src=other; d1 09:00 v2 svc=checkout; i1 10:00 culprit=d1", "i1>d1; d1 failed issue=60"},
    {"interface §3 a reference in several other sources does not match",
     "d1 08:00 v1 src=a; d1 09:00 v2 src=b svc=checkout; i1 10:00 culprit=d1", "i1>culprit_unknown"},
    {"§5 an incident without an environment has that of the change (group 2)", "d1 08:00 v1 env=prod-eu; i1 10:00",
     "i1@prod-eu>d1; d1 failed issue=120"},
    {"§5 outside the window it has the environment changed last",
     "d1 08:00 v1 env=prod-eu; d2 09:00 v1 env=prod-us; i1 20/10:00", "i1@prod-us>outside_window"},
    {"§5 of two environments the one changed last is attributed",
     "d1 08:00 v1 env=prod-eu; d2 09:00 v1 env=prod-us; i1 10:00", "i1@prod-us>d2; d2 failed issue=60"},
    {"§5 the incident's own environment", "d1 08:00 v1 env=prod-eu; d2 09:00 v1 env=prod-us; i1 10:00 env=prod-eu",
     "i1@prod-eu>d1; d1 failed issue=120"},
    // §6 remediations
    {"§6 a rollback remediates the changes that it popped (group 1)",
     "d1 08:00 v1; d2 09:00 v2; d3 10:00 v3; d4 11:00 v1",
     "d4 rollback; d4 rollback d2; d4 rollback d3; d2 failed issue=120 recovered=120 rollback; d3 failed issue=60 "
     "recovered=60 rollback"},
    {"§6 a redeployment is no remediation (group 2)", "d1 08:00 v1; d2 09:00 v1", "d2 redeploy"},
    {"§6 a hotfix remediates the latest planned change", "d1 08:00 v1; d2 10:00 v2 kind=hotfix start=09:50",
     "d2 hotfix; d2 hotfix d1; d1 failed issue=110 recovered=120 hotfix"},
    {"§6 a hotfix at the end of the window", "d1 08:00 v1; d2 8/08:30 v2 kind=hotfix start=8/08:00",
     "d2 hotfix; d2 hotfix d1; d1 failed issue=10080 recovered=10110 hotfix"},
    {"§6 a hotfix after the window is unattributed", "d1 08:00 v1; d2 8/08:30 v2 kind=hotfix start=8/08:01",
     "d2 hotfix"},
    {"§6 a hotfix of a hotfix (group 26)", "d1 08:00 v1; d2 09:00 v2 kind=hotfix; d3 10:00 v3 kind=hotfix",
     "d2 hotfix; d3 hotfix; d2 hotfix d1; d3 hotfix d1; d1 failed issue=60 recovered=60 hotfix"},
    {"§6 the planned change at its start, not at its finish",
     "d1 08:00 v1; d2 09:30 v2; d3 10:00 v3 kind=hotfix start=09:00",
     "d3 hotfix; d3 hotfix d1; d1 failed issue=60 recovered=120 hotfix"},
    {"§6 a hotfix remediates the deployment that it names",
     "d1 08:00 v1; d2 09:00 v2; d3 10:00 v3 kind=hotfix fixes=d1",
     "d3 hotfix; d3 hotfix d1; d1 failed issue=120 recovered=120 hotfix"},
    {"§6 a hotfix names a version", "d1 08:00 v1; d2 09:00 v2; d3 10:00 v3 kind=hotfix fixes=v1",
     "d3 hotfix; d3 hotfix d1; d1 failed issue=120 recovered=120 hotfix"},
    {"§6 a hotfix that names an unknown deployment remediates nothing", "d1 08:00 v1; d3 10:00 v3 kind=hotfix fixes=d9",
     "d3 hotfix"},
    {"§6 a hotfix with fixes=none remediates nothing", "d1 08:00 v1; d3 10:00 v3 kind=hotfix fixes=none", "d3 hotfix"},
    {"§6 a hotfix remediates the change of the incident that it names",
     "d1 08:00 v1; i1 08:30; i1 08:40 resolved; d2 09:00 v2; d3 10:00 v3 kind=hotfix incident=i1",
     "d3 hotfix; i1>d1 restore=10 decision=-; d3 hotfix d1 for i1; d1 failed issue=30 recovered=40 hotfix"},
    {"§6 a hotfix remediates the change of the incident open at its start",
     "d1 08:00 v1; i1 08:30; d2 09:00 v2; d3 10:00 v3 kind=hotfix start=09:30",
     "d3 hotfix; i1>d1 decision=60/hotfix; d3 hotfix d1; d1 failed issue=30 recovered=- hotfix; d3 response=90"},
    {"§6 a hotfix remediates the change of an incident that is reported last",
     "i1 08:30; d1 08:00 v1; d2 09:00 v2; d3 10:00 v3 kind=hotfix start=09:30",
     "d3 hotfix; i1>d1 decision=60/hotfix; d3 hotfix d1; d1 failed issue=30 recovered=- hotfix; d3 response=90"},
    {"§6 of several open incidents the one detected last",
     "d1 08:00 v1; i1 08:30 started=08:30 detected=09:20; d2 09:00 v2; i2 09:10; d3 10:00 v3 kind=hotfix start=09:30",
     "d3 hotfix; i1>d1 decision=10/hotfix; i2>d2; d3 hotfix d1; d1 failed issue=80 recovered=- hotfix; d2 "
     "failed issue=10; d3 response=40"},
    {"§6 a resolved incident does not count",
     "d1 08:00 v1; i1 08:30; i1 08:40 resolved; d2 09:00 v2; d3 10:00 v3 kind=hotfix start=09:30",
     "d3 hotfix; i1>d1 restore=10; d3 hotfix d2; d1 failed issue=30 recovered=40; d2 failed issue=30 recovered=60 "
     "hotfix"},
    {"§6 a hotfix does not remediate itself", "d1 08:00 v1; d2 10:00 v2 kind=hotfix start=09:00; i1 09:00",
     "d2 hotfix; i1>d2; d2 hotfix d1; d1 failed issue=60 recovered=120 hotfix; d2 failed issue=0"},
    {"§6 a hotfix remediates within its service only", "d1 08:00 v1; i1 08:30; d2 09:00 v2 svc=search kind=hotfix",
     "d2 hotfix; i1>d1; d1 failed issue=30"},
    {"§6 remediations count in production only",
     "d1 08:00 v1 env=staging; d2 09:00 v2 env=staging kind=hotfix; d3 10:00 v1 env=staging", "d2 hotfix; d3 rollback"},
    {"§6 a flag switched off for an incident", "d1 08:00 v1; i1 08:30; f1 08:45 off incident=i1; i1 09:00 resolved",
     "i1>d1 restore=30 decision=15/flag; f1 flag d1 for i1; d1 failed issue=30 recovered=60 flag"},
    {"§6 a flag switched on remediates nothing", "d1 08:00 v1; i1 08:30; f1 08:45 on incident=i1; i1 09:00 resolved",
     "i1>d1 restore=30; d1 failed issue=30 recovered=60"},
    {"§6 a flag of another service remediates no change",
     "d1 08:00 v1; i1 08:30; f1 08:45 off incident=i1 svc=search; i1 09:00 resolved",
     "i1>d1 restore=30 decision=15/flag; f1 flag for i1; d1 failed issue=30 recovered=60"},
    {"§6 the first remediation has the earliest start",
     "d1 08:00 v1; i1 08:30; d2 10:00 v2 kind=hotfix start=09:00; f1 09:30 off incident=i1; i1 11:00 resolved",
     "d2 hotfix; i1>d1 restore=150 decision=30/hotfix; d2 hotfix d1; f1 flag d1 for i1; d1 failed issue=30 "
     "recovered=180 hotfix; d2 response=90"},
    {"§6 ties: flag before hotfix",
     "d1 08:00 v1; i1 08:30; d2 10:00 v2 kind=hotfix start=09:00; f1 09:00 off incident=i1; i1 11:00 resolved",
     "d2 hotfix; i1>d1 restore=150 decision=30/flag; d2 hotfix d1; f1 flag d1 for i1; d1 failed issue=30 recovered=180 "
     "flag; d2 response=90"},
    {"§6 ties: rollback before flag",
     "d1 07:00 v0; d2 08:00 v1; i1 08:30; d3 10:00 v0 start=09:00; f1 09:00 off incident=i1; i1 11:00 resolved",
     "d3 rollback; i1>d2 restore=150 decision=30/rollback; d3 rollback d2; f1 flag d2 for i1; d2 failed issue=30 "
     "recovered=180 rollback"},
    // §7 failures and their times
    {"§7 two incidents, one failed change (group 3)",
     "d1 08:00 v1; i1 09:00; i2 10:00; i1 11:00 resolved; i2 10:30 resolved",
     "i1>d1 restore=120; i2>d1 restore=30; d1 failed issue=60 recovered=180"},
    {"§7 no recovery while an incident is open (group 16)", "d1 08:00 v1; i1 09:00; i2 10:00; i1 11:00 resolved",
     "i1>d1 restore=120; i2>d1; d1 failed issue=60"},
    {"§7 the issue is the earliest detection or remediation",
     "d1 08:00 v1; d2 10:00 v0 kind=rollback start=09:30; i1 09:45 detected=09:50; i1 10:30 resolved",
     "d2 rollback; i1>d1 restore=40 decision=-; d2 rollback d1; d1 failed issue=90 recovered=150 rollback"},
    {"§23.6 mitigated and not resolved: restored, and the change recovered",
     "d1 08:00 v1; i1 09:00; i1 09:20 mitigated=09:15", "i1>d1 restore=15; d1 failed issue=60 recovered=75"},
    {"§7 mitigation restores", "d1 08:00 v1; i1 09:00; i1 09:20 mitigated=09:15; i1 12:00 resolved",
     "i1>d1 restore=15; d1 failed issue=60 recovered=75"},
    {"§7 acknowledging restores nothing (group 16)", "d1 08:00 v1; i1 09:00; i1 09:10 ack",
     "i1>d1; d1 failed issue=60"},
    {"§7 a reopened incident lasts to its last resolution (group 15)",
     "d1 08:00 v1; i1 09:00; i1 09:30 resolved; i1 10:00 open; i1 11:00 resolved",
     "i1>d1 restore=120; d1 failed issue=60 recovered=180"},
    {"§7 a reopened incident is open (group 15)", "d1 08:00 v1; i1 09:00; i1 09:30 resolved; i1 10:00 open",
     "i1>d1; d1 failed issue=60"},
    {"§7 a mitigation of an earlier stretch does not restore (group 15)",
     "d1 08:00 v1; i1 09:00; i1 09:20 mitigated=09:10; i1 09:30 resolved; i1 10:00 open", "i1>d1; d1 failed issue=60"},
    {"§2 a resolution received before the opening (group 13)", "i1 11:00 resolved; i1 09:00; d1 08:00 v1",
     "i1>d1 restore=120; d1 failed issue=60 recovered=180"},
    {"§2 a close with the time of resolution (group 17)", "d1 08:00 v1; i1 09:00; i1 12:00 resolved resolved=10:00",
     "i1>d1 restore=60; d1 failed issue=60 recovered=120"},
    {"§2 a deleted incident does not count (group 17)", "d1 08:00 v1; i1 09:00; retract i1 10:00", ""},
    {"§2 a restored incident counts again", "d1 08:00 v1; i1 09:00; retract i1 10:00; restore i1 11:00",
     "i1>d1; d1 failed issue=60"},
    {"§2 an override of the culprit", "d1 08:00 v1; d2 09:00 v2; i1 10:00; override i1 11:00 culprit=d1",
     "i1>d1; d1 failed issue=120"},
    {"§2 a retracted deployment is not attributed (group 17)", "d1 08:00 v1; d2 09:00 v2; i1 10:00; retract d2 11:00",
     "i1>d1; d1 failed issue=120"},
    {"§7 durations are never negative (group 15)", "i1 07:00 culprit=d1; i1 07:30 resolved; d1 08:00 v1",
     "i1>d1 restore=30; d1 failed issue=0 recovered=0"},
    {"§7 recovery counts from the change, restoring from the incident (group 18)",
     "d1 08:00 v1; i1 20:00; i1 20:05 resolved", "i1>d1 restore=5; d1 failed issue=720 recovered=725"},
    {"§7 the response counts from the earliest detection",
     "d1 08:00 v1; i1 08:30 detected=08:40; i2 08:50; d2 10:00 v2 kind=hotfix start=09:30",
     "d2 hotfix; i1>d1 decision=50/hotfix; i2>d1 decision=40/hotfix; d2 hotfix d1; d1 failed issue=40 recovered=- "
     "hotfix; d2 response=80"},
    {"§7 a hotfix without an incident has no response", "d1 08:00 v1; d2 10:00 v2 kind=hotfix",
     "d2 hotfix; d2 hotfix d1; d1 failed issue=120 recovered=120 hotfix"},
    {"§7 a decision lies between detection and restoration",
     "d1 08:00 v1; i1 08:30; i1 09:00 resolved; f1 09:30 off incident=i1",
     "i1>d1 restore=30 decision=-; f1 flag d1 for i1; d1 failed issue=30 recovered=60 flag"},
    {"§23.7 the first remediation between detection and restoration decides",
     "d1 08:00 v1; d2 09:00 v2 kind=hotfix fixes=d1 start=08:50; i1 09:30 culprit=d1; f1 09:45 off incident=i1; "
     "i1 10:30 resolved",
     "d2 hotfix; i1>d1 restore=60 decision=15/flag; d2 hotfix d1; f1 flag d1 for i1; d1 failed issue=50 recovered=150 "
     "hotfix"},
    {"§7 a remediation that names the incident decides too",
     "i1 08:30; d1 09:00 v1; d2 10:00 v2 kind=hotfix start=09:30 incident=i1",
     "d2 hotfix; i1>no_deployment decision=60/hotfix; d2 hotfix for i1"},
    // §3, §4 in the database
    {"§3 a late deployment re-evaluates history (group 13)", "d1 08:00 v1; d3 45/08:00 v1; i1 10:00; d2 09:00 v2",
     "d3 rollback; i1>d2 decision=63240/rollback; d3 rollback d2; d2 failed issue=60 recovered=- rollback"},
    {"§3 a rollback returns to a late deployment below others (group 13)",
     "d2 09:00 v2; d1 08:00 v1; d3 10:00 v3; d4 11:00 v4; d5 12:00 v2",
     "d5 rollback; d5 rollback d3; d5 rollback d4; d3 failed issue=120 recovered=120 rollback; d4 failed issue=60 "
     "recovered=60 rollback"},
    {"§23.11 of two versions with only a date the higher one is later",
     "d1 3/00:00 1.10.0 date_only=true; d2 3/00:00 1.9.0 date_only=true; i1 3/10:00", "i1>d1; d1 failed issue=600"},
    {"§23.11 a prerelease is earlier than its release",
     "d1 3/00:00 2.0 date_only=true; d2 3/00:00 2.0-rc.1 date_only=true; i1 3/10:00", "i1>d1; d1 failed issue=600"},
    {"§3 equal times are ordered by source and id", "d1 3/00:00 1.10.0; d2 3/00:00 1.9.0; i1 3/10:00",
     "i1>d2; d2 failed issue=600"},
    {"§2 failed, canceled and unfinished attempts are no changes (group 6)",
     "d1 08:00 v1; d2 09:00 v2 state=failed; d3 09:30 v3 state=canceled; d4 09:40 v4 state=running; i1 10:00",
     "i1>d1; d1 failed issue=120"},
    {"§2 a retried attempt with the same id (group 6)",
     "d1 08:00 v1; d2 09:00 v2 state=failed; d2 09:30 state=succeeded; i1 09:30", "i1>d2; d2 failed issue=0"},
    {"§2 a late inactive does not move the finish (group 6)", "d1 08:00 v1; d1 12:00 state=inactive; i1 09:00",
     "i1>d1; d1 failed issue=60"},
    {"§2 one id in two services (group 5)", "d1 08:00 v1; d1 08:00 v1 svc=search src=other; i1 09:00",
     "i1>d1; d1 failed issue=60"},
    {"§3 one commit in two services is two changes (group 4)",
     "d1 08:00 commit=abcdef01; d2 08:00 commit=abcdef01 svc=search; i1 09:00 svc=checkout,search",
     "i1/checkout>d1; i1/search>d2; d1 failed issue=60; d2 failed issue=60"},
    {"§22 marked as failed without an incident: no times", "d1 08:00 v1; override d1 12:00 failed=true",
     "d1 failed issue=-"},
    {"§22 marked as failed with an incident: its times", "d1 08:00 v1; i1 09:00; override d1 12:00 failed=true",
     "i1>d1; d1 failed issue=60"},
    {"§22 marked as not failed: its incidents have no change",
     "d1 08:00 v1; i1 09:00; i2 09:10 culprit=d1; override d1 12:00 failed=false", "i1>not_a_change; i2>not_a_change"},
    {"§22 marked as not failed: its rollback stays a rollback",
     "d1 08:00 v1; d2 09:00 v2; d3 10:00 v1; override d2 12:00 failed=false", "d3 rollback; d3 rollback d2"},
    {"§22 marked as not failed: a hotfix does not make it fail",
     "d1 08:00 v1; d2 10:00 v2 kind=hotfix; override d1 12:00 failed=false", "d2 hotfix; d2 hotfix d1"},
    {"§22 only an override marks failures, not a report", "d1 08:00 v1 failed=true; d2 09:00 v2 failed=false; i1 10:00",
     "i1>d2; d2 failed issue=60"},
    {"§5 two regions in the same second are two deployments (group 2)",
     "d1 08:00 v1 env=prod-eu; d2 08:00 v1 env=prod-us; i1 09:00 env=prod-us", "i1@prod-us>d2; d2 failed issue=60"},
};

const char* const outcome = R"sql(
WITH named AS (SELECT id, subject FROM deployment UNION ALL SELECT id, subject FROM flag_change)
SELECT coalesce(string_agg(line, '; ' ORDER BY rank, line), '') FROM (
  SELECT 1 AS rank, subject || ' ' || kind AS line FROM deployment WHERE kind <> 'planned'
  UNION ALL
  SELECT 2, i.subject || CASE WHEN count(*) OVER (PARTITION BY i.source, i.subject) > 1 THEN '/' || i.service ELSE '' END
         || CASE WHEN i.environment <> 'production' THEN '@' || i.environment ELSE '' END || '>'
         || coalesce((SELECT subject FROM named WHERE id = i.blamed), i.reason)
         || CASE WHEN i.restored_at IS NOT NULL THEN ' restore=' || extract(epoch FROM greatest(i.restored_at, i.started_at) - i.started_at)::int / 60 ELSE '' END
         || CASE WHEN i.decided_at IS NOT NULL
                 THEN ' decision=' || extract(epoch FROM i.decided_at - i.detected_at)::int / 60 || '/' || i.decided_way
                 WHEN EXISTS (SELECT FROM remedy r WHERE r.change = i.blamed) THEN ' decision=-' ELSE '' END
  FROM incident i
  UNION ALL
  SELECT 3, (SELECT subject FROM named WHERE id = r.by) || ' ' || way
         || coalesce(' ' || (SELECT subject FROM named WHERE id = r.change), '') || coalesce(' for ' || incident_subject, '')
  FROM remedy r
  UNION ALL
  SELECT 4, subject || ' failed issue='
         || CASE WHEN issue_at IS NULL THEN '-' ELSE (extract(epoch FROM greatest(issue_at, finished_at) - finished_at)::int / 60)::text END
         || CASE WHEN recovered_at IS NOT NULL THEN ' recovered=' || extract(epoch FROM greatest(recovered_at, finished_at) - finished_at)::int / 60
                 WHEN first_remedy IS NOT NULL THEN ' recovered=-' ELSE '' END
         || coalesce(' ' || first_remedy, '')
  FROM deployment WHERE failed
  UNION ALL
  SELECT 5, subject || ' response=' || extract(epoch FROM finished_at - response_from)::int / 60
  FROM deployment WHERE response_from IS NOT NULL) AS lines
)sql";

}

TEST_SUITE("postgres") {
  TEST_CASE("events give the expected timeline, in order and backwards") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    int n = 0;
    for (const auto& c : cases) {
      INFO(std::string(c.rule));
      INFO(std::string(c.told));
      auto events = case_reader::read(c.told);
      db.empty();
      REQUIRE(to.append({entry_of("case-" + std::to_string(++n), events)}).front());
      derive.derive();
      CHECK(db.query(outcome) == std::string(c.becomes));
      db.empty();
      std::ranges::reverse(events);
      for (const auto& e : events) {
        REQUIRE(to.append({entry_of("case-" + std::to_string(++n), {e})}).front());
        derive.derive();
      }
      CHECK(db.query(outcome) == std::string(c.becomes));
    }
  }
}
