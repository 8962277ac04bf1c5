#include "daemon/http/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>

namespace releasehealth::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = boost::asio::ip::tcp;

result<response> send(const std::string& method, const std::string& url, const std::string& body,
                      const std::vector<std::pair<std::string, std::string>>& header) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme() != "http" || parsed->encoded_host().empty())
    return error(errc::malformed, "the URL is not like http://127.0.0.1:9620: " + url);
  bhttp::request<bhttp::string_body> request;
  request.method_string(method);
  request.target(parsed->encoded_target().empty() ? "/" : std::string(parsed->encoded_target()));
  request.version(11);
  request.set(bhttp::field::host, std::string(parsed->encoded_host_and_port()));
  request.set(bhttp::field::user_agent, "releasehealthd/" RELEASEHEALTH_VERSION);
  for (const auto& [name, value] : header) request.set(name, value);
  request.body() = body;
  request.prepare_payload();
  request.keep_alive(false);

  // asynchronous calls with a deadline, run to their end here: the synchronous ones have none
  boost::asio::io_context io;
  tcp::resolver resolver(io);
  beast::tcp_stream stream(io);
  beast::flat_buffer buffer;
  bhttp::response<bhttp::string_body> answer;
  beast::error_code failed;
  const auto port = parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port()) : "80";
  const auto where = resolver.resolve(std::string(parsed->host()), port, failed);
  if (failed) return error(errc::unavailable, url + ": " + failed.message());
  stream.expires_after(std::chrono::seconds(10));
  stream.async_connect(where, [&](beast::error_code ec, const tcp::endpoint&) {
    if ((failed = ec)) return;
    bhttp::async_write(stream, request, [&](beast::error_code written, std::size_t) {
      if ((failed = written)) return;
      bhttp::async_read(stream, buffer, answer, [&](beast::error_code read, std::size_t) { failed = read; });
    });
  });
  io.run();
  if (failed) return error(errc::unavailable, url + ": " + failed.message());
  response out;
  for (const auto& field : answer)
    out.header.emplace_back(std::string(field.name_string()), std::string(field.value()));
  out.status = answer.result_int();
  out.content_type = std::string(answer[bhttp::field::content_type]);
  out.body = std::move(answer.body());
  return out;
}

}
