// Addresses and TLS of the two listeners.
#include "collectors/base/text.hpp"
#include "daemon/config/reader.hpp"
#include "daemon/http/listen_address.hpp"

namespace releasehealth {
namespace {

void read_tls(config_table&& t, std::optional<http::tls_settings>& field) {
  http::tls_settings s;
  enum class version { tls12, tls13 } least = version::tls12;
  t.file("cert_file", s.cert_file);
  t.file("key_file", s.key_file);
  t.file("client_ca_file", s.client_ca_file);
  t.choice("client_auth_type",
           {"NoClientCert", "RequestClientCert", "RequireAnyClientCert", "VerifyClientCertIfGiven",
            "RequireAndVerifyClientCert"},
           s.clients);
  t.choice("min_version", {"TLS12", "TLS13"}, least);
  s.only_tls13 = least == version::tls13;
  // an unreadable file is given, and has its own message
  const bool has_certificate = t.has("cert_file") || !s.cert_file.empty(),
             has_key = t.has("key_file") || !s.key_file.empty();
  const bool has_clients = t.has("client_ca_file") || !s.client_ca_file.empty();
  const bool verifies =
      s.clients == http::client_auth::verify_if_given || s.clients == http::client_auth::require_and_verify;
  if (verifies && !has_clients) t.missing("client_ca_file", "the certificates that client_auth_type verifies with");
  const bool needs_both = has_certificate || has_key || verifies || has_clients;
  if (needs_both && !has_certificate) t.missing("cert_file", "cert_file and key_file");
  if (needs_both && has_certificate && !has_key) t.missing("key_file", "cert_file and key_file");
  if (!s.cert_file.empty()) field = std::move(s);
}

}

void read_listener(config_table& t, http::endpoint& endpoint, limits& bounds) {
  auto listen = endpoint.address + ':' + std::to_string(endpoint.port);
  t.bounds(bounds);
  t.at_start("listen").text("listen", listen);
  if (!listen.empty()) {
    auto read = http::parse_listen_address(listen);
    if (!read) return t.wrong("listen", read.error().detail);
    endpoint.address = std::move(read->address);
    endpoint.port = read->port;
    if (endpoint.port == 0)
      t.warn("listen", "port 0 of \"" + listen + "\" means another free port at each start; expected 1 to 65535");
    if (!http::is_of_this_machine(endpoint))
      t.warn("listen",
             "no interface of this machine has the address \"" + endpoint.address + "\"; serve cannot bind it here");
  }
  read_tls(t.at_start("tls_server_config").table("tls_server_config"), endpoint.tls);
}

}
