#pragma once
// The lists of the API (interface.md §2): filters, pages by key, JSON or CSV. One table of them.
#include <span>
#include <string_view>
#include <vector>

#include "daemon/figures/snapshot.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth {

struct listed {
  std::string_view name;  ///< /api/v1/{name}
  std::string_view help;
  std::string_view schema;               ///< of OpenAPI
  std::string_view statement;            ///< of schema/lists
  std::vector<http::parameter> filters;  ///< besides service, environment and team
  std::vector<std::string_view> key;     ///< the columns that order it
  std::string_view kind = {};            ///< of deployments: these only
  bool is_of_services = true;            ///< service, environment and team choose, too
};
std::span<const listed> lists();

/// Everything that a list takes.
std::vector<http::parameter> parameters_of(const listed&);

struct list_question {
  json::object filters;
  json::value after;  ///< null: the first page
  std::int64_t limit = 100;
  std::string query;  ///< as it came, without `after`
};
inline constexpr std::int64_t max_list_limit = 1000;

/// The parameters are known (http::dispatch); errc::malformed names one whose value cannot be.
result<list_question> read_list_question(const listed&, const http::request&);

/// Asks for one row more than wanted, and says where the next page begins: in `next`, and as Link (RFC 8288).
http::response answer_list(ledger::reader&, const listed&, list_question, const figure_settings&, bool as_csv);

}
