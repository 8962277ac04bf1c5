#pragma once
// Conversion between Beast's messages and those of this program. Only for the server's files, so that Beast is compiled
// once.
#include <algorithm>
#include <memory_resource>

#include <boost/beast/http.hpp>
#include <boost/url.hpp>

#include "daemon/http/problem.hpp"

namespace releasehealth::http {

namespace bhttp = boost::beast::http;
using boost::system::error_code;

/// Serialises a response's status line and header into one string; a Beast message allocates per header field.
inline std::string head_text(const response& r, unsigned version, bool keep_alive) {
  std::string out;
  out.reserve(256);
  out += "HTTP/1." + std::to_string(version % 10) + ' ' + std::to_string(r.status) + ' ';
  out += std::string_view(bhttp::obsolete_reason(static_cast<bhttp::status>(r.status)));
  const auto add = [&](std::string_view name, std::string_view value) {
    ((out += "\r\n") += name) += ": ";
    out += value;
  };
  if (!r.content_type.empty()) add("Content-Type", r.content_type);
  for (const auto& [name, value] : r.header) add(name, value);
  const bool is_kept_unless_said = version > 10;
  if (keep_alive != is_kept_unless_said) add("Connection", keep_alive ? "keep-alive" : "close");
  add("Content-Length", std::to_string(r.body.size()));
  return out += "\r\n\r\n";
}

// The dozen header fields of a request share one buffer, which the connection reuses for its next request.
using header_memory = std::pmr::monotonic_buffer_resource;
using header_allocator = std::pmr::polymorphic_allocator<char>;
using incoming = bhttp::request<bhttp::string_body, bhttp::basic_fields<header_allocator>>;
using incoming_parser = bhttp::request_parser<bhttp::string_body, header_allocator>;

/// The request without its body.
inline request head_of(const incoming& message, const std::string& peer) {
  request r;
  r.method = std::string(message.method_string());
  r.peer = peer;
  const auto target = message.target();
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = boost::urls::make_pct_string_view(target.substr(0, mark));
  if (path) r.path = path->decode();
  if (mark < target.size()) r.query = std::string(target.substr(mark + 1));
  for (const auto& field : message) r.header.add(field.name_string(), field.value());
  return r;
}

/// The response to a request that Beast could not read.
inline response refusal(const error_code& ec) {
  if (ec == bhttp::error::body_limit) return problem(413, "the request body exceeds this endpoint's limit");
  if (ec == bhttp::error::header_limit) return problem(431, "the request header exceeds this listener's limit");
  return problem(400, "invalid HTTP request: " + ec.message());
}

/// Whether the request was malformed, as opposed to a closed connection.
inline bool is_mistake_of_sender(const error_code& ec) {
  static const error_code any_http_error = bhttp::error::end_of_stream;
  return ec.category() == any_http_error.category() && ec != bhttp::error::end_of_stream &&
         ec != bhttp::error::partial_message;
}

}
