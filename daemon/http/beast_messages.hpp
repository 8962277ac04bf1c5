#pragma once
// Beast's requests and our messages. For server.cpp alone: Beast is compiled once.
#include <algorithm>
#include <memory_resource>

#include <boost/beast/http.hpp>
#include <boost/url.hpp>

#include "daemon/http/problem.hpp"

namespace releasehealth::http {

namespace bhttp = boost::beast::http;
using boost::system::error_code;

/// An answer but its body, as it is written: one piece of memory, where a Beast message takes one for each header.
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

// A head has a dozen headers: they lie together, in memory that a connection uses again for the next.
using header_memory = std::pmr::monotonic_buffer_resource;
using header_allocator = std::pmr::polymorphic_allocator<char>;
using incoming = bhttp::request<bhttp::string_body, bhttp::basic_fields<header_allocator>>;
using incoming_parser = bhttp::request_parser<bhttp::string_body, header_allocator>;

/// All of it but its body.
inline request head_of(const incoming& in, const std::string& peer) {
  request r;
  r.method = std::string(in.method_string());
  r.peer = peer;
  const auto target = in.target();
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = boost::urls::make_pct_string_view(target.substr(0, mark));
  if (path) r.path = path->decode();
  if (mark < target.size()) r.query = std::string(target.substr(mark + 1));
  for (const auto& field : in) r.header.add(field.name_string(), field.value());
  return r;
}

/// What is answered to what Beast could not read.
inline response refusal(const error_code& ec) {
  if (ec == bhttp::error::body_limit) return problem(413, "the body is larger than this endpoint takes");
  if (ec == bhttp::error::header_limit) return problem(431, "the head is larger than this listener takes");
  return problem(400, "not HTTP: " + ec.message());
}

/// And not the end of a connection.
inline bool is_mistake_of_sender(const error_code& ec) {
  static const error_code any_http_error = bhttp::error::end_of_stream;
  return ec.category() == any_http_error.category() && ec != bhttp::error::end_of_stream &&
         ec != bhttp::error::partial_message;
}

}
