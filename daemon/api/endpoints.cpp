#include "daemon/api/endpoints.hpp"

#include <iterator>

namespace releasehealth::api {

// The only list of endpoints. Each function is defined in the file of its name.
using file_of_endpoints = std::vector<endpoint>(const surroundings&);
file_of_endpoints metrics_page, health, reload, openapi_document, figures, explanations, lists, things, amendments,
    gate, decisions, coverage, sources, review_pages;

std::vector<endpoint> endpoints(const surroundings& around) {
  std::vector<endpoint> all;
  for (auto* const file : {metrics_page, health, reload, openapi_document, figures, explanations, lists, things,
                           amendments, gate, decisions, coverage, sources, review_pages})
    std::ranges::move(file(around), std::back_inserter(all));
  return all;
}

}
