#pragma once
// What reading one GitLab delivery needs, and the readers of its event types. Included by this folder only.
#include <string>

#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::gitlab {

/// One delivery on its way to events: the source's settings, the delivery's id and its body.
struct hook {
  const source& settings;
  std::string id;
  const json::value& in;

  std::string text(std::string_view pointer) const { return text_at(in, pointer); }
  std::optional<timestamp> time(std::string_view pointer) const { return sender_time_at(in, pointer); }
  std::string project() const { return text("/project/path_with_namespace"); }
  bool is_default_branch(std::string_view ref) const {
    const auto branch = text("/project/default_branch");
    return !branch.empty() && (ref == branch || ref == "refs/heads/" + branch);
  }
  bool reads_deployments_from(std::string_view type) const { return settings.setting("deployments") == type; }

  event start(std::string type, std::string subject, std::optional<timestamp> at, timestamp fallback) const {
    event e;
    e.id = id;
    e.thing = e.type = std::move(type);
    e.subject = std::move(subject);
    e.time = at.value_or(fallback);
    return e;
  }
};

// deployments.cpp
result<decoded> deployment(const hook&, timestamp now);
result<decoded> release(const hook&, timestamp now);
result<decoded> pipeline(const hook&, timestamp now);
result<decoded> tag_push(const hook&, timestamp now);
// commits.cpp
result<decoded> merge_request(const hook&, timestamp now);
result<decoded> push(const hook&, timestamp now);
// incidents.cpp
result<decoded> issue(const hook&, timestamp now);
result<decoded> feature_flag(const hook&, timestamp now);

}
