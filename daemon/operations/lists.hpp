#pragma once
// The lists of the API (interface.md §2): filters, pages by key, JSON or CSV. One table of them.
#include <span>
#include <string_view>
#include <vector>

#include "daemon/figures/snapshot.hpp"
#include "daemon/http/message.hpp"
#include "daemon/ledger/reads.hpp"

namespace releasehealth {

/// A parameter of a list that chooses among its rows.
struct list_filter {
  std::string_view name;
  std::string_view choices;  ///< space-separated; empty: any text
  bool is_time = false;      ///< RFC 3339
  std::string_view help;
};

struct listed {
  std::string_view name;  ///< /api/v1/{name}
  std::string_view help;
  std::string_view statement;            ///< of schema/lists
  std::span<const list_filter> filters;  ///< besides service, environment and team
  std::vector<std::string_view> key;     ///< the columns that order it
  std::string_view kind = {};            ///< of deployments: these only
  bool is_of_services = true;            ///< service, environment and team choose, too
};
std::span<const listed> lists();

struct list_question {
  json::object filters;
  json::value after;  ///< null: the first page
  std::int64_t limit = 100;
  std::string query;  ///< as it came, without `after`
};
inline constexpr std::int64_t max_list_limit = 1000;

/// errc::malformed, naming the parameter: one that the list does not have, too.
result<list_question> read_list_question(const listed&, const http::request&);

/// Asks for one row more than wanted, and says where the next page begins: in `next`, and as Link (RFC 8288).
http::response answer_list(ledger::reader&, const listed&, list_question, const figure_settings&, bool as_csv);

}
