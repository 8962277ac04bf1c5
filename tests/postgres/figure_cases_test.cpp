// Figures over periods and scopes: one case a line, with the rule of figures.md that it pins.
#include "daemon/figures/members.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// `of`: a service, or `team payments`, to which checkout and search belong; it has two engineers. `over`: from and to.
struct figure_case {
  const char* rule;
  const char* told;
  const char* of;
  const char* over;
  const char* figure;
  const char* is;  ///< `-`: no value
};

const figure_case cases[] = {
    // §1, §10
    {"§1 nothing to measure, no value (group 7)", "i1 10:00", "checkout", "1/00:00 2/00:00", "change_fail_ratio", "-"},
    {"§1 but the incident counts (group 7)", "i1 10:00", "checkout", "1/00:00 2/00:00", "incidents severity=unknown",
     "1"},
    {"§1 sum over sum (group 8)",
     "d1 08:00 v1; i1 09:00; d2 08:00 v1 svc=search; d3 09:00 v2 svc=search; d4 10:00 v3 svc=search", "team payments",
     "1/00:00 2/00:00", "change_fail_ratio", "0.25"},
    {"§1 pooled quantiles, never a median of medians (group 8)",
     "d1 08:00 v1; i1 09:00; i1 09:01 resolved; i2 10:00; i2 10:01 resolved; i3 11:00; i3 11:01 resolved; i4 12:00 "
     "svc=search; i4 12:09 resolved",
     "team payments", "1/00:00 2/00:00", "restore_seconds quantile=0.5", "60"},
    {"§1 the median of two is in the middle (group 9)", "i1 09:00; i1 09:01 resolved; i2 10:00; i2 10:10 resolved",
     "checkout", "1/00:00 2/00:00", "restore_seconds quantile=0.5", "330"},
    {"§1 sorted as numbers (group 9)",
     "i1 09:00; i1 09:00:09 resolved; i2 10:00; i2 10:01:40 resolved; i3 11:00; i3 11:00:20 resolved", "checkout",
     "1/00:00 2/00:00", "restore_seconds quantile=0.5", "20"},
    {"§1 interpolated", "i1 09:00; i1 09:01 resolved; i2 10:00; i2 10:10 resolved", "checkout", "1/00:00 2/00:00",
     "restore_seconds quantile=0.9", "546"},
    {"§1 its observations (group 16: open ones are none)", "i1 09:00; i1 09:01 resolved; i2 10:00", "checkout",
     "1/00:00 2/00:00", "restore_seconds quantile=0.5 observations", "1"},
    {"§10 from the begin (group 10)", "d1 2/00:00 v1", "checkout", "2/00:00 3/00:00", "deployments kind=planned", "1"},
    {"§10 up to the end, exclusive (group 10)", "d1 2/00:00 v1", "checkout", "1/00:00 2/00:00",
     "deployments kind=planned", "0"},
    {"§10 a microsecond before it (group 10)", "d1 1/23:59:59.999999 v1", "checkout", "1/00:00 2/00:00",
     "deployments kind=planned", "1"},
    // §7
    {"§7 a change that failed later failed in its own period (group 13)", "d1 10:00 v1; i1 3/10:00", "checkout",
     "1/00:00 2/00:00", "failed_changes kind=planned", "1"},
    {"§7 and in no other", "d1 10:00 v1; i1 3/10:00", "checkout", "3/00:00 4/00:00", "failed_changes kind=planned",
     "0"},
    {"§7 the incident belongs to where it started", "d1 10:00 v1; i1 3/10:00", "checkout", "3/00:00 4/00:00",
     "incidents severity=unknown", "1"},
    {"§7 two incidents, one failure: never above 1 (group 3)", "d1 08:00 v1; i1 09:00; i2 10:00; i3 11:00", "checkout",
     "1/00:00 2/00:00", "change_fail_ratio", "1"},
    {"§11 attempts are no changes (group 6)", "d1 08:00 v1; d2 09:00 v2 state=failed; d3 10:00 v3 state=canceled",
     "checkout", "1/00:00 2/00:00", "changes kind=planned", "1"},
    {"§11 v1 v2 v3 v1: three changes, two of them rolled back (group 1)",
     "d1 08:00 v1; d2 09:00 v2; d3 10:00 v3; d4 11:00 v1", "checkout", "1/00:00 2/00:00", "rollback_ratio",
     "0.6666666666666666"},
    {"§11 both failed", "d1 08:00 v1; d2 09:00 v2; d3 10:00 v3; d4 11:00 v1", "checkout", "1/00:00 2/00:00",
     "failed_changes kind=planned", "2"},
    {"§11 four deployments, one a rollback", "d1 08:00 v1; d2 09:00 v2; d3 10:00 v3; d4 11:00 v1", "checkout",
     "1/00:00 2/00:00", "deployments kind=rollback", "1"},
    {"§11 a hotfix that failed", "d1 08:00 v1; d2 09:00 v2 kind=hotfix; i1 10:00", "checkout", "1/00:00 2/00:00",
     "hotfix_fail_ratio", "1"},
    {"§11 time to issue, to the second (group 18)", "d1 08:00 v1; i1 08:00:30", "checkout", "1/00:00 2/00:00",
     "time_to_issue_seconds quantile=0.5", "30"},
    {"§11 within an hour", "d1 08:00 v1; i1 09:00", "checkout", "1/00:00 2/00:00", "changes_with_issue within=1h", "1"},
    {"§11 or not", "d1 08:00 v1; i1 09:00:01", "checkout", "1/00:00 2/00:00", "changes_with_issue within=1h", "0"},
    {"§11 recovery counts from the change (group 18)", "d1 08:00 v1; i1 20:00; i1 20:05 resolved", "checkout",
     "1/00:00 2/00:00", "recovery_seconds quantile=0.5", "43500"},
    {"§11 restoring from the incident (group 18)", "d1 08:00 v1; i1 20:00; i1 20:05 resolved", "checkout",
     "1/00:00 2/00:00", "restore_seconds quantile=0.5", "300"},
    {"§11 never negative (group 15)", "i1 07:00 culprit=d1; i1 07:30 resolved; d1 08:00 v1", "checkout",
     "1/00:00 2/00:00", "recovery_seconds quantile=0.5", "0"},
    {"§11 recovery by first remedy", "d1 08:00 v1; d2 09:00 v2; d3 10:00 v1", "checkout", "1/00:00 2/00:00",
     "recovery_by_remedy_seconds remedy=rollback quantile=0.5", "3600"},
    {"§11 or none", "d1 08:00 v1; i1 09:00; i1 10:00 resolved", "checkout", "1/00:00 2/00:00",
     "recovery_by_remedy_seconds remedy=none quantile=0.5", "7200"},
    {"§11 lead time", "d1 08:00 v1 first_commit_at=2025-12-31T08:00:00Z", "checkout", "1/00:00 2/00:00",
     "lead_time_seconds quantile=0.5", "86400"},
    {"§11 response", "d1 08:00 v1; i1 09:00; d2 10:00 v2 kind=hotfix start=09:30", "checkout", "1/00:00 2/00:00",
     "hotfix_response_seconds quantile=0.5", "3600"},
    {"§11 within the target, equal counts", "d1 08:00 v1; i1 09:00; d2 11:00 v2 kind=hotfix start=09:30", "checkout",
     "1/00:00 2/00:00", "hotfix_response_within_target_ratio", "1"},
    {"§11 beyond it", "d1 08:00 v1; i1 09:00; d2 11:00:01 v2 kind=hotfix start=09:30", "checkout", "1/00:00 2/00:00",
     "hotfix_response_within_target_ratio", "0"},
    {"§11 decision", "d1 08:00 v1; i1 09:00; d2 10:00 v2 kind=hotfix start=09:30", "checkout", "1/00:00 2/00:00",
     "decision_by_remedy_seconds remedy=hotfix quantile=0.5", "1800"},
    {"§11 unattributed by reason", "i1 09:00; i2 10:00 culprit=none", "checkout", "1/00:00 2/00:00",
     "unattributed_incidents reason=not_a_change", "1"},
    {"§11 without a service", "i1 09:00 svc=-", "", "1/00:00 2/00:00", "unattributed_incidents reason=no_service", "1"},
    {"§11 incidents by severity", "i1 09:00 severity=2; i2 10:00 severity=2", "checkout", "1/00:00 2/00:00",
     "incidents severity=2", "2"},
    {"§1 staging's incidents enter nothing (group 14)", "i1 09:00 env=staging", "checkout", "1/00:00 2/00:00",
     "incidents severity=unknown", "-"},
    {"§11 of several services it counts in each", "i1 09:00 svc=checkout,search", "search", "1/00:00 2/00:00",
     "incidents severity=unknown", "1"},
    {"§11 and in their team once", "i1 09:00 svc=checkout,search", "team payments", "1/00:00 2/00:00",
     "incidents severity=unknown", "1"},
    {"§2 a deleted incident (group 17)", "i1 09:00; retract i1 10:00", "checkout", "1/00:00 2/00:00",
     "incidents severity=unknown", "-"},
    {"§2 a severity that changed (group 17)", "i1 09:00 severity=1; i1 09:30 severity=3", "checkout", "1/00:00 2/00:00",
     "incidents severity=3", "1"},
    // §8
    {"§8 duration: one person while it is open", "i1 10:00; i1 11:00 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=duration", "3600"},
    {"§8 until mitigated", "i1 10:00; i1 10:30 mitigated=10:20; i1 11:00 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=duration", "1200"},
    {"§8 at most 72 hours a stretch", "i1 10:00", "checkout", "1/00:00 20/00:00",
     "firefighting_seconds method=duration", "259200"},
    {"§8 not between a close and a reopening (group 15)",
     "i1 10:00; i1 11:00 resolved; i1 12:00 open; i1 12:30 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=duration", "5400"},
    {"§8 an open one up to the period's end", "i1 23:00", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=duration", "3600"},
    {"§8 split at a month's edge (groups 10, 19)", "i1 31/23:00; i1 32/02:00 resolved", "checkout", "1/00:00 32/00:00",
     "firefighting_seconds method=duration", "3600"},
    {"§8 the rest is the next month's (group 19)", "i1 31/23:00; i1 32/02:00 resolved", "checkout", "32/00:00 60/00:00",
     "firefighting_seconds method=duration", "7200"},
    {"§8 overlapping incidents: the union (group 19)", "i1 10:00; i1 12:00 resolved; i2 11:00; i2 13:00 resolved",
     "checkout", "1/00:00 2/00:00", "firefighting_seconds method=duration", "10800"},
    {"§8 engaged: from joining or the acknowledgement to restoration",
     "i1 10:00 person=ana; i1 10:15 ack; i1 11:00 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=engaged", "2700"},
    {"§8 which beats the duration", "i1 10:00 person=ana; i1 10:15 ack; i1 11:00 resolved", "checkout",
     "1/00:00 2/00:00", "firefighting_seconds method=duration", "-"},
    {"§8 reported beats both",
     "i1 10:00 person=ana; i1 11:00 resolved; w1 12:00 incident=i1 person=bo from=10:10 to=10:30", "checkout",
     "1/00:00 2/00:00", "firefighting_seconds method=reported", "1200"},
    {"§8 and nothing else counts then",
     "i1 10:00 person=ana; i1 11:00 resolved; w1 12:00 incident=i1 person=bo from=10:10 to=10:30", "checkout",
     "1/00:00 2/00:00", "firefighting_seconds method=engaged", "-"},
    {"§8 one person on two incidents counts once",
     "i1 10:00 person=ana; i1 12:00 resolved; i2 11:00 person=ana; i2 13:00 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=engaged", "10800"},
    {"§8 two persons count twice", "i1 10:00 person=ana; i1 12:00 resolved; i2 10:00 person=bo; i2 12:00 resolved",
     "checkout", "1/00:00 2/00:00", "firefighting_seconds method=engaged", "14400"},
    {"§8 under the stronger method",
     "w1 12:00 incident=i1 person=ana from=10:00 to=11:00; i1 10:00; i2 10:30 person=ana; i2 11:30 resolved",
     "checkout", "1/00:00 2/00:00", "firefighting_seconds method=engaged", "1800"},
    {"§8 nobody known works only where nobody of the team is known to",
     "i1 10:00; i1 12:00 resolved; i2 11:00 svc=search person=ana; i2 13:00 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=duration", "3600"},
    {"§8 a service without team stands alone",
     "i1 10:00 svc=cart; i1 12:00 resolved; i2 11:00 svc=search person=ana; i2 13:00 resolved", "cart",
     "1/00:00 2/00:00", "firefighting_seconds method=duration", "7200"},
    {"§8 the team's anonymous person is one", "i1 10:00; i1 12:00 resolved; i2 11:00 svc=search; i2 13:00 resolved",
     "team payments", "1/00:00 2/00:00", "firefighting_seconds method=duration", "10800"},
    {"§8 an incident of two services: once in the team", "i1 10:00 svc=checkout,search; i1 12:00 resolved",
     "team payments", "1/00:00 2/00:00", "firefighting_seconds method=duration", "7200"},
    {"§8 seconds count at the time of the event", "i1 10:00; w1 12:00 incident=i1 person=ana seconds=600", "checkout",
     "1/00:00 2/00:00", "firefighting_seconds method=reported", "600"},
    {"§8 of two services once in the team", "i1 10:00 svc=checkout,search; w1 12:00 incident=i1 person=ana seconds=600",
     "team payments", "1/00:00 2/00:00", "firefighting_seconds method=reported", "600"},
    {"§8 work on a service", "w1 12:00 svc=checkout person=ana from=10:00 to=10:30", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=reported", "1800"},
    {"§8 in its production environment, whatever that is called",
     "d1 08:00 v1 env=prod-eu; w1 12:00 svc=checkout person=ana from=10:00 to=10:30", "checkout@prod-eu",
     "1/00:00 2/00:00", "firefighting_seconds method=reported", "1800"},
    {"§8 not in staging", "i1 10:00 env=staging; i1 11:00 resolved", "checkout", "1/00:00 2/00:00",
     "firefighting_seconds method=duration", "-"},
    {"§8 the share: Thursday the 1st, two engineers, eight hours each", "i1 10:00; i1 11:00 resolved", "team payments",
     "1/00:00 2/00:00", "firefighting_ratio", "0.0625"},
    {"§8 no capacity on a weekend, no share", "i1 3/10:00; i1 3/11:00 resolved", "team payments", "3/00:00 4/00:00",
     "firefighting_ratio", "-"},
    // §9
    {"§9 not merged back", "d1 08:00 v1 kind=hotfix commit=abcdef1", "checkout", "1/00:00 2/00:00", "unmerged_hotfixes",
     "1"},
    {"§9 since when", "d1 08:00 v1 kind=hotfix; d2 09:00 v2 kind=hotfix", "checkout", "1/00:00 2/00:00",
     "oldest_unmerged_hotfix_timestamp_seconds", "1767254400"},
    {"§9 its commit reached the default branch", "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1234 10:00 main",
     "checkout", "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 a commit that names it as cherry-picked did",
     "d1 08:00 v1 kind=hotfix commit=abcdef1234; #fedcba9 10:00 main picked_from=abcdef12", "checkout",
     "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 one that was picked from the default branch has been there",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 picked_from=fedcba9; #fedcba9 06:00 main", "checkout",
     "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 a pick that did not reach it is none",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #fedcba9 10:00 picked_from=abcdef1", "checkout", "1/00:00 2/00:00",
     "unmerged_hotfixes", "1"},
    {"§9 its pull request's twin, of the same branch",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 repository=acme pr=7 ref=hotfix/1; #fedcba9 09:00 main "
     "repository=acme pr=8 ref=hotfix/1",
     "checkout", "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 a twin of the same title",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 repository=acme pr=7 title=Tax; #fedcba9 09:00 main "
     "repository=acme pr=8 title=Tax",
     "checkout", "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 not of another repository",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 repository=acme pr=7 ref=hotfix/1; #fedcba9 09:00 main "
     "repository=other pr=8 ref=hotfix/1",
     "checkout", "1/00:00 2/00:00", "unmerged_hotfixes", "1"},
    {"§9 nor one merged before it",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 repository=acme pr=7 title=Tax; #fedcba9 06:00 main "
     "repository=acme pr=8 title=Tax",
     "checkout", "1/00:00 2/00:00", "unmerged_hotfixes", "1"},
    {"§9 a retracted commit proves nothing",
     "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 10:00 main; retract #abcdef1 11:00", "checkout",
     "1/00:00 2/00:00", "unmerged_hotfixes", "1"},
    {"§9 somebody says so", "d1 08:00 v1 kind=hotfix; override d1 10:00 back=09:30", "checkout", "1/00:00 2/00:00",
     "unmerged_hotfixes", "0"},
    {"§9 what was rolled back owes nothing", "d1 08:00 v1; d2 09:00 v2 kind=hotfix; d3 10:00 v1", "checkout",
     "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 nor what came from the default branch", "d1 08:00 v1 kind=hotfix default_branch=true", "checkout",
     "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 nor what is older than the horizon", "d1 08:00 v1 kind=hotfix", "checkout", "1/00:00 92/00:00",
     "unmerged_hotfixes", "0"},
    {"§9 nor planned releases", "d1 08:00 v1", "checkout", "1/00:00 2/00:00", "unmerged_hotfixes", "0"},
    {"§9 a review is due after seven days", "d1 08:00 v1 kind=hotfix", "checkout", "1/00:00 8/08:00:01",
     "overdue_reviews", "1"},
    {"§9 not before", "d1 08:00 v1 kind=hotfix", "checkout", "1/00:00 8/08:00", "overdue_reviews", "0"},
    {"§9 nor once it was held", "d1 08:00 v1 kind=hotfix; d1 5/08:00 state=inactive review=5/08:00", "checkout",
     "1/00:00 9/00:00", "overdue_reviews", "0"},
    {"§9 of incidents of severity 1 and 2 too, from their resolution",
     "i1 08:00 severity=2; i1 09:00 resolved; i2 08:00 severity=3; i2 09:00 resolved; i3 08:00 severity=1", "checkout",
     "1/00:00 9/00:00", "overdue_reviews", "1"},
    {"§9 imported history owes none", "i1 08:00 severity=2; i1 09:00 resolved; d1 08:00 v1 kind=hotfix", "checkout",
     "1/00:00 92/10:00", "overdue_reviews", "0"},
    {"§9 an incident of two services once in the team", "i1 08:00 severity=2 svc=checkout,search; i1 09:00 resolved",
     "team payments", "1/00:00 9/00:00", "overdue_reviews", "1"},
    {"§9 unjustified", "d1 08:00 v1 kind=hotfix; d2 09:00 v2 kind=hotfix justification=revenue", "checkout",
     "1/00:00 2/00:00", "unjustified_hotfixes", "1"},
    {"§9 an incident of severity 1 or 2 justifies", "d1 08:00 v1; i1 09:00 severity=2; d2 10:00 v2 kind=hotfix",
     "checkout", "1/00:00 2/00:00", "unjustified_hotfixes", "0"},
    {"§9 one of severity 3 does not", "d1 08:00 v1; i1 09:00 severity=3; d2 10:00 v2 kind=hotfix", "checkout",
     "1/00:00 2/00:00", "unjustified_hotfixes", "1"},
    {"§9 nor one that was over", "d1 08:00 v1; i1 08:10 severity=1; i1 09:00 resolved; d2 10:00 v2 kind=hotfix",
     "checkout", "1/00:00 2/00:00", "unjustified_hotfixes", "1"},
    {"§9 unless it is named",
     "d1 08:00 v1; i1 08:10 severity=1; i1 09:00 resolved; d2 10:00 v2 kind=hotfix incident=i1", "checkout",
     "1/00:00 2/00:00", "unjustified_hotfixes", "0"},
    {"§6 unattributed", "d1 08:00 v1 kind=hotfix; d2 09:00 v2; d3 10:00 v3 kind=hotfix", "checkout", "1/00:00 2/00:00",
     "unattributed_hotfixes", "1"},
    {"§9 the cause is its own", "d1 08:00 v1 kind=hotfix cause=data", "checkout", "1/00:00 2/00:00",
     "hotfixes_by_cause cause=data", "1"},
    {"§9 else its incident's", "d1 08:00 v1; i1 09:00 cause=security; d2 10:00 v2 kind=hotfix", "checkout",
     "1/00:00 2/00:00", "hotfixes_by_cause cause=security", "1"},
    {"§9 of several that of the one it names",
     "d1 08:00 v1; i1 09:00 cause=security; i2 09:30 cause=data; d2 10:00 v2 kind=hotfix incident=i1", "checkout",
     "1/00:00 2/00:00", "hotfixes_by_cause cause=security", "1"},
    {"§9 none is unknown", "d1 08:00 v1 kind=hotfix", "checkout", "1/00:00 2/00:00", "hotfixes_by_cause cause=unknown",
     "1"},
    {"§9 anything else is other", "d1 08:00 v1 kind=hotfix cause=moon", "checkout", "1/00:00 2/00:00",
     "hotfixes_by_cause cause=other", "1"},
    {"§11 by justification", "d1 08:00 v1 kind=hotfix justification=data", "checkout", "1/00:00 2/00:00",
     "hotfixes_by_justification justification=data", "1"},
    {"§11 with a fact", "d1 08:00 v1 kind=hotfix tested=true; d2 09:00 v2 kind=hotfix tested=false", "checkout",
     "1/00:00 2/00:00", "hotfixes_with fact=tested", "1"},
    {"§11 a fact of its commit", "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 reviewed=true", "checkout",
     "1/00:00 2/00:00", "hotfixes_with fact=reviewed", "1"},
    {"§11 cherry-picked by its commit", "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 07:00 picked_from=fedcba9",
     "checkout", "1/00:00 2/00:00", "hotfixes_with fact=cherry_picked", "1"},
    {"§11 merged back", "d1 08:00 v1 kind=hotfix commit=abcdef1; #abcdef1 09:00 main", "checkout", "1/00:00 2/00:00",
     "hotfixes_with fact=merged_back_at", "1"},
    {"§11 size", "d1 08:00 v1 kind=hotfix lines_changed=10; d2 09:00 v2 kind=hotfix lines_changed=20", "checkout",
     "1/00:00 2/00:00", "hotfix_size_lines quantile=0.5", "15"},
    {"§9 closed too early: before its hotfix was merged back",
     "d1 08:00 v1; i1 09:00; d2 10:00 v2 kind=hotfix; i1 11:00 resolved", "checkout", "1/00:00 2/00:00",
     "closed_too_early", "1"},
    {"§9 not after it",
     "d1 08:00 v1; i1 09:00; d2 10:00 v2 kind=hotfix commit=abcdef1; #abcdef1 10:30 main; i1 11:00 resolved",
     "checkout", "1/00:00 2/00:00", "closed_too_early", "0"},
    {"§9 of severity 1 and 2 without a review", "i1 09:00 severity=1; i1 11:00 resolved", "checkout", "1/00:00 2/00:00",
     "closed_too_early", "1"},
    {"§9 with one not", "i1 09:00 severity=1; i1 11:00 resolved; i1 5/11:00 review=5/10:00", "checkout",
     "1/00:00 2/00:00", "closed_too_early", "0"},
    {"§9 against the policy: money is rolled back",
     "d1 08:00 v1; i1 09:00 touches=money; d2 10:00 v2 kind=hotfix start=09:30", "checkout", "1/00:00 2/00:00",
     "incidents_against_policy", "1"},
    {"§9 as it says", "d1 08:00 v1; d2 08:30 v2; i1 09:00 touches=money; d3 10:00 v1 start=09:30", "checkout",
     "1/00:00 2/00:00", "incidents_against_policy", "0"},
    {"§9 what nobody describes is not judged", "d1 08:00 v1; i1 09:00; d2 10:00 v2 kind=hotfix start=09:30", "checkout",
     "1/00:00 2/00:00", "incidents_against_policy", "0"},
    {"§9 a hotfix with a known cause and a tested fix",
     "d1 08:00 v1; i1 09:00 cause_known=true fix_tested=true; d2 10:00 v2 kind=hotfix start=09:30", "checkout",
     "1/00:00 2/00:00", "incidents_against_policy", "0"},
    {"§9 not with one that nobody tested",
     "d1 08:00 v1; i1 09:00 cause_known=true; d2 10:00 v2 kind=hotfix start=09:30", "checkout", "1/00:00 2/00:00",
     "incidents_against_policy", "1"},
    {"§9 watch what is small and not rising",
     "d1 08:00 v1; d2 08:30 v2; i1 09:00 blast_radius=small trajectory=stable; d3 10:00 v1 start=09:30", "checkout",
     "1/00:00 2/00:00", "incidents_against_policy", "1"},
    {"§9 for at most an hour",
     "d1 08:00 v1; d2 08:30 v2; i1 09:00 blast_radius=small trajectory=stable; d3 11:00 v1 start=10:01", "checkout",
     "1/00:00 2/00:00", "incidents_against_policy", "0"},
    {"§11 what was recommended", "i1 09:00 touches=data", "checkout", "1/00:00 2/00:00",
     "incidents_by_recommendation remedy=rollback", "1"},
    {"§11 what was done", "d1 08:00 v1; i1 09:00; d2 10:00 v2 kind=hotfix start=09:30", "checkout", "1/00:00 2/00:00",
     "incidents_by_remedy remedy=hotfix", "1"},
    // §11 rising months: January to June of 2026; the first month of a service is not covered whole
    {"§11 each with more than the one before",
     "d0 08:00 v0; d1 33/08:00 v1 kind=hotfix; d2 62/08:00 v2 kind=hotfix; d3 63/08:00 v3 kind=hotfix; d4 92/08:00 v4 "
     "kind=hotfix; d5 93/08:00 v5 kind=hotfix; d6 94/08:00 v6 kind=hotfix",
     "checkout", "1/00:00 130/00:00", "hotfix_rising_months", "2"},
    {"§11 not if the previous month has no more",
     "d0 08:00 v0; d1 33/08:00 v1 kind=hotfix; d2 62/08:00 v2 kind=hotfix; d3 63/08:00 v3 kind=hotfix", "checkout",
     "1/00:00 130/00:00", "hotfix_rising_months", "0"},
    {"§11 the current month does not count", "d0 08:00 v0; d1 33/08:00 v1 kind=hotfix", "checkout", "1/00:00 40/00:00",
     "hotfix_rising_months", "0"},
};

figure_settings settings() {
  figure_settings s;
  s.names = naming({{"checkout", "payments", {}, {}, {}}, {"search", "payments", {}, {}, {}}}, {});
  s.engineers["payments"] = 2;
  return s;
}

std::string read(const snapshot& s, const figure_settings& with, const std::string& of, const std::string& figure) {
  const auto at = of.find('@');
  const place where{of.substr(0, at), at == of.npos ? "production" : of.substr(at + 1)};
  const bool is_team = of.starts_with("team ");
  std::string found = "-";
  for_each_figure(s, with, [&](const figure_row& row) {
    if (is_team ? !row.is_team() || "team " + row.team != of : row.where != where) return;
    std::string name(row.of.name);
    for (const auto& [label, value] : row.labels()) name += ' ' + std::string(label) + '=' + std::string(value);
    std::ostringstream out;
    out.precision(16);
    if (name == figure && row.value) {
      out << row.value->value;
      found = out.str();
    }
    if (name + " observations" == figure && row.value) {
      out << *row.value->observations;
      found = out.str();
    }
  });
  return found;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("figures, case by case") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings derive_with;
    derive_with.blame.names = settings().names;
    ledger::deriver derive(db.where(), derive_with);
    ledger::reader from(db.where());
    const auto with = settings();
    int n = 0;
    for (const auto& c : cases) {
      INFO(std::string(c.rule));
      INFO(std::string(c.told));
      db.empty();
      REQUIRE(to.append({entry_of("case-" + std::to_string(++n), case_reader::read(c.told))}).front());
      derive.derive();
      const std::string over = c.over;
      const auto space = over.find(' ');
      const period p{"p", *parse_time(case_time(over.substr(0, space))), *parse_time(case_time(over.substr(space + 1))),
                     false};
      const auto s = answer_question(from, {.periods = {p}, .service = {}, .environment = {}, .team = {}}, with, p.end);
      CHECK(read(s, with, c.of, c.figure) == std::string(c.is));
    }
  }

  TEST_CASE("what explain lists behind each figure is as many as the figure counts") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings derive_with;
    derive_with.blame.names = settings().names;
    ledger::deriver derive(db.where(), derive_with);
    ledger::reader from(db.where());
    auto with = settings();
    with.response_target = std::chrono::hours(1000);  // the histories' times are hours apart
    const period p{"p", *parse_time(case_time("1/00:00")), *parse_time(case_time("20/00:00")), false};
    std::map<std::string_view, int> checked;
    for (unsigned seed = 1; seed <= 40; ++seed) {
      INFO(seed);
      db.empty();
      REQUIRE(to.append({entry_of("history-" + std::to_string(seed), random_history(seed).events)}).front());
      derive.derive();
      const auto s = answer_question(from, {.periods = {p}, .service = {}, .environment = {}, .team = {}}, with, p.end);
      const auto all = places_and_teams(from.places(), with);
      for_each_figure(s, with, [&](const figure_row& row) {
        if (!row.value || row.of.looks == shape::seconds || row.of.looks == shape::share ||
            row.of.looks == shape::capacity)
          return;
        if (row.of.looks == shape::instant || row.of.name == "hotfix_rising_months") return;
        const auto behind =
            find_members(from, row.of, row.in, row.over, scope_of(row.where, row.team, all, with.names), with);
        INFO(std::string(row.of.name));
        INFO(std::string(row.in.value));
        const auto& v = *row.value;
        const auto counted = v.observations ? *v.observations : v.numerator.value_or(v.value);
        CHECK(static_cast<double>(behind.counted.size()) == counted);
        if (v.denominator) CHECK(static_cast<double>(behind.of.size()) == *v.denominator);
        checked[row.of.name] += counted > 0;
      });
    }
    for (const auto& f : figures()) {
      if (f.looks == shape::seconds || f.to == belongs::teams || f.looks == shape::instant ||
          f.name == "hotfix_rising_months")
        continue;
      INFO(std::string(f.name));
      CHECK(checked[f.name] > 0);
    }
  }

  TEST_CASE("open incidents and since when; a team's last deployment is the last of its services") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings derive_with;
    derive_with.blame.names = settings().names;
    ledger::deriver derive(db.where(), derive_with);
    ledger::reader from(db.where());
    REQUIRE(to.append({entry_of("1", case_reader::read(
                                         "d1 08:00 v1; d2 09:00 v1 svc=search; i1 10:00; i2 11:00; i2 12:00 resolved; "
                                         "i3 13:00 svc=checkout,search; i4 09:00 env=staging"))})
                .front());
    derive.derive();
    const auto now = *parse_time(case_time("2/00:00"));
    const auto with = settings();
    const auto s = answer_question(from, {}, with, now);
    CHECK(read(s, with, "checkout", "open_incidents") == "2");
    CHECK(read(s, with, "checkout", "oldest_open_incident_timestamp_seconds") == "1767261600");
    CHECK(read(s, with, "search", "open_incidents") == "1");
    CHECK(read(s, with, "checkout@staging", "open_incidents") == "-");
    CHECK(read(s, with, "team payments", "open_incidents") == "2");
    CHECK(read(s, with, "team payments", "last_deployment_timestamp_seconds kind=planned") == "1767258000");
    CHECK(read(s, with, "checkout", "last_deployment_timestamp_seconds kind=hotfix") == "-");
  }

  TEST_CASE("a team is as the service's last deployment names it, unless configured") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    ledger::reader from(db.where());
    REQUIRE(
        to
            .append({entry_of(
                "1", case_reader::read(
                         "d2 09:00 v2 team=search; d1 08:00 v1 team=payments; d3 10:00 v3; d4 07:00 v1 env=staging"))})
            .front());
    derive.derive();
    CHECK(db.query("SELECT environment, team FROM place ORDER BY 1") == "production|search\nstaging|search");
    REQUIRE(to.append({entry_of("2", case_reader::read("retract d2 11:00"))}).front());
    derive.derive();
    CHECK(db.query("SELECT environment, team FROM place ORDER BY 1") == "production|payments\nstaging|payments");
    CHECK(answer_question(from, {}, {}, *parse_time(case_time("2/00:00"))).teams.contains("payments"));
    auto configured = settings();
    configured.names = naming({{"checkout", "core", {}, {}, {}}}, {});
    CHECK(answer_question(from, {}, configured, *parse_time(case_time("2/00:00"))).teams.contains("core"));
  }
}
