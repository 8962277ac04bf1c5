#pragma once
// The columns that several stages read, and the codecs of their types.
#include "daemon/derivation/derivation.hpp"
#include "daemon/queries/rows.hpp"
#include "daemon/timeline/follow_up.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(report, (), (id, time, retraction, is_override, fields, received_at))
BOOST_DESCRIBE_STRUCT(commit_seen, (),
                      (sha, repository, ref, title, pull_request, picked_from, merged_at, reached_at, told_in, told_at))

}

namespace releasehealth::ledger {

BOOST_DESCRIBE_STRUCT(named_commit, (), (sha, repository, ref, title, pull_request, picked_from, has_parents))

template <>
struct codec<identity> {
  static constexpr auto element = binary_array::jsonb;
  static void read(std::string_view text, identity& value) { value = identity_in(parse_own(text).as_object()); }
};
/// Written only.
template <>
struct codec<const identity*> {
  static constexpr auto element = binary_array::jsonb;
  static void write(binary_array& array, const identity* value) { codec<json::object>::write(array, as_json(*value)); }
};

template <>
inline constexpr auto columns_of<touched_thing> = std::tuple_cat(std::tuple(column("thing", &touched_thing::type)),
                                                                 within(&touched_thing::thing, columns_of<thing_id>),
                                                                 std::tuple(column("service",
                                                                                   &touched_thing::service)));

/// Read as JSON; written as the text of a tstzmultirange.
template <>
struct codec<std::vector<stretch>> {
  static constexpr auto element = binary_array::text;
  static void read(std::string_view text, std::vector<stretch>& value) {
    const auto all = parse_own(text);
    for (const auto& one : all.as_array()) value.push_back({*time_at(one, "/from"), time_at(one, "/until"), {}});
  }
  static void write(binary_array& array, const std::vector<stretch>& all) {
    std::string text = "{";
    for (const auto& s : all) {
      if (&s != &all.front()) text += ',';
      text += '[' + format_time(s.from) + ',' + (s.until ? format_time(*s.until) : "") + ')';
    }
    array.add(std::string_view(text += '}'));
  }
};

template <>
inline constexpr auto columns_of<stack_verdict> = std::tuple(
    column("kind", &stack_verdict::kind), column("kind_reason", &stack_verdict::reason),
    column("kind_evidence", &stack_verdict::evidence), column("is_change", &stack_verdict::is_change),
    column("live", &stack_verdict::live), column("below", &stack_verdict::below),
    column("covers_since", &stack_verdict::covers_since), column("rolled_back_by", &stack_verdict::rolled_back_by));

template <>
inline constexpr auto columns_of<settled> = std::tuple_cat(
    std::tuple(column("id", &settled::id), column("day_order", &settled::day_order)),
    within(&settled::thing, columns_of<thing_id>), within(&settled::where, columns_of<place>),
    std::tuple(column("production", &settled::production), column("state", &settled::state),
               column("version", &settled::version), column("commit", &settled::commit), column("kind", &settled::kind),
               column("is_change", &settled::is_change), column("started_at", &settled::started_at),
               column("finished_at", &settled::finished_at), column("live", &settled::live),
               column("below", &settled::below), column("rolled_back_by", &settled::rolled_back_by),
               column("fixes", &settled::fixes), column("incident", &settled::incident),
               column("release", &settled::release), column("failed_by_hand", &settled::failed_by_hand)));

/// A deployment whose row was written.
struct written_row {
  std::string id;
  place where;

  static constexpr auto columns =
      std::tuple_cat(std::tuple(column("id", &written_row::id)), within(&written_row::where, columns_of<place>));
};

template <>
inline constexpr auto columns_of<incident_row> =
    std::tuple_cat(std::tuple(column("id", &incident_row::id), column("production", &incident_row::production),
                              column("source", &incident_row::told, &blaming::thing, &thing_id::source),
                              column("subject", &incident_row::told, &blaming::thing, &thing_id::subject),
                              column("blamed", &incident_row::told, &blaming::change),
                              column("started_at", &incident_row::told, &blaming::started_at),
                              column("detected_at", &incident_row::told, &blaming::detected_at),
                              column("restored_at", &incident_row::told, &blaming::restored_at),
                              column("stretches", &incident_row::told, &blaming::stretches)),
                   within(&incident_row::where, columns_of<place>));

template <>
inline constexpr auto columns_of<remedy> = std::tuple(column("way", &remedy::by_way), column("by", &remedy::actor),
                                                      column("change", &remedy::change),
                                                      column("incident_source", &remedy::incident, &thing_id::source),
                                                      column("incident_subject", &remedy::incident, &thing_id::subject),
                                                      column("started_at", &remedy::started_at),
                                                      column("finished_at", &remedy::finished_at));

/// An event of a thing.
struct told_event {
  thing_id thing;
  report told;

  static constexpr auto columns =
      std::tuple_cat(within(&told_event::thing, columns_of<thing_id>), within(&told_event::told, columns_of<report>));
};

/// An event of a commit.
struct commit_event {
  std::string sha;  ///< as given in the query
  thing_id thing;   ///< the sha that the report uses
  report told;

  static constexpr auto columns =
      std::tuple_cat(std::tuple(column("sha", &commit_event::sha)), within(&commit_event::thing, columns_of<thing_id>),
                     within(&commit_event::told, columns_of<report>));
};

}
