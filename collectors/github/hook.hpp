#pragma once
// What reading one GitHub delivery needs, and the readers of its event types. Included by this folder only.
#include <optional>
#include <string>

#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::github {

/// One delivery on its way to events: the source's settings, the delivery's id and its body.
struct hook {
  const source& settings;
  std::string id;
  const json::value& in;

  std::string text(std::string_view pointer) const { return text_at(in, pointer); }
  bool reads_deployments_from(std::string_view type) const { return settings.setting("deployments") == type; }

  /// A deployment from the default branch has nothing to be merged back.
  bool is_default_branch(std::string_view ref) const {
    const auto branch = text("/repository/default_branch");
    return !branch.empty() && (ref == branch || ref == "refs/heads/" + branch);
  }

  event start(std::string type, std::string subject, std::optional<timestamp> time, timestamp fallback) const {
    event e;
    e.id = id;
    e.thing = e.type = std::move(type);
    e.subject = std::move(subject);
    e.time = time.value_or(fallback);
    return e;
  }
};

// deployments.cpp
result<decoded> deployment(const hook&, timestamp now);
result<decoded> deployment_status(const hook&, timestamp now);
result<decoded> release(const hook&, timestamp now);
result<decoded> workflow_run(const hook&, timestamp now);
// commits.cpp
result<decoded> pull_request(const hook&, timestamp now);
result<decoded> push(const hook&, timestamp now);
// issues.cpp
result<decoded> issues(const hook&, timestamp now);

}
