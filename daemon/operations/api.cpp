// What /api/v1 answers, from a thread of its own.
#include <algorithm>

#include "collectors/credentials.hpp"
#include "daemon/access/tokens.hpp"
#include "daemon/derivation/shadow.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/figures/report.hpp"
#include "daemon/intake/answer.hpp"
#include "daemon/operations/amend.hpp"
#include "daemon/operations/decide.hpp"
#include "daemon/operations/figures_api.hpp"
#include "daemon/operations/gate.hpp"
#include "daemon/operations/lists.hpp"
#include "daemon/operations/negotiate.hpp"
#include "daemon/operations/reads.hpp"

namespace releasehealth {
namespace {

std::vector<json::object> find(ledger::reader& from, std::string_view thing, const std::string& name) {
  return thing == "deployment" ? from.find_deployments(name) : from.find_incidents(name);
}

error unknown(std::string_view thing) { return {errc::unknown, "no " + std::string(thing) + " of this id"}; }

}

void operations::figures(http::request& r, http::responder answer, bool months) {
  if (!may_read(r, answer)) return;
  const auto now = parts_.clock();
  const auto as_of = read_as_of(r, now);
  if (!as_of) return answer(refuse(as_of.error()));
  const auto at = as_of->value_or(now);
  auto question =
      months ? read_months_question(r, settings_.figures, at) : read_figure_question(r, settings_.figures, at);
  if (!question) return answer(refuse(question.error()));
  // written by the thread that asks: the io thread, which takes deliveries, is not to wait for megabytes of text
  const bool as_csv = r.header.get("Accept").starts_with("text/csv");
  const auto spooled = parts_.queue.spooled().deliveries;
  const auto write = [question = std::move(*question), settings = settings_.figures, months, as_csv, spooled, at,
                      most = settings_.bounds.size("operations.max_answer")](ledger::reader& from) {
    // one service has few places
    if (const auto size = question.service.empty() ? size_of(from, question, settings) : 0; size > most)
      return refuse(error(errc::malformed, "places times periods are " + std::to_string(size) + ", and may be " +
                                               std::to_string(most) + ": name a service or a team, or fewer months")
                        .over("operations.max_answer"));
    const auto s = answer_question(from, question, settings, at);
    http::response out{200, "text/csv; charset=utf-8", {}, {}};
    if (as_csv) {
      out.body = csv_report(s, settings);
    } else {
      auto all = figures_json(s, settings, spooled);
      out.content_type = "application/json";
      out.body = (months ? json_array(std::move(all)) : std::move(all.front())) + '\n';
    }
    tag_of(out);
    return out;
  };
  if (!*as_of) {
    const auto asked = r.path + '?' + r.query + (as_csv ? " csv " : " json ") + std::to_string(spooled);
    const auto minute = now.time_since_epoch() / duration(refresher::window_tick);
    return reads_->run(
        [minute, changed = settings_changed_, write, asked, &known = reads_->known](ledger::reader& from) {
          return known.answer(asked, {from.state_of_places(), minute, changed}, [&] { return write(from); });
        },
        pass_on(std::move(answer)));
  }
  if (std::exchange(looks_back_, true))
    return answer(http::problem(503, "Service Unavailable", "another question about the past is being answered"));
  past_->run(
      [timeline = settings_.timeline, database = parts_.database.as("past"), at, write](ledger::reader&) {
        ledger::shadow past(database, timeline, at);
        return write(past.read());
      },
      [this, answer = pass_on(std::move(answer))](result<http::response> found) {
        looks_back_ = false;
        answer(std::move(found));
      });
}

void operations::list(const listed& of, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  auto q = read_list_question(of, r);
  if (!q) return answer(refuse(q.error()));
  const bool as_csv = r.header.get("Accept").starts_with("text/csv");
  reads_->run([&of, q = std::move(*q), settings = settings_.figures,
               as_csv](ledger::reader& from) { return answer_list(from, of, q, settings, as_csv); },
              pass_on(std::move(answer)));
}

void operations::gate(http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  const auto service = http::query_value(r, "service"), where = http::query_value(r, "environment");
  ask_about(service, where, [answer = std::move(answer)](const result<std::vector<judged_threshold>>& judged) {
    answer(judged ? http::json_answer(200, verdict_json(*judged)) : refuse(judged.error()));
  });
}

void operations::badge(const std::string& file, const http::responder& answer) {
  constexpr std::string_view ending = ".svg";
  if (!file.ends_with(ending)) return answer(refuse(error(errc::unknown, "badges end with .svg")));
  ask_about(file.substr(0, file.size() - ending.size()), {},
            [answer](const result<std::vector<judged_threshold>>& judged) { answer(releasehealth::badge(judged)); });
}

template <class Then>
void operations::ask_about(const std::string& service, const std::string& where, Then then) {
  reads_->run([service, where, settings = settings_.figures,
               now = parts_.clock()](ledger::reader& from) { return ask_gate(from, service, where, settings, now); },
              std::move(then));
}

void operations::show(std::string_view thing, const std::string& id, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  reads_->run([thing, id](ledger::reader& from) { return find(from, thing, id); },
              [thing, answer = std::move(answer)](result<std::vector<json::object>> found) {
                if (!found) return answer(refuse(found.error()));
                if (found->empty()) return answer(refuse(unknown(thing)));
                answer(http::json_answer(200, found->front()));
              });
}

void operations::explain(std::string_view thing, const std::string& id, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  reads_->run(
      [thing, id](ledger::reader& from) {
        return thing == "deployment" ? explain_deployment(from, id) : explain_incident(from, id);
      },
      [thing, answer = std::move(answer)](result<std::vector<explanation>> all) {
        if (!all) return answer(refuse(all.error()));
        if (all->empty()) return answer(refuse(unknown(thing)));
        answer(http::json_answer(200, as_json(all->front())));
      });
}

void operations::explain_figure(const std::string& figure, http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  figure_inquiry q;
  q.figure = figure;
  for (const auto& [into, name] : {std::pair(&q.service, "service"), std::pair(&q.environment, "environment"),
                                   std::pair(&q.team, "team"), std::pair(&q.period, "period")})
    if (auto given = http::query_value(r, name); !given.empty()) *into = std::move(given);
  auto names = slice_labels();
  names.insert("quantile");
  for (const auto name : names)
    if (auto given = http::query_value(r, name); !given.empty()) q.labels.emplace_back(name, std::move(given));
  reads_->run(
      [q, settings = settings_.figures, now = parts_.clock()](ledger::reader& from) -> result<http::response> {
        const auto asked = releasehealth::explain_figure(from, q, settings, now);
        if (!asked) return asked.error();
        json::array all;
        for (const auto& e : *asked) all.push_back(as_json(e));
        return http::json_answer(200, {{"items", std::move(all)}, {"next", nullptr}});
      },
      pass_on(std::move(answer)));
}

void operations::decide(http::request& r, http::responder answer) {
  if (!may_read(r, answer)) return;
  const auto now = parts_.clock();
  auto q = read_decision_question(r.body, now);
  if (!q) return answer(refuse(q.error()));
  const auto name = q->incident;  // before the question goes to the other lambda
  reads_->run(
      [name](ledger::reader& from) { return name.empty() ? std::vector<json::object>() : from.find_incidents(name); },
      [this, q = std::move(*q), now, answer = std::move(answer)](result<std::vector<json::object>> found) {
        if (!found) return answer(refuse(found.error()));
        if (found->empty() && !q.incident.empty()) return answer(refuse(unknown("incident")));
        auto decided =
            answer_decision(settings_.timeline.decisions, q, found->empty() ? nullptr : &found->front(), now);
        if (!decided) return answer(refuse(decided.error()));
        answer(http::json_answer(200, std::move(*decided)));
      });
}

void operations::amend(std::string_view thing, const std::string& id, http::request& r, http::responder answer) {
  auto who = authorize(settings_.tokens, r.header, "amend");
  if (!who) return answer(refuse(who.error()));
  const auto now = parts_.clock();
  auto patch = read_amendment(thing, r.header.get("Content-Type"), r.body, now);
  if (!patch) return answer(refuse(patch.error()));
  reads_->run([thing, id](ledger::reader& from) { return find(from, thing, id); },
              [this, thing, id, now, by = (*who)->name, about = (*who)->about, patch = std::move(*patch),
               answer = std::move(answer)](result<std::vector<json::object>> found) mutable {
                if (!found) return answer(refuse(found.error()));
                const auto known =
                    std::ranges::find_if(*found, [&](const auto& row) { return row.at("id") == json::string(id); });
                if (known == found->end()) return answer(refuse(unknown(thing)));
                if (auto wrong = outside(about, thing, *known, patch, settings_.timeline.blame.names); !wrong.empty())
                  return answer(refuse(error(errc::forbidden, "nothing was amended", std::move(wrong))));
                parts_.log.info("override", {{std::string(thing), id}, {"by", by}});
                parts_.queue.append(override_entry(thing, *known, std::move(patch), by, now),
                                    [this, answer = std::move(answer)](result<ledger::stored> stored) {
                                      if (!stored) return answer(refuse(stored.error()));
                                      parts_.stored();
                                      answer(http::json_answer(202, {{"accepted", stored->accepted}}));
                                    });
              });
}

}
