#include "daemon/http/client.hpp"

#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>

#include <curl/curl.h>
#include <openssl/ssl.h>

namespace releasehealth::http {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using url_pointer = std::unique_ptr<CURLU, freed_by<curl_url_cleanup>>;
using handle_pointer = std::unique_ptr<CURL, freed_by<curl_easy_cleanup>>;
using text_pointer = std::unique_ptr<char, freed_by<curl_free>>;

namespace {

constexpr long deadline_seconds = 30;
constexpr std::size_t body_limit = std::size_t{64} * 1024 * 1024;

/// Null if the text is not a URL. Removes user and password, which this client neither sends nor displays.
url_pointer parse_url(const std::string& text) {
  url_pointer url(curl_url());
  if (!url) throw std::bad_alloc();
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) return nullptr;
  for (const auto part : {CURLUPART_USER, CURLUPART_PASSWORD}) curl_url_set(url.get(), part, nullptr, 0);
  return url;
}

// Also for text that is not a valid URL, as it may still contain a password.
std::string without_user(std::string url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == url.npos ? 0 : scheme + 3;
  if (const auto separator = url.rfind('@'); separator != url.npos && separator >= begin)
    url.erase(begin, separator + 1 - begin);
  return url;
}

std::string text_of(CURLU* url) {
  char* text = nullptr;
  curl_url_get(url, CURLUPART_URL, &text, 0);
  const text_pointer owner(text);
  return text ? text : "";
}

/// The header lines of a request.
class header_list {
 public:
  header_list() = default;
  header_list(const header_list&) = delete;
  ~header_list() { curl_slist_free_all(lines_); }
  void add(const std::string& line) {
    auto* const longer = curl_slist_append(lines_, line.c_str());
    if (!longer) throw std::bad_alloc();
    lines_ = longer;
  }
  curl_slist* lines() const { return lines_; }

 private:
  curl_slist* lines_ = nullptr;
};

// Uses OpenSSL's paths, including SSL_CERT_FILE and SSL_CERT_DIR; libcurl has its own compiled in.
CURLcode trust_as_openssl(CURL*, void* context, void* settings) {
  auto* const tls = static_cast<SSL_CTX*>(context);
  const auto& ca_file = static_cast<const client_settings*>(settings)->ca_file;
  const bool is_ready = SSL_CTX_set_default_verify_paths(tls) == 1 &&
                        (ca_file.empty() || SSL_CTX_load_verify_locations(tls, ca_file.c_str(), nullptr) == 1);
  return is_ready ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}

std::size_t receive_body(char* bytes, std::size_t size, std::size_t count, void* target) noexcept {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + size * count > body_limit) return 0;
  body.append(bytes, size * count);
  return size * count;
}

/// A single request and its response.
class transfer {
 public:
  transfer(CURL* handle, const client_settings& settings, CURLU* url, const std::string& method,
           const std::string& body, const header_lines& header)
      : handle_(handle) {
    curl_easy_reset(handle);  // of the options; connections stay open
    set(CURLOPT_CURLU, url);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_PROXY, settings.proxy.c_str());  // an empty one overrides the environment's
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT, deadline_seconds);
    set(CURLOPT_ERRORBUFFER, why_);
    set(CURLOPT_USERAGENT, "releasehealthd/" RELEASEHEALTH_VERSION);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    set(CURLOPT_SSL_CTX_FUNCTION, trust_as_openssl);
    set(CURLOPT_SSL_CTX_DATA, &settings);
    set(CURLOPT_WRITEFUNCTION, receive_body);
    set(CURLOPT_WRITEDATA, &received_.body);
    if (!body.empty() || method == "POST" || method == "PUT") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
      set(CURLOPT_POSTFIELDS, body.data());
    }
    if (method == "HEAD") set(CURLOPT_NOBODY, 1L);
    set(CURLOPT_CUSTOMREQUEST, method.c_str());
    for (const auto& [name, value] : header) lines_.add(value.empty() ? name + ';' : name + ": " + value);
    // Without these lines, libcurl adds headers of its own.
    for (const auto* line : {"Accept:", "Content-Type:", "Expect:"}) lines_.add(line);
    set(CURLOPT_HTTPHEADER, lines_.lines());
  }

  /// errc::malformed: not an http or https URL, or TLS without trust; errc::unavailable: no response.
  result<response> perform(const std::string& shown) {
    const auto code = curl_easy_perform(handle_);
    if (code == CURLE_UNSUPPORTED_PROTOCOL) return not_a_url(shown);
    if (code != CURLE_OK)
      return error(lacks_trust(code) ? errc::malformed : errc::unavailable, shown + ": " + why_of(code));
    received_.status = static_cast<unsigned>(number(CURLINFO_RESPONSE_CODE));
    for (curl_header* h = nullptr; (h = curl_easy_nextheader(handle_, CURLH_HEADER, -1, h));)
      received_.header.emplace_back(h->name, h->value);
    const char* type = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_CONTENT_TYPE, &type);
    if (type) received_.content_type = type;
    return std::move(received_);
  }

  static error not_a_url(const std::string& text) {
    return {errc::malformed, "invalid URL \"" + without_user(text) + "\"; expected one like http://127.0.0.1:9620"};
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const auto code = curl_easy_setopt(handle_, option, value);
    if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
  }

  long number(CURLINFO property) const {
    long value = 0;
    curl_easy_getinfo(handle_, property, &value);
    return value;
  }

  static bool lacks_trust(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  }

  std::string why_of(CURLcode code) const {
    const std::string why = *why_ ? why_ : curl_easy_strerror(code);
    const auto system_error = static_cast<int>(number(CURLINFO_OS_ERRNO));
    switch (code) {
      case CURLE_COULDNT_CONNECT: return system_error != 0 ? std::generic_category().message(system_error) : why;
      case CURLE_OPERATION_TIMEDOUT: return "no response within " + std::to_string(deadline_seconds) + " seconds";
      case CURLE_WRITE_ERROR: return "the response exceeds " + std::to_string(body_limit >> 20) + " MiB";
      case CURLE_PEER_FAILED_VERIFICATION: return "TLS: certificate verify failed: " + why;
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_SSL_CACERT_BADFILE: return "TLS: " + why;
      default: return why;
    }
  }

  CURL* handle_;
  header_list lines_;
  response received_;
  char why_[CURL_ERROR_SIZE] = "";
};

}

struct client::handle {
  client_settings settings;
  handle_pointer curl{curl_easy_init()};
};

client::client(client_settings settings) {
  static const auto is_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (is_ready != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
  handle_ = std::make_unique<handle>(handle{.settings = std::move(settings)});
  if (!handle_->curl) throw std::bad_alloc();
}
client::~client() = default;
client::client(client&&) noexcept = default;

result<response> client::send(const std::string& method, const std::string& url, const std::string& body,
                              const header_lines& header) {
  const auto where = parse_url(url);
  if (!where) return transfer::not_a_url(url);
  return transfer(handle_->curl.get(), handle_->settings, where.get(), method, body, header)
      .perform(text_of(where.get()));
}

result<response> send(const std::string& method, const std::string& url, const std::string& body,
                      const header_lines& header) {
  return client({}).send(method, url, body, header);
}

std::optional<timestamp> parse_date(const std::string& text) {
  const auto seconds = curl_getdate(text.c_str(), nullptr);
  if (seconds < 0) return {};
  return timestamp(std::chrono::seconds(seconds));
}

}
