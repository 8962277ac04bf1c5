#pragma once
// Readers that several sources share: commit messages, retractions, severities.
#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.hpp"
#include "collectors/event.hpp"

namespace releasehealth {

std::string first_line(std::string text);

/// Returns acme/checkout for https://host/acme/checkout.git and git@host:acme/checkout.git.
std::string repository_of(std::string url);

/// `prefix`, which tells kinds of ids apart, and the id at a pointer; empty without an id, which check() rejects.
std::string subject_at(const json::value& document, std::string_view prefix, std::string_view pointer);

/// The pointer into a sender's body at which a field of an event is found.
struct reading {
  std::string_view field, pointer;
};

/// Sets each of these fields according to its form (fields.hpp): text, the first line of a title, a time in any
/// spelling, a severity by its word, a number. If a field has several readings, the first that finds a value counts.
void read_into(event&, const json::value& document, std::initializer_list<reading>);

/// A sender's word and its value of E; none: the word has no such value.
template <class E>
struct spelling {
  std::string_view theirs;
  std::optional<E> ours;
};

/// The value of that word; none if the word is unknown.
template <class E, std::size_t n>
constexpr std::optional<E> our_word(const spelling<E> (&words)[n], std::string_view theirs) {
  const auto* const known = std::ranges::find(words, theirs, &spelling<E>::theirs);
  return known == std::end(words) ? std::nullopt : known->ours;
}

/// Sets the state and, for the end of a deployment, its time. The fold derives the times of acknowledgement and
/// resolution of an incident from the first report unless the sender gives them; a later report must not move them.
void put_state(event&, std::optional<deployment_state>);
void put_state(event&, std::optional<incident_state>);

/// Sets `responders` to the names at `name` of the elements at `pointer`.
void put_responders(event&, const json::value& document, std::string_view pointer, std::string_view name);

/// Sets `services` of an incident to the names at `name` of the elements at `pointer`, if there are any.
void put_services(event&, const json::value& document, std::string_view pointer, std::string_view name);

/// Sets `links` to the url_names() in the texts at and below these pointers: references to the same outage in other
/// tools (figures.md section 18). At most 20, none longer than a name. Empty if the texts have none, so that a removed
/// link no longer counts.
void put_links(event&, const json::value& document, std::initializer_list<std::string_view> pointers);
/// The names of a page for comparison: its URL in lower case without scheme, user, query and fragment; and, if it has a
/// query, a digest of everything but the fragment, because queries may hold secrets. A name that is not a URL is kept.
std::vector<std::string> url_names(std::string_view);
/// Adds a name of the same outage in another tool to `links`.
void put_link(event&, std::string_view name);
/// Adds a name that the tool reuses for later incidents to `keys`.
void put_key(event&, std::string_view name);

/// Adds a name that only this incident has to `names`.
void put_name(event&, std::string_view name);
/// Marks an incident as a duplicate of one of these names: it counts only as a part of that one (figures.md
/// section 18).
void duplicate_of(event&, std::span<const std::string> names);
/// Makes the event report the old name of an incident that moved to `name`; its service is cleared.
void moved_to(event&, const std::string& name);
/// Removes the mark of a duplicate.
void no_duplicate(event&);

/// The elements of the array at a pointer; empty if there is none. The span is valid as long as the value.
std::span<const json::value> elements_at(const json::value&, std::string_view pointer);
std::span<const json::value> elements_at(const json::object&, std::string_view pointer);
std::span<const json::value> elements_at(json::value&&, std::string_view pointer) = delete;

/// The members of an object with these names, if it has them.
json::object members_of(const json::value& document, std::initializer_list<std::string_view> names);

/// The value of the first tag `name:value` or `name=value` with one of these space-separated names. The pointer refers
/// to an array of texts or to a comma-separated text.
std::string tag_at(const json::value& document, std::string_view pointer, std::string_view names);

inline constexpr std::string_view service_tags = "service service_name";
inline constexpr std::string_view environment_tags = "environment deployment_environment env";

/// Sets the title, `picked_from` and `reverts` from a commit message as git writes it.
void put_message(event&, std::string_view message);

/// Sets `labels` to the texts at `name` of the elements at `pointer`.
void put_labels(event&, const json::value& document, std::string_view pointer, std::string_view name);

/// Makes the event a retraction of its subject.
void retract(event&);
/// The event, and an event that reverses an earlier retraction of its subject, if any.
decoded with_return(event);

/// "critical", "2", "SEV-2", "P2", "2 - High": 1 to 5; 0 for any other text.
int severity_of(std::string text);

}
