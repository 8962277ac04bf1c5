#pragma once
// The columns of a table of services, in text and on the review's page.
#include <span>
#include <string_view>

namespace releasehealth {

/// Of quantiles the median. A value beyond the month's limit of `limited` is marked.
struct service_column {
  std::string_view title, figure, slice, limited;
  bool is_on_page;  ///< a page has less room, and a page for each service
};
std::span<const service_column> service_columns();

}
