#pragma once
// What several sources tell in the same way: commits by their messages, things that are gone, severities by a word.
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

/// acme/checkout of https://host/acme/checkout.git and of git@host:acme/checkout.git.
std::string repository_of(std::string url);

/// The id at a pointer, behind what tells it from other ids; empty, which no check lets pass, if there is none.
std::string subject_at(const json::value& in, std::string_view prefix, std::string_view pointer);

/// Where in a sender's body a field of an event stands.
struct reading {
  std::string_view field, pointer;
};

/// Sets each of these fields as its form asks for (fields.hpp): text, a title's first line, a time in any spelling, a
/// severity by its word, a number. Of several readings of one field the first that finds something is kept.
void read_into(event&, const json::value& in, std::initializer_list<reading>);

/// A word of a sender, and which of E it means; none: it says nothing of that.
template <class E>
struct spelling {
  std::string_view theirs;
  std::optional<E> ours;
};

/// The one of that word; none if the sender means nothing that we know.
template <class E, std::size_t n>
constexpr std::optional<E> our_word(const spelling<E> (&words)[n], std::string_view theirs) {
  const auto* const known = std::ranges::find(words, theirs, &spelling<E>::theirs);
  return known == std::end(words) ? std::nullopt : known->ours;
}

/// Sets the state and, at the end of a deployment, when that was. When an incident was acknowledged or resolved is left
/// to the fold unless the sender says so: it takes the first report, and a later one must not move it.
void put_state(event&, std::optional<deployment_state>);
void put_state(event&, std::optional<incident_state>);

/// Everybody whose name stands at `name` of the elements at `pointer`, as the field `responders`.
void put_responders(event&, const json::value& in, std::string_view pointer, std::string_view name);

/// The names at `name` of the elements at `pointer`, as an incident's services: nothing where there is none.
void put_services(event&, const json::value& in, std::string_view pointer, std::string_view name);

/// The url_names() in the texts at these pointers and below, as the field `links`: what people wrote of the same outage
/// in other tools (figures.md section 18). At most 20 of them, none longer than a name. Empty where the text names
/// none: a link that somebody removed no longer holds.
void put_links(event&, const json::value& in, std::initializer_list<std::string_view> pointers);
/// What names a page, as names are compared: its URL in lower case without scheme, user, query and fragment; and, where
/// it has a query, a digest of all but the fragment, since queries may hold secrets. Of any other name the name itself.
std::vector<std::string> url_names(std::string_view);
/// A name of the same outage in another tool, beside these.
void put_link(event&, std::string_view name);
/// A name of an incident that its tool uses again for later ones, as the field `keys`.
void put_key(event&, std::string_view name);

/// A further name of this incident alone, as the field `names`.
void put_name(event&, std::string_view name);
/// That an incident is a duplicate of one of these names, and counts only as a part of that (figures.md section 18).
void duplicate_of(event&, std::span<const std::string> names);
/// Makes the event the old name of an incident that moved to that name; its service is withdrawn.
void moved_to(event&, const std::string& name);
/// That it is a duplicate no longer.
void no_duplicate(event&);

/// The elements of the array at a pointer; none if there is no array. Of what lives on: a span owns nothing.
std::span<const json::value> elements_at(const json::value&, std::string_view pointer);
std::span<const json::value> elements_at(const json::object&, std::string_view pointer);
std::span<const json::value> elements_at(json::value&&, std::string_view pointer) = delete;

/// The value of the first tag `name:value` or `name=value` with one of these names (space-separated) in the array of
/// texts, or the comma-separated text, at a pointer.
std::string tag_at(const json::value& in, std::string_view pointer, std::string_view names);

inline constexpr std::string_view service_tags = "service service_name";
inline constexpr std::string_view environment_tags = "environment deployment_environment env";

/// Title, what it was picked from and what it reverts, as git writes them into a commit's message.
void put_message(event&, std::string_view message);

/// The names of the labels at a pointer, at `/<name>` of each, as the field `labels`.
void put_labels(event&, const json::value& in, std::string_view pointer, std::string_view name);

/// Makes the event a retraction of what it is about.
void retract(event&);
/// The event, and that what it is about counts again, should it have been retracted before.
decoded with_return(event);

/// "critical", "2", "SEV-2", "P2", "2 - High": 1 to 5; 0 for what says nothing.
int severity_of(std::string text);

}
