#pragma once
// The columns of the table of services in text reports and on the month page.
#include <span>
#include <string_view>

namespace releasehealth {

/// A column shows a figure's slice, the median of quantiles. Values that exceed the threshold of a month are
/// marked.
struct service_column {
  std::string_view title, figure, slice, threshold;
  bool is_on_page;  ///< the month page has fewer columns; each service has a page of its own
};
std::span<const service_column> service_columns();

}
