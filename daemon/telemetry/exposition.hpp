#pragma once
// Serializer of figures and the daemon's own metrics: Prometheus text 0.0.4 and OpenMetrics 1.0.
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/base/time.hpp"

struct z_stream_s;

namespace releasehealth {

enum class text_format { prometheus, openmetrics };
enum class metric_type { gauge, counter, histogram, summary };

using label = std::pair<std::string_view, std::string_view>;

/// Receives a text in pieces, in order.
using text_sink = std::function<void(std::string_view)>;

class exposition {
 public:
  /// `sink`: receives the text while it is written, so that a long page is never in memory as a whole; end() sends the
  /// rest. Without it, the whole text is in text().
  explicit exposition(text_format f, text_sink sink = {}) : format_(f), sink_(std::move(sink)) {}

  /// Begins a family; a counter's name has no `_total`. Families without samples write nothing.
  void family(std::string_view name, metric_type, std::string_view help);
  /// `suffix`: _bucket, _sum or _count of a histogram. A counter's `_total` is added automatically.
  void sample(std::span<const label>, double value, std::string_view suffix = {});
  /// `labels` and `more`: results of labels_in_text(), written in this order.
  void sample(std::string_view labels, std::string_view more, double value);
  void sample(std::initializer_list<label> labels, double value, std::string_view suffix = {}) {
    sample(std::span<const label>(labels.begin(), labels.size()), value, suffix);
  }
  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }
  void end();

  static std::string_view content_type(text_format);
  static constexpr std::string_view end_of_openmetrics = "# EOF\n";

 private:
  char* begin_line(std::string_view suffix, std::size_t labels);
  void end_line(char* next, double value);

  text_format format_;
  text_sink sink_;
  std::string name_, header_, line_, out_;
  metric_type type_ = metric_type::gauge;
};

/// Labels as written between braces, to be reused for many samples.
std::string labels_in_text(std::span<const label>);

/// gzip of a text that arrives in pieces. Concatenated results are one valid body. Throws std::runtime_error if zlib
/// fails.
class gzip_stream {
 public:
  gzip_stream();
  ~gzip_stream();
  gzip_stream(gzip_stream&&) = delete;

  void add(std::string_view);
  std::string end();

 private:
  void deflate_all(int flush);

  std::unique_ptr<z_stream_s> z_;
  std::string out_;
};

/// gzip of a whole text.
std::string gzip(std::string_view);

/// Seconds since the epoch.
inline double unix_seconds(timestamp t) { return in_seconds(t.time_since_epoch()); }

/// A bucket's `le`, always with a decimal point, so that Prometheus 2 and 3 store the same label.
std::string format_bound(double);

}
