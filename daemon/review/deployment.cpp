#include "collectors/base/nearest.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/review/frame.hpp"
#include "daemon/review/page.hpp"

namespace releasehealth {
namespace {

json::array told_by(const explanation& e, const figure_settings& settings) {
  json::array all;
  for (const auto& [told, received_at] : e.told_by)
    all.push_back({{"at", format_time(told.time)},
                   {"when", settings.zone.local_time(told.time)},
                   {"received", settings.zone.local_time(received_at)},
                   {"source", told.source},
                   {"type", told.is_override ? "override" : word(told.type)},
                   {"event", told.id},
                   {"fields", json::serialize(told.fields)}});
  return all;
}

}

result<std::string> review_deployment(ledger::reader& database, const std::string& id, const figure_settings& settings,
                                      const review_frame& frame) {
  const auto found = explain_deployment(database, id);
  if (found.empty()) return error(errc::unknown, "unknown deployment " + in_quotes(id));
  const auto& e = found.front();
  const links urls{frame};
  const auto finished = time_at(e.explained, "/finished_at");
  review_question q;
  q.month = settings.zone.month_of(finished.value_or(frame.now));
  q.service = text(e.explained, "service");
  auto view = frame_of(e.title, q, frame, settings, {});
  const auto version = text(e.explained, "version");
  view["name"] = version.empty() ? text(e.explained, "subject") : version;
  view["service"] = q.service;
  view["service_link"] = urls.to_service(q.service, q.month);
  view["environment"] = text(e.explained, "environment");
  view["kind"] = text(e.explained, "kind").empty() ? text(e.explained, "state") : text(e.explained, "kind");
  const auto title = text(e.explained, "facts/title");
  view["what"] = title.empty() ? text(e.explained, "commit_facts/title") : title;
  const auto url = text(e.explained, "facts/url");
  view["source_link"] = outward(url.empty() ? text(e.explained, "commit_facts/url") : url);
  view["month"] = name_month(q.month);
  view["month_link"] = urls.to_month(q.month, "");
  json::array lines;
  for (const auto& [what, why, other] : e.lines)
    lines.push_back(
        {{"what", what}, {"why", why}, {"link", other.empty() || other == id ? "" : urls.to_deployment(other)}});
  view["lines"] = std::move(lines);
  view["told_by"] = told_by(e, settings);
  return render_page("deployment", view);
}

std::string review_problem(unsigned status, const std::string& title, const std::string& detail,
                           const review_frame& frame) {
  json::object view = {{"page_title", title},
                       {"style", ""},
                       {"can_choose", false},
                       {"home", "/"},
                       {"status", status},
                       {"detail", detail},
                       {"version", RELEASEHEALTH_VERSION},
                       {"made_at", ""},
                       {"zone", ""},
                       {"previous", ""},
                       {"next", ""}};
  view["is_one_file"] = frame.is_one_file;
  return render_page("problem", view);
}

}
