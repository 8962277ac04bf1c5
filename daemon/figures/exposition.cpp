#include "daemon/figures/exposition.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <sys/mman.h>

#define ZLIB_CONST
#include <zlib.h>

namespace releasehealth {
namespace {

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

/// At most twice as long as the text.
char* put_escaped(char* to, std::string_view text, bool quotes) {
  const auto is_special = [quotes](char c) { return c == '\\' || c == '\n' || (c == '"' && quotes); };
  for (;;) {  // almost always there is nothing to escape
    const auto at = std::ranges::find_if(text, is_special);
    to = std::copy(text.begin(), at, to);
    if (at == text.end()) return to;
    *to++ = '\\';
    *to++ = *at == '\n' ? 'n' : *at;
    text = std::string_view(at + 1, text.end());
  }
}

std::size_t room_for(std::span<const label> labels) {
  std::size_t room = 0;
  for (const auto& [name, text] : labels) room += name.size() + 2 * text.size() + 4;
  return room;
}

char* put_labels(char* to, std::span<const label> labels) {
  bool is_first = true;
  for (const auto& [name, text] : labels) {
    if (!std::exchange(is_first, false)) *to++ = ',';
    to = put(to, name);
    *to++ = '=';
    *to++ = '"';
    to = put_escaped(to, text, true);
    *to++ = '"';
  }
  return to;
}

// By pages of 4 kB, the system takes as long to hand out the memory of a long text as the text takes to be written.
void ask_for_huge_pages(std::string& text) {
  constexpr std::size_t huge = 2 << 20;
  void* from = text.data();
  if (auto size = text.capacity(); std::align(huge, huge, from, size))
    (void)madvise(from, size - size % huge, MADV_HUGEPAGE);
}

constexpr std::size_t longest_number = 32;

char* put_number(char* to, double value) {
  if (std::isnan(value)) return put(to, "NaN");
  if (std::isinf(value)) return put(to, value > 0 ? "+Inf" : "-Inf");
  // whole numbers as such: 1700000000, not 1.7e+09
  const bool whole = std::abs(value) < 1e15 && value == std::trunc(value);
  return (whole ? std::to_chars(to, to + longest_number, static_cast<long long>(value))
                : std::to_chars(to, to + longest_number, value))
      .ptr;
}

}

exposition::exposition(text_format f, std::size_t room) : format_(f) {
  out_.reserve(room);
  ask_for_huge_pages(out_);
}

void exposition::family(std::string_view name, metric_type type, std::string_view help) {
  constexpr std::string_view types[] = {"gauge", "counter", "histogram", "summary"};
  name_ = name;
  type_ = type;
  // text 0.0.4 names a counter's metadata like its sample, OpenMetrics like the family
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
  // at once into a line that has room for the longest form of it: a page has a hundred thousand of them
  constexpr std::string_view total = "_total";
  const auto room = name_.size() + suffix.size() + total.size() + labels + longest_number + 4;
  if (line_.size() < room) line_.resize(room);
  return put(put(line_.data(), name_), type_ == metric_type::counter ? total : suffix);
}

void exposition::end_line(char* at, double value) {
  *at++ = ' ';
  at = put_number(at, value);
  *at++ = '\n';
  out_.append(line_.data(), at);
}

void exposition::sample(std::span<const label> labels, double value, std::string_view suffix) {
  auto* at = begin_line(suffix, room_for(labels));
  if (!labels.empty()) {
    *at++ = '{';
    at = put_labels(at, labels);
    *at++ = '}';
  }
  end_line(at, value);
}

void exposition::sample(std::string_view labels, std::string_view more, double value) {
  auto* at = begin_line({}, labels.size() + more.size() + 1);
  *at++ = '{';
  at = put(at, labels);
  if (!labels.empty() && !more.empty()) *at++ = ',';
  at = put(at, more);
  *at++ = '}';
  end_line(at, value);
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

std::string gzip(std::string_view text) {
  z_stream z{};
  constexpr int gzip_wrapper = 16;
  if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + gzip_wrapper, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib could not start");
  std::string out(deflateBound(&z, static_cast<uLong>(text.size())), '\0');
  z.next_in = reinterpret_cast<const Bytef*>(text.data());
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  if (done != Z_STREAM_END) throw std::runtime_error("zlib could not compress a page");
  return out;
}

std::string format_bound(double bound) {
  std::string text(longest_number, '\0');
  text.resize(static_cast<std::size_t>(put_number(text.data(), bound) - text.data()));
  return text.find_first_of(".eI") == text.npos ? text + ".0" : text;
}

}
