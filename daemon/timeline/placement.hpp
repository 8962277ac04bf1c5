#pragma once
// Assigns reports of alerts to incidents where the sender identifies neither. Alertmanager and Grafana repeat a firing
// alert, let it fire again with its original start time, and some versions overwrite that time when it ends.
#include <optional>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

/// The fingerprint of the alert that an event reports. All incidents of an alert are named `<fingerprint>/<start>`, and
/// ids of their reports begin with the incident's name. Empty for any other event.
std::string alert_of(const event&);

/// A stored report of an alert.
struct known_report {
  std::string subject;
  std::optional<incident_state> state;
  timestamp time, received_at;
  std::optional<timestamp> resolved_at;
};

/// Gives the event its subject, id and time among the earlier received reports of its alert, and adds it to them. False
/// if it repeats the latest report.
/// - An event that opens an incident or has a start belongs to the incident of its subject, if known. Otherwise it
///   belongs to the incident that is open by the latest report: an alert that fires with another start and without a
///   resolution in between continues, and a resolution without a start ends it.
/// - The first report of each state keeps its id and time. A later one has the time of its receipt, because the sender
///   does not report when the state returned.
bool place_report(event&, timestamp received_at, std::vector<known_report>& known);

}
