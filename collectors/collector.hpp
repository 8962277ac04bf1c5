#pragma once
// The contract between a source and the daemon: a row of pure functions that turn a delivery's bytes into events.
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/json.hpp"
#include "collectors/result.hpp"
#include "collectors/signature.hpp"

namespace releasehealth {

/// The headers of a request, found by name whatever its case. All lie in one text, as every request has a dozen.
class headers {
 public:
  void add(std::string_view name, std::string_view value);
  /// The first value of that name; empty if there is none.
  std::string_view get(std::string_view name) const;
  /// Names and values, for as long as nothing is added.
  std::vector<std::pair<std::string_view, std::string_view>> all() const;

 private:
  struct header {
    std::size_t begin, name_size, value_size;
  };
  std::string_view name_of(const header& h) const { return std::string_view(text_).substr(h.begin, h.name_size); }
  std::string_view value_of(const header& h) const {
    return std::string_view(text_).substr(h.begin + h.name_size, h.value_size);
  }
  std::string text_;
  std::vector<header> list_;
};

/// The media type of a Content-Type: in small letters, without its parameters.
std::string media_type(std::string_view content_type);

/// A configured [[source]]: what its keys said. Settings that take lists hold several values, the others one or none.
struct source {
  std::string name;  ///< its path, /webhooks/{name}, and the `source` of its events
  std::string kind;  ///< which collector reads it
  std::vector<secret> secrets;
  bool unauthenticated = false;
  std::size_t body_limit = 0;  ///< bytes; 0: as the kind says
  std::map<std::string, std::vector<std::string>, std::less<>> settings;

  std::string setting(std::string_view key) const;
  std::span<const std::string> list(std::string_view key) const;
};

/// One request as it came in. The views live as long as the request.
struct delivery {
  const headers& header;
  std::string_view body;
  timestamp received_at;
  std::string_view query = {};  ///< of the URL, as it came: it may hold a token
  std::string_view path = {};   ///< what stands behind /webhooks/{name}: /deployments
  body_limits may = {};         ///< hold
};

/// What a delivery turned out to be: events, or a reason why it is of no interest.
struct decoded {
  std::vector<event> events;
  std::string ignored;
  /// Elements that are no events of the shape that the sender documents, each with its first problem. Their delivery is
  /// kept, so that `replay` reads them after a fix; the events beside them count.
  std::vector<problem> unreadable;

  decoded() = default;
  explicit decoded(event e) { events.push_back(std::move(e)); }
  static decoded nothing(std::string why) {
    decoded d;
    d.ignored = std::move(why);
    return d;
  }
};

/// A key of [[source]] that only one kind of source has.
struct setting_rule {
  std::string_view key;  ///< dotted for a table: incidents.labels
  bool is_list;
  std::string_view choices;  ///< space-separated; empty: any text
  std::string_view fallback;
  std::string_view help;
  bool is_required = false;
};

/// A kind of source. All functions are pure: no I/O, no clock, no globals.
struct collector {
  std::string_view kind;
  std::string_view help;
  std::size_t body_limit = std::size_t{1024} * 1024;  ///< bytes
  std::span<const setting_rule> settings = {};
  /// Did the holder of one of the source's secrets send these bytes?
  bool (*authentic)(const source&, const delivery&);
  /// What makes a repeated delivery the same one (sources.md §6).
  std::string (*key)(const delivery&);
  /// errc::media_type, errc::malformed: refuse it. errc::unreadable: keep it as dead.
  result<decoded> (*decode)(const source&, const delivery&);
  /// What is wrong with the settings together; empty if nothing is.
  std::string (*check)(const source&) = [](const source&) { return std::string(); };
  /// Whether paths below /webhooks/{name} are its too.
  bool takes_paths = false;
};

/// Every kind of source there is: the only list of them.
std::span<const collector* const> collectors();

/// The collector of that kind, or none.
const collector* find_collector(std::string_view kind);

}
