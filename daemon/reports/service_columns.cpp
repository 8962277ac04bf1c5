#include "daemon/reports/service_columns.hpp"

#include "collectors/words.hpp"

namespace releasehealth {
namespace {

constexpr service_column every_column[] = {
    {"planned", "deployments", word(deployment_kind::planned), "", true},
    {"hotfixes", "deployments", word(deployment_kind::hotfix), "hotfixes", true},
    {"rollbacks", "deployments", word(deployment_kind::rollback), "", true},
    {"failed", "failed_deployments", "", "", false},
    {"hotfixes/planned", "hotfixes_per_planned_deployment", "", "hotfixes_per_planned_deployment", false},
    {"rework", "rework_ratio", "", "rework_ratio", false},
    {"rolled back", "rollback_ratio", "", "rollback_ratio", true},
    {"change fail", "change_fail_ratio", "", "change_fail_ratio", true},
    {"to issue", "time_to_issue_seconds", "", "time_to_issue_seconds", true},
    {"recovery", "recovery_seconds", "", "", true},
};

}

std::span<const service_column> service_columns() { return every_column; }

}
