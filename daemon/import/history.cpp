#include "daemon/import/history.hpp"

#include <istream>

#include "collectors/canonical/canonical.hpp"
#include "collectors/csv/csv.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

// An override wraps what stood there before into two more levels.
constexpr body_limits exported{2 * most_json_depth, own_limits.json_values, own_limits.batch};

void complete(event& e, const history_defaults& defaults) {
  if (e.type == "commit" || e.type == "retraction") return;
  const bool names_service = e.fields.contains("service") || e.fields.contains("services");
  if (!defaults.service.empty() && !names_service) e.fields["service"] = defaults.service;
  if (!defaults.environment.empty() && e.type != "work" && !e.fields.contains("environment"))
    e.fields["environment"] = defaults.environment;
}

void keep(result<canonical::exported> e, const std::string& where, const history_defaults& defaults,
          const record_handler& to) {
  if (!e) return to.refuse({where, e.error()});
  complete(e->of, defaults);
  to.take(std::move(e->of), e->received_at);
}

result<canonical::exported> read_row(const std::vector<std::string>& names, const std::vector<std::string>& row,
                                     timestamp now) {
  auto e = csv::read_row(names, row, now);
  if (!e) return e.error();
  return canonical::exported{std::move(*e), time_at(csv::read_object(names, row), "/received_at")};
}

}

void take_checked(event e, const std::string& where, const history_defaults& defaults, timestamp now,
                  const record_handler& to) {
  auto found = check(e, now);
  if (!found.empty()) return to.refuse({where, error(errc::malformed, "not stored", std::move(found))});
  complete(e, defaults);
  to.take(std::move(e), {});
}

void read_event_history(std::istream& in, const history_defaults& defaults, timestamp now, const record_handler& to) {
  std::string record;
  for (std::size_t line = 1; std::getline(in, record); ++line) {
    if (record.find_first_not_of(" \t\r") == record.npos) continue;
    auto value = parse_json_strictly(record, exported);
    keep(value ? canonical::read_exported(std::move(*value), now) : value.error(), std::to_string(line), defaults, to);
  }
}

void read_csv_history(std::istream& in, const std::map<std::string, std::string>& columns,
                      const history_defaults& defaults, timestamp now, const record_handler& to) {
  constexpr std::size_t chunk = std::size_t{64} * 1024;
  csv::reader rows([&](std::string& text) {
    const auto before = text.size();
    text.resize(before + chunk);
    in.read(text.data() + before, chunk);
    text.resize(before + static_cast<std::size_t>(in.gcount()));
    return text.size() > before;
  });
  auto names = rows.next();
  if (!names) return;
  for (auto& name : *names)
    for (const auto& [ours, theirs] : columns)
      if (name == theirs) name = ours;
  while (const auto row = rows.next()) keep(read_row(*names, *row, now), std::to_string(rows.line()), defaults, to);
}

}
