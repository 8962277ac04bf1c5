#include "daemon/http/tls.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <stdexcept>

#include <boost/asio/ssl.hpp>

namespace releasehealth::http {

namespace ssl = boost::asio::ssl;
namespace fs = std::filesystem;

namespace {

constexpr auto look_interval = std::chrono::seconds(1);

int verify_mode_of(client_auth clients) {
  switch (clients) {
    case client_auth::none: return ssl::verify_none;
    case client_auth::request:
    case client_auth::verify_if_given: return ssl::verify_peer;
    case client_auth::require_any:
    case client_auth::require_and_verify: return ssl::verify_peer | ssl::verify_fail_if_no_peer_cert;
  }
  return ssl::verify_none;
}

void use(const std::string& file, const boost::system::error_code& ec) {
  if (ec) throw std::runtime_error("TLS: " + file + ": " + ec.message());
}

std::shared_ptr<ssl::context> load(const tls_settings& s) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  auto* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, s.only_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  boost::system::error_code ec;
  use(s.cert_file, context->use_certificate_chain_file(s.cert_file, ec));
  use(s.key_file, context->use_private_key_file(s.key_file, ssl::context::pem, ec));
  if (SSL_CTX_check_private_key(raw) != 1)
    throw std::runtime_error("TLS: " + s.key_file + ": private key does not match the certificate " + s.cert_file);
  if (!s.client_ca_file.empty()) {
    use(s.client_ca_file, context->load_verify_file(s.client_ca_file, ec));
    SSL_CTX_set_client_CA_list(raw, SSL_load_client_CA_file(s.client_ca_file.c_str()));
  }
  use(s.cert_file, context->set_verify_mode(verify_mode_of(s.clients), ec));
  if (s.clients == client_auth::request || s.clients == client_auth::require_any)  // requested, but not verified
    use(s.cert_file, context->set_verify_callback([](bool, ssl::verify_context&) { return true; }, ec));
  return context;
}

}

struct tls::state {
  tls_settings settings;
  using times = std::array<fs::file_time_type, 3>;
  times read_at = written();
  std::shared_ptr<ssl::context> context = load(settings);
  std::chrono::steady_clock::time_point looked = std::chrono::steady_clock::now();

  explicit state(tls_settings s) : settings(std::move(s)) {}

  times written() const {
    times all{};
    std::size_t i = 0;
    for (const auto* file : {&settings.cert_file, &settings.key_file, &settings.client_ca_file}) {
      std::error_code ec;
      all[i++] = file->empty() ? fs::file_time_type() : fs::last_write_time(*file, ec);
    }
    return all;
  }
};

tls::tls(tls_settings s) : state_(std::make_unique<state>(std::move(s))) {}
tls::~tls() = default;

std::shared_ptr<ssl::context> tls::current() {
  auto& s = *state_;
  const auto now = std::chrono::steady_clock::now();
  if (now - s.looked < look_interval) return s.context;
  s.looked = now;
  if (const auto written = s.written(); written != s.read_at) {
    try {
      s.context = load(s.settings);
      s.read_at = written;
    } catch (const std::exception&) {  // for example, only one file of a new pair was written; retried in a second
    }
  }
  return s.context;
}

}
