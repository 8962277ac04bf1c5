#pragma once
// Beast's messages and ours. For server.cpp alone: Beast is compiled once.
#include <algorithm>
#include <memory_resource>

#include <boost/beast/http.hpp>
#include <boost/url.hpp>

#include "daemon/http/message.hpp"

namespace releasehealth::http {

namespace bhttp = boost::beast::http;
using boost::system::error_code;

using message = bhttp::response<bhttp::string_body>;

inline message to_message(response r, unsigned version, bool keep_alive) {
  message m{static_cast<bhttp::status>(r.status), version};
  if (!r.content_type.empty()) m.set(bhttp::field::content_type, r.content_type);
  for (const auto& [name, value] : r.header) m.set(name, value);
  m.keep_alive(keep_alive);
  m.content_length(r.body.size());
  m.body() = std::move(r.body);
  return m;
}

/// All of it but its body, as it is written.
inline std::string head_text(message& m) {
  bhttp::response_serializer<bhttp::string_body> of(m);
  of.split(true);
  std::string out;
  error_code ec;
  while (!ec && !of.is_header_done())
    of.next(ec, [&](error_code&, const auto& parts) {
      const auto before = out.size();
      for (const auto part : boost::beast::buffers_range_ref(parts))
        out.append(static_cast<const char*>(part.data()), part.size());
      of.consume(out.size() - before);
    });
  return out;
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
  if (ec == bhttp::error::body_limit)
    return problem(413, "Content Too Large", "the body is larger than this endpoint takes");
  if (ec == bhttp::error::header_limit)
    return problem(431, "Request Header Fields Too Large", "the head is larger than this listener takes");
  return problem(400, "Bad Request", "not HTTP: " + ec.message());
}

/// And not the end of a connection.
inline bool is_mistake_of_sender(const error_code& ec) {
  static const error_code any_http_error = bhttp::error::end_of_stream;
  return ec.category() == any_http_error.category() && ec != bhttp::error::end_of_stream &&
         ec != bhttp::error::partial_message;
}

}
