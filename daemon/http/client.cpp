#include "daemon/http/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url.hpp>

namespace releasehealth::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = boost::asio::ip::tcp;

namespace {

constexpr auto deadline = std::chrono::seconds(30);
constexpr std::uint64_t body_limit = std::uint64_t{64} * 1024 * 1024;

using parser = bhttp::response_parser<bhttp::string_body>;

/// A request on its way over a connected stream. Asynchronous calls under the stream's deadline, run to their end by
/// the caller: the synchronous ones have none.
template <class Stream>
void exchange(Stream& over, const bhttp::request<bhttp::string_body>& request, beast::flat_buffer& buffer,
              parser& answer, beast::error_code& failed) {
  bhttp::async_write(over, request, [&](beast::error_code written, std::size_t) {
    if ((failed = written)) return;
    bhttp::async_read(over, buffer, answer, [&](beast::error_code read, std::size_t) { failed = read; });
  });
}

std::string why_of(const beast::error_code& failed) {
  return failed.category() == asio::error::get_ssl_category() ? "TLS: " + failed.message() : failed.message();
}

}

result<response> send(const std::string& method, const std::string& url, const std::string& body,
                      const std::vector<std::pair<std::string, std::string>>& header) {
  const auto parsed = boost::urls::parse_uri(url);
  const bool tls = parsed && parsed->scheme() == "https";
  if (!parsed || (parsed->scheme() != "http" && !tls) || parsed->encoded_host().empty())
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

  asio::io_context io;
  tcp::resolver resolver(io);
  beast::flat_buffer buffer;
  parser answer;
  answer.body_limit(body_limit);
  beast::error_code failed;
  const std::string host(parsed->host());
  const auto port = parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port()) : tls ? "443" : "80";
  const auto where = resolver.resolve(host, port, failed);
  if (failed) return error(errc::unavailable, url + ": " + failed.message());

  asio::ssl::context trust(asio::ssl::context::tls_client);
  trust.set_default_verify_paths();
  beast::ssl_stream<beast::tcp_stream> stream(io, trust);
  auto& plain = stream.next_layer();
  plain.expires_after(deadline);
  if (tls) {
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(host));
    SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  }
  plain.async_connect(where, [&](beast::error_code connected, const tcp::endpoint&) {
    if ((failed = connected)) return;
    if (!tls) return exchange(plain, request, buffer, answer, failed);
    stream.async_handshake(asio::ssl::stream_base::client, [&](beast::error_code greeted) {
      if (!(failed = greeted)) exchange(stream, request, buffer, answer, failed);
    });
  });
  io.run();
  if (failed) return error(errc::unavailable, url + ": " + why_of(failed));
  auto message = answer.release();
  response out;
  for (const auto& field : message)
    out.header.emplace_back(std::string(field.name_string()), std::string(field.value()));
  out.status = message.result_int();
  out.content_type = std::string(message[bhttp::field::content_type]);
  out.body = std::move(message.body());
  return out;
}

}
