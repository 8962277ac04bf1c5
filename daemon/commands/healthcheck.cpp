#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/http/client.hpp"

namespace releasehealth {
namespace {

// A wildcard address is checked on loopback.
std::string url_of(const http::endpoint& address) {
  const bool is_any = address.address == "0.0.0.0" || address.address == "::";
  const auto host = is_any ? std::string("127.0.0.1") : address.address;
  const auto name = host.find(':') == host.npos ? host : '[' + host + ']';
  return (address.tls ? "https://" : "http://") + name + ':' + std::to_string(address.port) + "/-/healthy";
}

}

std::function<int()> add_healthcheck(CLI::App& app, const common_options& options) {
  const auto url = std::make_shared<std::string>();
  app.add_option("--url", *url,
                 "URL to check instead of /-/healthy of the operations listener, like http://127.0.0.1:9621/-/ready");
  app.footer("Example: releasehealthd healthcheck --url http://127.0.0.1:9621/-/ready");
  return [&options, url] {
    const auto asked = url->empty() ? url_of(load_or_refuse(options).operations) : *url;
    const auto answer = http::send("GET", asked, "", {});
    if (answer && answer->status == 200) return 0;
    std::cerr << asked << ": " << (answer ? "status " + std::to_string(answer->status) : answer.error().text()) << '\n';
    return 1;
  };
}

}
