#pragma once
// TLS of a listener: its certificate and client authentication. Settings are named as in exporter-toolkit.
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace releasehealth::http {

enum class client_auth { none, request, require_any, verify_if_given, require_and_verify };

struct tls_settings {
  std::string cert_file;  ///< PEM, the server's first, then its chain in order
  std::string key_file;
  std::string client_ca_file;
  client_auth clients = client_auth::none;
  bool only_tls13 = false;  ///< otherwise 1.2, too: PagerDuty supports nothing newer
};

/// The TLS context of a listener, reloaded when one of its files changes. For use on the io thread.
class tls {
 public:
  /// Throws std::runtime_error that names the file.
  explicit tls(tls_settings);
  ~tls();

  /// For the next connection. Checks the files at most once a second; keeps the previous context if the new files are
  /// invalid.
  std::shared_ptr<boost::asio::ssl::context> current();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}
