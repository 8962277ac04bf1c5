#pragma once
// A short notation for events, for tables with one case per line.
//
//   d1 10:00 v1              deployment d1 succeeded at ten with version v1; state= start= kind= fixes= incident=
//                            commit= images= revisions= (several by commas)
//   i1 11:00 resolved        a report about incident i1: open (the default), ack, resolved; started= detected=
//                            mitigated= resolved= culprit= severity= person=
//   f1 11:00 off incident=i1 a flag
//   w1 11:00 from= to=       work; or seconds=; person= incident=
//   #abcdef1 10:00 main      a commit, on the default branch; pr= repository= picked_from= ref= title= merged=
//   retract d1 12:00         and restore; override d1 12:00 kind=planned
//
// Everywhere svc= (several by commas; checkout by default, `svc=-` for none), env=, src=. A time is 10:00 on day 1, or
// 3/10:00 on day 3. Reports are separated by `;`.
#include <sstream>

#include "tests/postgres/history.hpp"

namespace releasehealth::test {

inline std::string case_time(const std::string& text) {
  const auto slash = text.find('/');
  const int day = slash == text.npos ? 1 : std::stoi(text.substr(0, slash));
  const auto clock = slash == text.npos ? text : text.substr(slash + 1);
  const auto midnight = *parse_time("2026-01-01T00:00:00Z") + std::chrono::days(day - 1);
  const auto since = *parse_time("1970-01-01T" + (clock.size() == 5 ? clock + ":00" : clock) + "Z");
  return format_time(midnight + since.time_since_epoch());
}

class case_reader {
 public:
  static std::vector<event> read(const std::string& text) {
    case_reader r;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line, ';');) r.read_line(line);
    return std::move(r.events_);
  }

 private:
  static std::string type_of(char first) {
    return first == 'd'   ? "deployment"
           : first == 'i' ? "incident"
           : first == 'f' ? "flag"
           : first == '#' ? "commit"
                          : "work";
  }

  void read_line(const std::string& line) {
    std::istringstream in(line);
    std::string name, at, verb;
    if (!(in >> name)) return;
    if (name == "retract" || name == "restore" || name == "override") {
      verb = name;
      in >> name;
    }
    in >> at;
    auto e = report_of(type_of(name[0]), name[0] == '#' ? name.substr(1) : name, case_time(at), {});
    static int reports = 0;
    e.id = "e" + std::to_string(++reports);
    e.source = "test";
    std::string services =
        verb.empty() && first_report(name) && (e.type == event_type::deployment || e.type == event_type::incident)
            ? "checkout"
            : "-";
    for (std::string word; in >> word;) {
      const auto equals = word.find('=');
      const auto key = word.substr(0, equals), value = equals == word.npos ? "" : word.substr(equals + 1);
      if (key == "svc")
        services = value;
      else if (key == "src")
        e.source = value;
      else
        read_word(e, key, value);
    }
    if (services != "-") name_services(e, services);
    if (verb == "retract" || verb == "restore") {
      e.type = event_type::retraction;
      e.fields = {{"retracted", verb == "retract"}};
    } else if (verb == "override") {
      e.is_override = true;
      e.fields["by"] = "robin";
      e.fields["reason"] = "so";
    } else if (e.type == event_type::deployment && !e.fields.contains("state")) {
      e.fields["state"] = "succeeded";
    }
    events_.push_back(std::move(e));
  }

  bool first_report(const std::string& name) const {
    for (const auto& e : events_)
      if (e.subject == name) return false;
    return true;
  }

  static void name_services(event& e, const std::string& list) {
    json::array all;
    std::istringstream in(list);
    for (std::string one; std::getline(in, one, ',');) all.emplace_back(one);
    if (e.type == event_type::incident && all.size() > 1)
      e.fields["services"] = all;
    else
      e.fields["service"] = all[0];
  }

  static void read_word(event& e, const std::string& key, const std::string& value) {
    static const std::pair<const char*, const char*> times[] = {{"start", "started_at"},
                                                                {"started", "started_at"},
                                                                {"finish", "finished_at"},
                                                                {"detected", "detected_at"},
                                                                {"mitigated", "mitigated_at"},
                                                                {"resolved", "resolved_at"},
                                                                {"merged", "merged_at"},
                                                                {"back", "merged_back_at"},
                                                                {"review", "review_held_at"},
                                                                {"from", "begin"},
                                                                {"to", "end"}};
    if (value.empty()) {
      if (key == "off" || key == "on")
        e.fields["on"] = key == "on";
      else if (key == "main")
        e.fields["default_branch"] = true;
      else if (e.type == event_type::incident)
        e.fields["state"] = key == "ack" ? "acknowledged" : key;
      else
        e.fields["version"] = key;
      return;
    }
    for (const auto& [name, field] : times)
      if (key == name) {
        e.fields[field] = case_time(value);
        return;
      }
    if (key == "images" || key == "revisions") {
      json::array all;
      std::istringstream in(value);
      for (std::string one; std::getline(in, one, ',');) all.emplace_back(one);
      e.fields[key == "images" ? "artifacts" : key] = std::move(all);
      return;
    }
    if (key == "env")
      e.fields["environment"] = value;
    else if (key == "person" && e.type == event_type::incident)
      e.fields["responders"] = json::array{{{"person", value}}};
    else if (key == "pr")
      e.fields["pull_request"] = value;
    else if (key == "touches")
      e.fields[key] = json::array{value};
    else if (value == "null")
      e.fields[key] = nullptr;
    else if (value == "true" || value == "false")
      e.fields[key] = value == "true";
    else if (key == "severity" || key == "seconds" || key == "lines_changed")
      e.fields[key] = std::stoi(value);
    else
      e.fields[key] = value;
  }

  std::vector<event> events_;
};

}
