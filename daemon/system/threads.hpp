#pragma once
// Every thread of the program, by name. This is the only list: workers take their names from it, and `releasehealthd
// reference threads` documents it.
#include <cstddef>
#include <span>
#include <string_view>

namespace releasehealth {

struct thread_rule {
  const char* name;       ///< shown by `ps -L` and debuggers; at most 15 characters
  std::string_view work;  ///< what the thread does
  std::string_view owns;  ///< used by no other thread; `connection`: by its application_name in PostgreSQL
};

namespace thread_table {

inline constexpr thread_rule rules[] = {
    {"releasehealthd", "the io thread: sockets, routes, timers, signals; every handler that another thread posts",
     "everything without another owner"},
    {"append", "writes deliveries to PostgreSQL, one transaction per batch; drains the spool first",
     "connection `append`"},
    {"spool", "writes deliveries to the spool while PostgreSQL is unavailable or slow", "the spool's transactions"},
    {"refresh", "migrates at startup; derives changed things and computes changed figures",
     "connections `migrate`, `derive`, `figures`"},
    {"figures", "reads half of the figures of all targets while `refresh` reads the other half",
     "a second connection `figures`"},
    {"rebuild", "rebuilds history after an upgrade that changes derivation", "connection `rebuild`"},
    {"scrape", "writes the figures for `/metrics`", "nothing"},
    {"read", "serves the API and the pages", "connection `api`, the response cache"},
    {"past", "serves slow queries about past periods, one at a time", "a second connection `api`"},
    {"retention", "drops old payloads every hour", "connection `retention`"},
    {"password", "verifies passwords of users, as bcrypt is slow", "nothing"},
    {"derive", "derives during `releasehealthd import`; not part of the daemon", "connection `derive`"},
};

}

inline constexpr std::span<const thread_rule> thread_rules = thread_table::rules;

/// A thread of the table, looked up at compile time.
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
