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
  /// The field of incidents that it filters: one is let in when a report of it has one of the values, or once had
  /// (figures.md section 18). Decided when deriving, not when decoding.
  std::string_view filters = {};
  /// Whether a value of another such field does as well: an issue is an incident by its type or by a label. Then one
  /// that has none of the values is let in by none, also where none is configured.
  bool is_alternative = false;
};

/// The body of a webhook, and what a header would have said of its type.
struct past_delivery {
  json::object body;
  std::string type = {};
};

/// What a call of the sender's API gives about the past. Each of its objects is told again as the webhooks that would
/// have brought it, with the same subjects: what was delivered already is not counted twice.
struct api_shape {
  std::string_view format;            ///< of `import`
  std::string_view help;              ///< the call
  std::string_view members = {};      ///< where a page keeps its objects: "issues"; empty: the page is an array of them
  std::string_view type_header = {};  ///< the header that names a webhook's type
  std::string_view deployments = {};  ///< the source's setting of that name
  result<std::vector<past_delivery>> (*tell)(const json::value&);
};

/// A step of the setup at the source, and the events that show it was done.
struct setup_step {
  std::string_view what;  ///< as the source calls it; the README of its kind says where to find it
  thing_type gives;
  std::string_view needed_by;   ///< what stays empty or wrong without
  std::string_view field = {};  ///< a field that only this step brings; empty: any such event shows it
};
inline constexpr std::string_view needed_by_all = "every figure",
                                  needed_by_pushes = "merge-back, the commits of versions, lead time",
                                  needed_by_merges =
                                      "hotfixes by label or title, size, merge-back of squashed branches",
                                  needed_by_incidents = "fail rates, time to issue, recovery, firefighting";

/// How a test delivery by hand shows that it holds the secret: in a header, behind a prefix.
struct test_proof {
  enum class value {
    secret,       ///< itself
    hmac_sha256,  ///< of the body, in hex
    none          ///< only the tool itself can sign one
  };
  std::string_view header = "Authorization", prefix = "Bearer ";
  value is = value::secret;
};

/// What incidents of a kind of source are. Of several reports of one outage the one that stands first here leads
/// (figures.md section 18).
enum class incident_origin {
  response,  ///< what people are paged for and work on: PagerDuty, incident.io
  alerts,    ///< what a monitor measures
  issues,    ///< what people write down: one issue may be about several incidents
  any        ///< none of these, or each
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
  /// What its API gives about the past.
  std::span<const api_shape> history = {};
  incident_origin incidents = incident_origin::any;
  /// Whether paths below /webhooks/{name} are its too.
  bool takes_paths = false;
  std::span<const setup_step> setup = {};
  test_proof proof = {};
};

/// Every kind of source there is: the only list of them.
std::span<const collector* const> collectors();

/// The collector of that kind, or none.
const collector* find_collector(std::string_view kind);

}
