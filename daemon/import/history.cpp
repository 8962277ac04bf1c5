#include "daemon/import/history.hpp"

#include <algorithm>
#include <array>
#include <istream>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/canonical/record.hpp"
#include "collectors/csv/csv.hpp"
#include "collectors/fields.hpp"
#include "daemon/import/repository.hpp"

namespace releasehealth {
namespace {

// An exported override nests the previous facts two levels deeper.
constexpr body_limits exported{2 * most_json_depth, own_limits.json_values, own_limits.batch};

void complete(event& e, const history_defaults& defaults) {
  if (e.type == event_type::commit || e.type == event_type::tag || e.type == event_type::retraction) return;
  const bool names_service = e.fields.contains("service") || e.fields.contains("services");
  if (!defaults.service.empty() && !names_service) e.fields["service"] = defaults.service;
  if (!defaults.environment.empty() && e.type != event_type::work && !e.fields.contains("environment"))
    e.fields["environment"] = defaults.environment;
}

// A delivery's report may omit the service because another report names it. In an imported history no other report
// will.
bool lacks_service(const event& e) {
  if (e.type != event_type::deployment || e.is_override) return false;
  return std::ranges::none_of(std::array{"service", "repository", "path"},
                              [&](const char* field) { return e.fields.contains(field); });
}

void keep(result<canonical::exported> e, const std::string& where, const history_defaults& defaults,
          const record_handler& handler) {
  if (!e) return handler.refuse({where, e.error()});
  complete(e->content, defaults);
  if (!e->received_at && lacks_service(e->content))
    return handler.refuse(
        {where, error(errc::malformed, "deployment without a service; expected service, or --service")});
  handler.take(std::move(e->content), e->received_at);
}

// Renames the file's columns to the names of event fields.
result<void> rename_columns(std::vector<std::string>& names, const std::map<std::string, std::string>& columns) {
  const auto all = joined(names);
  for (const auto& [ours, theirs] : columns) {
    const auto found = std::ranges::find(names, theirs);
    if (found == names.end())
      return error(errc::malformed,
                   "--column " + ours + "=" + theirs + ": no column \"" + theirs + "\"; the file has " + all);
    *found = ours;
  }
  if (auto wrong = csv::check_header(names); !wrong.empty()) return error(errc::malformed, std::move(wrong));
  return {};
}

// Describes the first cell that is not UTF-8, which PostgreSQL cannot store; empty if there is none.
std::string find_bad_text(const std::vector<std::string>& names, const std::vector<std::string>& row) {
  for (std::size_t n = 0; n < row.size(); ++n)
    if (to_utf8(row[n], nullptr) != row[n])
      return "column \"" + (n < names.size() ? names[n] : std::to_string(n + 1)) +
             "\" is not UTF-8 (save the table as \"CSV UTF-8\")";
  return {};
}

// Without an id column the row's text identifies the event. Defaults are then part of the identity, so that importing
// the file again with other defaults updates the stored events.
result<canonical::exported> read_row(const std::vector<std::string>& names, const std::vector<std::string>& row,
                                     timestamp now, const history_defaults& defaults) {
  auto e = csv::read_row(names, row, now);
  if (!e) return e.error();
  const auto has = [&](const char* column) { return std::ranges::find(names, column) != names.end(); };
  constexpr std::size_t digits = 8;
  if (!has("id") && !(defaults.service + defaults.environment).empty())
    e->id += '-' + sha256_hex(defaults.service + '\n' + defaults.environment).substr(0, digits);
  return canonical::exported{std::move(*e), time_at(csv::read_object(names, row), "/received_at")};
}

}

void take_checked(event e, const std::string& where, const history_defaults& defaults, timestamp now,
                  const record_handler& handler) {
  auto found = check(e, now);
  if (!found.empty()) return handler.refuse({where, error(errc::malformed, "not stored", std::move(found))});
  complete(e, defaults);
  handler.take(std::move(e), {});
}

void read_event_history(std::istream& stream, const history_defaults& defaults, timestamp now,
                        const record_handler& handler) {
  std::string record;
  for (std::size_t line = 1; std::getline(stream, record); ++line) {
    if (line == 1 && record.starts_with("\xEF\xBB\xBF")) record.erase(0, 3);
    if (record.find_first_not_of(" \t\r") == record.npos) continue;
    auto value = parse_json_strictly(record, exported);
    if (value && value->is_object() && !value->get_object().contains("received_at") &&
        !value->get_object().contains("exported"))
      if (auto wrong = canonical::supply_time(value->get_object()); !wrong.empty())
        value = error(errc::malformed, std::move(wrong));
    keep(value ? canonical::read_exported(std::move(*value), now) : value.error(), std::to_string(line), defaults,
         handler);
  }
}

result<void> read_csv_history(std::istream& stream, const std::map<std::string, std::string>& columns,
                              const history_defaults& defaults, timestamp now, const record_handler& handler) {
  constexpr std::size_t chunk = std::size_t{64} * 1024;
  csv::reader rows([&](std::string& text) {
    const auto old_size = text.size();
    text.resize(old_size + chunk);
    stream.read(text.data() + old_size, chunk);
    text.resize(old_size + static_cast<std::size_t>(stream.gcount()));
    return text.size() > old_size;
  });
  if (const auto form = rows.read_form(); !form) return form.error();
  auto names = rows.next();
  if (!names) return error(errc::malformed, "no header; expected a line of column names");
  if (const auto known = rename_columns(*names, columns); !known) return known.error();
  while (const auto row = rows.next()) {
    const auto line = std::to_string(rows.line());
    if (auto bad = find_bad_text(*names, *row); !bad.empty())
      handler.refuse({line, error(errc::malformed, std::move(bad))});
    else
      keep(read_row(*names, *row, now, defaults), line, defaults, handler);
  }
  return {};
}

}
