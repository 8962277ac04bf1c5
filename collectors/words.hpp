#pragma once
// The words of the domain: one enum each, with one table of spellings that configuration, fields, filters, OpenAPI and
// figures iterate over. A value that may be unknown is a std::optional.
#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace releasehealth {

/// The spellings of an enum, in the order of its enumerators: `vocabulary<E>::words`.
template <class E>
struct vocabulary;

/// The effect of a deployment on the live version (figures.md section 4).
enum class deployment_kind { planned, hotfix, rollback, redeploy };
template <>
struct vocabulary<deployment_kind> {
  static constexpr std::array<std::string_view, 4> words = {"planned", "hotfix", "rollback", "redeploy"};
};

/// States of a deployment, in the order in which reports with the same time apply. Reports of the states after
/// `succeeded` change no state.
enum class deployment_state { pending, running, canceled, failed, succeeded, inactive, superseded, destroyed };
template <>
struct vocabulary<deployment_state> {
  static constexpr std::array<std::string_view, 8> words = {"pending",   "running",  "canceled",   "failed",
                                                            "succeeded", "inactive", "superseded", "destroyed"};
};

/// States of an incident, in the order in which reports with the same time apply. No report has `mitigated`: a
/// mitigation is a time.
enum class incident_state { open, acknowledged, resolved, mitigated };
template <>
struct vocabulary<incident_state> {
  static constexpr std::array<std::string_view, 4> words = {"open", "acknowledged", "resolved", "mitigated"};
};

/// Ways of remediation (figures.md section 6). A policy may also recommend `watch`.
enum class way { rollback, hotfix, flag, watch };
template <>
struct vocabulary<way> {
  static constexpr std::array<std::string_view, 4> words = {"rollback", "hotfix", "flag", "watch"};
};

/// Evidence of a person's work, the strongest first (figures.md section 8).
enum class method { reported, engaged, by_duration };
template <>
struct vocabulary<method> {
  static constexpr std::array<std::string_view, 3> words = {"reported", "engaged", "duration"};
};

/// Why an incident is attributed to no change (figures.md section 5).
enum class unattributed { no_deployment, outside_window, culprit_unknown, no_service, not_a_change, failed_deployment };
template <>
struct vocabulary<unattributed> {
  static constexpr std::array<std::string_view, 6> words = {"no_deployment", "outside_window", "culprit_unknown",
                                                            "no_service",    "not_a_change",   "failed_deployment"};
};

/// The types of things that events report about.
enum class thing_type { deployment, incident, work, flag, commit, tag };
template <>
struct vocabulary<thing_type> {
  static constexpr std::array<std::string_view, 6> words = {"deployment", "incident", "work", "flag", "commit", "tag"};
};

/// Types of events: a report about a thing of the type with the same name, or a retraction.
enum class event_type { deployment, incident, work, flag, commit, tag, retraction };
template <>
struct vocabulary<event_type> {
  static constexpr auto words = [] {
    std::array<std::string_view, vocabulary<thing_type>::words.size() + 1> all;
    std::ranges::copy(vocabulary<thing_type>::words, all.begin());
    all.back() = "retraction";
    return all;
  }();
};

/// The type of reports about a thing of type `t`.
constexpr event_type report_of(thing_type t) { return static_cast<event_type>(t); }

/// A set of values of E.
template <class E>
class set_of {
 public:
  constexpr set_of(std::initializer_list<E> all) {
    for (const auto e : all) bits_ |= bit(e);
  }
  constexpr bool contains(E e) const { return (bits_ & bit(e)) != 0; }

 private:
  static constexpr unsigned bit(E e) { return 1U << static_cast<unsigned>(e); }
  unsigned bits_ = 0;
};

/// All spellings of E, in the order of its enumerators.
template <class E>
constexpr std::span<const std::string_view> words_of() {
  return vocabulary<E>::words;
}
/// The spellings up to and including that of `last`.
template <auto last>
constexpr std::span<const std::string_view> words_through() {
  return words_of<decltype(last)>().first(static_cast<std::size_t>(last) + 1);
}

template <class E>
requires requires { vocabulary<E>::words; }
constexpr std::string_view word(E e) { return vocabulary<E>::words[static_cast<std::size_t>(e)]; }
/// Empty if unknown.
template <class E>
constexpr std::string_view word(const std::optional<E>& e) {
  return e ? word(*e) : std::string_view();
}

/// nullopt if E has no such spelling.
template <class E>
constexpr std::optional<E> parse_word(std::string_view text) {
  const auto words = words_of<E>();
  const auto known = std::ranges::find(words, text);
  return known == words.end() ? std::nullopt : std::optional(static_cast<E>(known - words.begin()));
}

/// The spellings up to and including that of `last`, each followed by a space.
template <auto last>
inline constexpr auto spaced_words = [] {
  constexpr auto size = [](std::span<const std::string_view> words) {
    auto n = words.size();
    for (const auto w : words) n += w.size();
    return n;
  }(words_through<last>());
  std::array<char, size> all{};
  auto* end = all.data();
  for (const auto w : words_through<last>()) {
    end = std::ranges::copy(w, end).out;
    *end++ = ' ';
  }
  return all;
}();

/// The spellings up to and including that of `last`, space-separated for tables.
template <auto last>
inline constexpr auto words_text_through = std::string_view(spaced_words<last>.data(), spaced_words<last>.size() - 1);

/// All spellings of E, space-separated for tables.
template <class E>
inline constexpr auto words_text = words_text_through<static_cast<E>(vocabulary<E>::words.size() - 1)>;

}
