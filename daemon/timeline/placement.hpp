#pragma once
// Which incident a report of an alert is about, and which report of it, if its sender can say neither: Alertmanager and
// Grafana repeat what fires for as long as it fires, let it fire again with the time at which it began first, and some
// versions overwrite that time as it ends.
#include <optional>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

/// The fingerprint of the alert that an event reports, all of whose incidents are called `<fingerprint>/<start>`, and
/// whose reports begin with the incident's name. Empty for any other event.
std::string alert_of(const event&);

/// A stored report of an alert.
struct known_report {
  std::string subject;
  std::optional<incident_state> state;
  timestamp time, received_at;
  std::optional<timestamp> resolved_at;
};

/// Gives the event its subject, id and time among the reports of its alert that were received before, and adds it to
/// them. False if it says what the latest of them says.
/// - An incident that the event knows is its own. Otherwise it is about the one that is open by the latest report: an
///   alert that fires with another start and no resolution in between goes on, a resolution without a start ends it.
/// - The first report of each state keeps its id and time. A later one is dated by its receipt, as its sender gives no
///   time at which the state came back.
bool place_report(event&, timestamp received_at, std::vector<known_report>& known);

}
