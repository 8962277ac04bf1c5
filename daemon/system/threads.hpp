#pragma once
// Every thread of the program, by its name. The one list of them: a worker takes its name from here, and
// `releasehealthd reference threads` documents it.
#include <cstddef>
#include <span>
#include <string_view>

namespace releasehealth {

struct thread_rule {
  const char* name;       ///< as `ps -L` and debuggers show it; at most 15 characters
  std::string_view work;  ///< what the thread does
  std::string_view owns;  ///< what no other thread uses; `connection`: by its application_name in PostgreSQL
};

namespace thread_table {

inline constexpr thread_rule rules[] = {
    {"releasehealthd", "the io thread: sockets, routes, timers, signals; every handler that another thread posts",
     "whatever names no other owner"},
    {"append", "writes deliveries to PostgreSQL, one transaction for all that wait; drains the spool first",
     "connection `append`"},
    {"spool", "writes deliveries to the spool while PostgreSQL is unavailable or slow", "the spool's transactions"},
    {"refresh", "migrates at the start; derives what was touched and computes the figures that changed",
     "connections `migrate`, `derive`, `figures`"},
    {"figures", "reads half of the figures of all targets while `refresh` reads the others",
     "a second connection `figures`"},
    {"rebuild", "rebuilds history after an upgrade that derives otherwise", "connection `rebuild`"},
    {"scrape", "writes the figures for `/metrics`", "nothing"},
    {"read", "answers the API and the pages", "connection `api`, the response cache"},
    {"past", "answers questions about the past, which take long, one at a time", "a second connection `api`"},
    {"retention", "drops old payloads, each hour", "connection `retention`"},
    {"password", "checks passwords of users, which bcrypt makes slow", "nothing"},
    {"derive", "derives beside `releasehealthd import`; the daemon has no such thread", "connection `derive`"},
};

}

inline constexpr std::span<const thread_rule> thread_rules = thread_table::rules;

/// The name of a thread that the compiler has found in the table.
class thread_name {
 public:
  consteval thread_name(const char* name) : rule_(find(name)) {}  // NOLINT(*-explicit-*): it is written as its name
  constexpr const char* text() const { return rule_->name; }

 private:
  static consteval const thread_rule* find(std::string_view name) {
    for (const auto& r : thread_table::rules)
      if (r.name == name) return &r;
    throw "no thread of this name";  // does not compile
  }
  const thread_rule* rule_;
};

}
