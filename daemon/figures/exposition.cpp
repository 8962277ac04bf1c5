#include "daemon/figures/exposition.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#define ZLIB_CONST
#include <zlib.h>

namespace releasehealth {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  const auto is_special = [quotes](char c) { return c == '\\' || c == '\n' || (c == '"' && quotes); };
  for (;;) {  // almost always there is nothing to escape
    const auto at = std::ranges::find_if(text, is_special);
    out.append(text.begin(), at);
    if (at == text.end()) return;
    out += '\\';
    out += *at == '\n' ? 'n' : *at;
    text = std::string_view(at + 1, text.end());
  }
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  char text[32];
  // whole numbers as such: 1700000000, not 1.7e+09
  const bool whole = std::abs(value) < 1e15 && value == std::trunc(value);
  const auto [end, ec] = whole ? std::to_chars(text, text + sizeof text, static_cast<long long>(value))
                               : std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

}

void exposition::family(std::string_view name, metric_type type, std::string_view help) {
  constexpr std::string_view types[] = {"gauge", "counter", "histogram", "summary"};
  name_ = name;
  type_ = type;
  // text 0.0.4 names a counter's metadata like its sample, OpenMetrics like the family
  const auto described = type == metric_type::counter && format_ == text_format::prometheus ? name_ + "_total" : name_;
  header_ = "# HELP " + described + ' ';
  append_escaped(header_, help, format_ == text_format::openmetrics);
  header_ += "\n# TYPE " + described + ' ';
  header_ += types[static_cast<std::size_t>(type)];
  header_ += '\n';
}

void exposition::sample(std::span<const label> labels, double value, std::string_view suffix) {
  out_ += std::exchange(header_, {});
  out_ += name_;
  out_ += type_ == metric_type::counter ? "_total" : suffix;
  char before = '{';
  for (const auto& [name, text] : labels) {
    out_ += std::exchange(before, ',');
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, text, true);
    out_ += '"';
  }
  if (before == ',') out_ += '}';
  out_ += ' ';
  append_number(out_, value);
  out_ += '\n';
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
  std::string text;
  append_number(text, bound);
  return text.find_first_of(".eI") == text.npos ? text + ".0" : text;
}

}
