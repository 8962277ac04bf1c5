// Every path of the operations listener, what it is for and what it takes: the only list of them.
#include <algorithm>

#include "daemon/figures/figure.hpp"
#include "daemon/operations/figures_api.hpp"
#include "daemon/operations/lists.hpp"
#include "daemon/operations/openapi.hpp"
#include "daemon/operations/operations.hpp"

namespace releasehealth {
namespace {

using http::about_route;
using http::parameter;
using http::parameters;
using http::request;

std::vector<parameter> with_place(std::vector<parameter> first) {
  first.insert(first.end(), std::begin(place_parameters), std::end(place_parameters));
  return first;
}

// A figure's labels choose among its series.
std::vector<parameter> explain_parameters() {
  auto all = with_place({period_parameter});
  all.push_back({.name = "quantile", .help = "0.5 or 0.9", .choices = "0.5 0.9"});
  for (const auto label : slice_labels()) all.push_back({.name = label, .help = "of a figure that has it"});
  return all;
}

std::vector<parameter> gate_parameters() {
  std::vector<parameter> all(std::begin(place_parameters), std::begin(place_parameters) + 2);
  all.front().is_needed = true;
  return all;
}

// The one thing that a path names.
std::string named(const parameters& path) { return path.empty() ? std::string() : path.begin()->second; }

}

void operations::make_routes() {
  using http::responder;  // people respond, too
  const auto add = [this](std::string_view method, std::string_view path, auto handle, about_route about = {}) {
    routes_.push_back({method, path, handle, std::move(about)});
  };
  const auto reading = [](std::string_view tag, std::string_view summary, std::string_view gives,
                          std::vector<parameter> query, bool also_csv = false) {
    return about_route{tag, summary, gives, {}, "read", also_csv, 200, false, std::move(query)};
  };

  add("GET", "/metrics", [this](request& r, const parameters&, responder a) { metrics_page(r, std::move(a)); },
      {"health", "Every figure and the daemon's own metrics, as text or OpenMetrics.", "text/plain"});
  add("GET", "/-/healthy",
      [](request&, const parameters&, responder a) {
        a({200, "text/plain", "healthy\n", {}});
      },
      {"health", "Whether it runs.", "text/plain"});
  add("GET", "/-/ready", [this](request&, const parameters&, responder a) { ready(a); },
      {"health", "200 while it can take deliveries durably, else 503.", "text/plain"});
  add("POST", "/-/reload", [this](request& r, const parameters&, responder a) { reload(r, a); },
      {"health",
       "Reads the configuration again; 500 with its mistakes, 409 if all sources, tokens or tables would go.",
       "text/plain",
       {},
       {},
       false,
       200,
       false,
       std::vector<parameter>{{.name = "force", .help = "true: take it all the same", .choices = "true false"}}});
  add("GET", "/openapi.yaml", [this](request&, const parameters&, responder a) { show_openapi(a); },
      {"health", "This document.", "application/yaml"});

  add(
      "GET", "/api/v1/figures", [this](request& r, const parameters&, responder a) { figures(r, std::move(a), false); },
      reading("figures", "The figures of a period.", "Figures", with_place({period_parameter, as_of_parameter}), true));
  add(
      "GET", "/api/v1/months", [this](request& r, const parameters&, responder a) { figures(r, std::move(a), true); },
      reading("figures", "The figures of months, the oldest first.", "Months",
              with_place({months_parameter, as_of_parameter}), true));
  add(
      "GET", "/api/v1/figures/{figure}/explain",
      [this](request& r, const parameters& path, responder a) { explain_figure(named(path), r, std::move(a)); },
      reading("figures", "What a figure is made of: of a service or of a team.", "Explanations", explain_parameters()));

  for (const auto& l : lists()) {
    list_paths_.push_back("/api/v1/" + std::string(l.name));
    add(
        "GET", list_paths_.back(), [this, &l](request& r, const parameters&, responder a) { list(l, r, std::move(a)); },
        reading("lists", l.help, l.schema, parameters_of(l), true));
  }
  static constexpr struct {
    std::string_view thing, one, why, schema, patch;
  } things[] = {
      {"deployment", "/api/v1/deployments/{id...}", "/api/v1/deployments/{id...}/explain", "Deployment",
       "DeploymentAmendment"},
      {"incident", "/api/v1/incidents/{id...}", "/api/v1/incidents/{id...}/explain", "Incident", "IncidentAmendment"}};
  for (const auto& t : things) {
    const auto add_one = [&](std::string_view method, std::string_view path, auto handle, const about_route& about) {
      add(
          method, path,
          [this, thing = t.thing, handle](request& r, const parameters& in_path, responder a) {
            (this->*handle)(thing, named(in_path), r, std::move(a));
          },
          about);
    };
    add_one("GET", t.why, &operations::explain, reading("figures", "Why it is what it is.", "Explanation", {}));
    add_one("GET", t.one, &operations::show, reading("lists", "By id, or by its sender's own name.", t.schema, {}));
    add_one("PATCH", t.one, &operations::amend,
            {"decisions", "An override or a follow-up, with a reason; null withdraws one.", "Stored", t.patch, "amend",
             false, 202, false, std::vector<parameter>{}});
  }

  auto about_gate = reading("decisions", "May this service be released now?", "Verdict", gate_parameters());
  about_gate.names_something = true;
  add(
      "GET", "/api/v1/gate", [this](request& r, const parameters&, responder a) { gate(r, std::move(a)); }, about_gate);
  add("POST", "/api/v1/decide", [this](request& r, const parameters&, responder a) { decide(r, std::move(a)); },
      {"decisions", "What the policy recommends for an incident at hand.", "Decision", "Question", "read", false, 200,
       true, std::vector<parameter>{}});
  add("GET", "/badge/{file...}", [this](request&, const parameters& path, responder a) { badge(named(path), a); },
      {"pages", "A badge for a service: its name and .svg.", "image/svg+xml"});

  static constexpr struct {
    std::string_view path;
    review_page page;
    std::string_view summary;
  } pages[] = {{"/", review_page::of_month, "The monthly review; ?month= and ?team= choose."},
               {"/months/{month}", review_page::of_month, "The review of a month: 2026-10."},
               {"/services/{service...}", review_page::of_service, "A service, its timeline and what it owes."},
               {"/deployments/{id...}", review_page::of_deployment, "Why a deployment is what it is."}};
  for (const auto& p : pages)
    add("GET", p.path,
        [this, page = p.page](request& r, const parameters& path, responder a) {
          review(page, named(path), r, std::move(a));
        },
        {"pages", p.summary, "text/html"});
  add("GET", "/review.css", [](request&, const parameters&, responder a) { style(a); });
}

}
