#include "daemon/telemetry/exposition.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>

#define ZLIB_CONST
#include <zlib.h>

namespace releasehealth {
namespace {

char* put(char* next, std::string_view text) {
  if (!text.empty()) std::memcpy(next, text.data(), text.size());  // memcpy from null is undefined even for size 0
  return next + text.size();
}

/// At most twice as long as the text.
char* put_escaped(char* next, std::string_view text, bool quotes) {
  const auto is_special = [quotes](char c) { return c == '\\' || c == '\n' || (c == '"' && quotes); };
  for (;;) {  // copies runs without special characters; almost always there is one run
    const auto special = std::ranges::find_if(text, is_special);
    next = std::copy(text.begin(), special, next);
    if (special == text.end()) return next;
    *next++ = '\\';
    *next++ = *special == '\n' ? 'n' : *special;
    text = std::string_view(special + 1, text.end());
  }
}

std::size_t room_for(std::span<const label> labels) {
  std::size_t room = 0;
  for (const auto& [name, text] : labels) room += name.size() + 2 * text.size() + 4;
  return room;
}

char* put_labels(char* next, std::span<const label> labels) {
  bool is_first = true;
  for (const auto& [name, text] : labels) {
    if (!std::exchange(is_first, false)) *next++ = ',';
    next = put(next, name);
    *next++ = '=';
    *next++ = '"';
    next = put_escaped(next, text, true);
    *next++ = '"';
  }
  return next;
}

constexpr std::size_t longest_number = 32;

char* put_number(char* next, double value) {
  if (std::isnan(value)) return put(next, "NaN");
  if (std::isinf(value)) return put(next, value > 0 ? "+Inf" : "-Inf");
  // whole numbers without an exponent: 1700000000, not 1.7e+09
  const bool whole = std::abs(value) < 1e15 && value == std::trunc(value);
  return (whole ? std::to_chars(next, next + longest_number, static_cast<long long>(value))
                : std::to_chars(next, next + longest_number, value))
      .ptr;
}

}

void exposition::family(std::string_view name, metric_type type, std::string_view help) {
  constexpr std::string_view types[] = {"gauge", "counter", "histogram", "summary"};
  name_ = name;
  type_ = type;
  // metadata of a counter has the sample's name in text 0.0.4, the family's in OpenMetrics
  const auto described = type == metric_type::counter && format_ == text_format::prometheus ? name_ + "_total" : name_;
  header_ = "# HELP " + described + ' ';
  std::string escaped(2 * help.size(), '\0');
  header_.append(escaped.data(), put_escaped(escaped.data(), help, format_ == text_format::openmetrics));
  header_ += "\n# TYPE " + described + ' ';
  header_ += types[static_cast<std::size_t>(type)];
  header_ += '\n';
}

char* exposition::begin_line(std::string_view suffix, std::size_t labels) {
  if (!header_.empty()) out_ += std::exchange(header_, {});
  // one buffer with room for the longest form of the line, because a page has a hundred thousand lines
  constexpr std::string_view total = "_total";
  const auto room = name_.size() + suffix.size() + total.size() + labels + longest_number + 4;
  if (line_.size() < room) line_.resize(room);
  return put(put(line_.data(), name_), type_ == metric_type::counter ? total : suffix);
}

void exposition::end_line(char* next, double value) {
  *next++ = ' ';
  next = put_number(next, value);
  *next++ = '\n';
  out_.append(line_.data(), next);
  constexpr std::size_t a_piece = std::size_t{64} * 1024;  // stays in the cache until the sink reads it
  if (sink_ && out_.size() >= a_piece) end();
}

void exposition::end() {
  sink_(out_);
  out_.clear();
}

void exposition::sample(std::span<const label> labels, double value, std::string_view suffix) {
  auto* next = begin_line(suffix, room_for(labels));
  if (!labels.empty()) {
    *next++ = '{';
    next = put_labels(next, labels);
    *next++ = '}';
  }
  end_line(next, value);
}

void exposition::sample(std::string_view labels, std::string_view more, double value) {
  auto* next = begin_line({}, labels.size() + more.size() + 1);
  *next++ = '{';
  next = put(next, labels);
  if (!labels.empty() && !more.empty()) *next++ = ',';
  next = put(next, more);
  *next++ = '}';
  end_line(next, value);
}

std::string labels_in_text(std::span<const label> labels) {
  std::string text(room_for(labels), '\0');
  text.resize(static_cast<std::size_t>(put_labels(text.data(), labels) - text.data()));
  return text;
}

std::string_view exposition::content_type(text_format f) {
  return f == text_format::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                       : "text/plain; version=0.0.4; charset=utf-8";
}

gzip_stream::gzip_stream() : z_(std::make_unique<z_stream>()) {
  constexpr int gzip_wrapper = 16;
  if (deflateInit2(z_.get(), Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + gzip_wrapper, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib failed to start");
}

gzip_stream::~gzip_stream() { deflateEnd(z_.get()); }

void gzip_stream::add(std::string_view text) {
  z_->next_in = reinterpret_cast<const Bytef*>(text.data());
  z_->avail_in = static_cast<uInt>(text.size());
  deflate_all(Z_NO_FLUSH);
}

std::string gzip_stream::end() {
  deflate_all(Z_FINISH);
  return std::move(out_);
}

// Repeats until zlib leaves output space unused: then it has consumed all input and, at the end, written all output.
void gzip_stream::deflate_all(int flush) {
  char room[16 * 1024];
  do {
    z_->next_out = reinterpret_cast<Bytef*>(room);
    z_->avail_out = sizeof room;
    if (deflate(z_.get(), flush) == Z_STREAM_ERROR) throw std::runtime_error("zlib failed to compress a page");
    out_.append(room, sizeof room - z_->avail_out);
  } while (z_->avail_out == 0);
}

std::string gzip(std::string_view text) {
  gzip_stream out;
  out.add(text);
  return out.end();
}

std::string format_bound(double bound) {
  std::string text(longest_number, '\0');
  text.resize(static_cast<std::size_t>(put_number(text.data(), bound) - text.data()));
  return text.find_first_of(".eI") == text.npos ? text + ".0" : text;
}

}
