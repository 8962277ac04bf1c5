#pragma once
// The contract between a source and the daemon: a row of pure functions that turn a delivery's bytes into events.
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/crypto.hpp"
#include "collectors/base/headers.hpp"
#include "collectors/base/json.hpp"
#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth {

/// A configured [[source]] with the values of its keys. List settings hold any number of values, others one or none.
struct source {
  std::string name;  ///< its path is /webhooks/{name}; also the `source` of its events
  std::string kind;  ///< selects the collector
  std::vector<secret> secrets;
  bool unauthenticated = false;
  std::size_t body_limit = 0;      ///< bytes; 0: the kind's default
  std::map<std::string, std::vector<std::string>, std::less<>> settings;

  std::string setting(std::string_view key) const;
  std::span<const std::string> list(std::string_view key) const;
};

/// One request. The views are valid as long as the request.
struct delivery {
  const headers& header;
  std::string_view body;
  timestamp received_at;
  std::string_view query = {};  ///< of the URL, undecoded; may hold a token
  std::string_view path = {};   ///< the part after /webhooks/{name}: /deployments
  body_limits may = {};         ///< limits of the body
};

/// The result of decoding a delivery: events, or the reason for ignoring it.
struct decoded {
  std::vector<event> events;
  std::string ignored;
  /// Elements that do not have the shape that the sender documents, each with its first problem. The delivery is kept,
  /// so that `replay` can read them after a fix; its other events count.
  std::vector<problem> unreadable;

  decoded() = default;
  explicit decoded(event e) { events.push_back(std::move(e)); }
  static decoded nothing(std::string why) {
    decoded d;
    d.ignored = std::move(why);
    return d;
  }
};

/// A key of [[source]] that is specific to a kind.
struct setting_rule {
  std::string_view key;  ///< dotted for a table: incidents.labels
  bool is_list;
  std::string_view choices;  ///< space-separated; empty: any text
  std::string_view fallback;
  std::string_view help;
  bool is_required = false;
  /// The incident field that this setting filters. An incident counts if one of its reports has, or had, one of the
  /// values (figures.md section 18). Applied when deriving, not when decoding.
  std::string_view filters = {};
  /// Whether a match of another filter suffices: an issue is an incident by its type or by a label. An incident that
  /// matches no such filter does not count, even if no filter is configured.
  bool is_alternative = false;
};

/// The body of a webhook, and the type that its header would have named.
struct past_delivery {
  json::object body;
  std::string type = {};
};

/// A call of the sender's API that returns history. Each object is converted into the webhooks that would have reported
/// it, with the same subjects, so that earlier deliveries are not counted twice.
struct api_shape {
  std::string_view format;            ///< the format's name in `import`
  std::string_view help;              ///< the call
  std::string_view members = {};      ///< the member of a page with its objects: "issues"; empty: the page is an array
  std::string_view type_header = {};  ///< the header with a webhook's type
  std::string_view deployments = {};  ///< value of the source's setting `deployments`
  result<std::vector<past_delivery>> (*tell)(const json::value&);
};

/// A step of the setup at the source, and the events that show it was done.
struct setup_step {
  std::string_view what;  ///< the source's own term, which the README of the kind explains
  thing_type gives;
  std::string_view needed_by;   ///< the figures that are empty or wrong without this step
  std::string_view field = {};  ///< a field that only this step provides; empty: any such event proves it
};
inline constexpr std::string_view needed_by_all = "every figure",
                                  needed_by_pushes = "merge-back, the commits of versions, lead time",
                                  needed_by_merges =
                                      "hotfixes by label or title, size, merge-back of squashed branches",
                                  needed_by_incidents = "fail rates, time to issue, recovery, firefighting";

/// How a manual test delivery proves the secret: a header with a prefix and a value.
struct test_proof {
  enum class value {
    secret,       ///< the secret itself
    hmac_sha256,  ///< of the body, in hex
    none          ///< only the sender can sign a delivery
  };
  std::string_view header = "Authorization", prefix = "Bearer ";
  value is = value::secret;
};

/// The origin of a source's incidents. Among reports of one outage, the origin listed first leads (figures.md
/// section 18).
enum class incident_origin {
  response,  ///< people are paged for it and work on it: PagerDuty, incident.io
  alerts,    ///< measured by a monitor
  issues,    ///< written by people: one issue may cover several incidents
  any        ///< none of these, or a mix
};

struct tool_api;  // collectors/api.hpp
struct api_key_exchange;

/// A kind of source. All functions are pure: no I/O, no clock, no globals.
struct collector {
  std::string_view kind;
  std::string_view help;
  std::size_t body_limit = std::size_t{1024} * 1024;  ///< bytes
  std::span<const setting_rule> settings = {};
  /// Whether the holder of one of the source's secrets sent this delivery.
  bool (*authentic)(const source&, const delivery&);
  /// The key that identifies a repeated delivery (sources.md §6).
  std::string (*key)(const delivery&);
  /// errc::media_type, errc::malformed: reject. errc::unreadable: store as dead-letter delivery.
  result<decoded> (*decode)(const source&, const delivery&);
  /// The problem with the combination of settings; empty if there is none.
  std::string (*check)(const source&) = [](const source&) { return std::string(); };
  /// Calls of its API that return history.
  std::span<const api_shape> history = {};
  /// The API that `sync` reads; null: none.
  const tool_api* api = nullptr;
  incident_origin incidents = incident_origin::any;
  /// Whether it also accepts paths below /webhooks/{name}.
  bool takes_paths = false;
  std::span<const setup_step> setup = {};
  test_proof proof = {};
};

/// All kinds of sources; the only list of them.
std::span<const collector* const> collectors();

/// The collector of that kind; null if unknown.
const collector* find_collector(std::string_view kind);

}
