#include "daemon/http/listen_address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "collectors/base/text.hpp"

namespace releasehealth::http {

namespace asio = boost::asio;

namespace {

error unlike(std::string_view text) {
  return {errc::malformed,
          "invalid address \"" + std::string(text) + "\"; expected IP:PORT, as in 127.0.0.1:9620 or [::1]:9620"};
}

}

result<endpoint> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return unlike(text);
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return unlike(text);
  const auto port = parse_number<std::uint16_t>(digits);
  if (!port)
    return error(errc::malformed, "port " + std::string(digits) + " of \"" + std::string(text) +
                                      "\" is out of range; expected 1 to 65535");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  endpoint listener;
  listener.address = host.empty() ? "0.0.0.0" : std::string(host);
  listener.port = *port;
  boost::system::error_code wrong;
  const auto address = asio::ip::make_address(listener.address, wrong);
  if (wrong) return unlike(text);
  if (address.is_multicast() || address == asio::ip::address_v4::broadcast())
    return error(errc::malformed, "\"" + listener.address +
                                      "\" is a multicast or broadcast address; expected an address of this machine");
  if (address.is_v6() && address.to_v6().is_link_local() && address.to_v6().scope_id() == 0)
    return error(errc::malformed, "the link-local address \"" + listener.address +
                                      "\" needs its interface; expected one like [" + listener.address +
                                      "%eth0]:" + std::string(digits));
  return listener;
}

bool is_taken_by(const endpoint& first, const endpoint& second) {
  if (first.port != second.port || first.port == 0) return false;
  const auto a = asio::ip::make_address(first.address), b = asio::ip::make_address(second.address);
  if (a == b) return true;
  // Without IPV6_V6ONLY, [::] covers all addresses of both families.
  const auto is_every = [](const asio::ip::address& all, const asio::ip::address& one) {
    return all.is_unspecified() && (all.is_v6() || one.is_v4());
  };
  return is_every(a, b) || is_every(b, a);
}

bool is_of_this_machine(const endpoint& listener) {
  asio::io_context io;
  boost::system::error_code ec;
  const asio::ip::tcp::endpoint any_port(asio::ip::make_address(listener.address), 0);
  asio::ip::tcp::acceptor trial(io);
  trial.open(any_port.protocol(), ec);
  if (!ec) trial.bind(any_port, ec);
  return ec != boost::system::errc::address_not_available;
}

}
