#include "daemon/import/history.hpp"

#include "collectors/canonical/canonical.hpp"
#include "collectors/csv/csv.hpp"
#include "collectors/signature.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t events_per_entry = 1000;

void complete(event& e, const history_defaults& defaults) {
  if (e.type == "commit" || e.type == "retraction") return;
  if (!defaults.service.empty() && !e.fields.contains("service")) e.fields["service"] = defaults.service;
  if (!defaults.environment.empty() && e.type != "work" && !e.fields.contains("environment"))
    e.fields["environment"] = defaults.environment;
}

void keep(history& h, result<event> e, std::size_t line, const history_defaults& defaults) {
  if (!e) {
    h.refused.push_back({line, e.error()});
    return;
  }
  if (const auto mark = e->fields.find("override"); mark != e->fields.end()) {  // as `export events` writes it
    e->is_override = mark->value() == true;
    e->fields.erase(mark);
  }
  e->fields.erase("received_at");
  complete(*e, defaults);
  h.events.push_back(std::move(*e));
}

}

history read_event_history(std::string_view text, const history_defaults& defaults, timestamp now) {
  history h;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto record = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (record.find_first_not_of(" \t\r") == record.npos) continue;
    auto value = parse_json_strictly(record);
    keep(h, value ? canonical::read_event(std::move(*value), now) : result<event>(value.error()), line, defaults);
  }
  return h;
}

history read_csv_history(std::string_view text, const history_defaults& defaults, timestamp now) {
  history h;
  csv::reader rows(text);
  const auto columns = rows.next();
  if (!columns) return h;
  while (const auto row = rows.next()) keep(h, csv::read_row(*columns, *row, now), rows.line(), defaults);
  return h;
}

std::vector<ledger::entry> as_entries(std::vector<event> events, const std::string& source, timestamp now) {
  std::vector<ledger::entry> entries;
  for (std::size_t at = 0; at < events.size(); at += events_per_entry) {
    auto& e = entries.emplace_back();
    e.source = source;
    e.received_at = now;
    e.outcome = "imported";
    std::string identity;
    for (std::size_t i = at; i < std::min(at + events_per_entry, events.size()); ++i) {
      identity += json::serialize(canonical::write_event(events[i])) + '\n';
      e.events.push_back(std::move(events[i]));
    }
    e.key = "import-" + sha256_hex(identity);
  }
  return entries;
}

}
