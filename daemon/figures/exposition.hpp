#pragma once
// Prometheus' text 0.0.4 and OpenMetrics 1.0, written by one serializer for figures and the daemon's own metrics.
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/time.hpp"

namespace releasehealth {

enum class text_format { prometheus, openmetrics };
enum class metric_type { gauge, counter, histogram, summary };

using label = std::pair<std::string_view, std::string_view>;

class exposition {
 public:
  /// `room`: about how long the text will be.
  explicit exposition(text_format, std::size_t room = 0);

  /// Begins a family; a counter's name has no `_total`. Families without samples write nothing.
  void family(std::string_view name, metric_type, std::string_view help);
  /// `suffix`: _bucket, _sum, _count of a histogram; a counter's `_total` is added here.
  void sample(std::span<const label>, double value, std::string_view suffix = {});
  /// The same with labels that labels_in_text() wrote: `more` follow them.
  void sample(std::string_view labels, std::string_view more, double value);
  void sample(std::initializer_list<label> labels, double value, std::string_view suffix = {}) {
    sample(std::span<const label>(labels.begin(), labels.size()), value, suffix);
  }
  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }

  static std::string_view content_type(text_format);
  static constexpr std::string_view end_of_openmetrics = "# EOF\n";

 private:
  char* begin_line(std::string_view suffix, std::size_t labels);
  void end_line(char* at, double value);

  text_format format_;
  std::string name_, header_, line_, out_;
  metric_type type_ = metric_type::gauge;
};

/// Labels as they stand within braces, for many samples.
std::string labels_in_text(std::span<const label>);

/// gzip of a whole text; members may be sent one after the other as one body.
std::string gzip(std::string_view);

/// A time as Prometheus counts it.
inline double unix_seconds(timestamp t) { return std::chrono::duration<double>(t.time_since_epoch()).count(); }

/// A bucket's `le`: always with a point, so that it reads the same in Prometheus 2 and 3.
std::string format_bound(double);

}
