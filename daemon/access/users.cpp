#include "daemon/access/users.hpp"

#include <set>

#include <crypt.h>

#include "collectors/credentials.hpp"
#include "daemon/system/worker.hpp"

namespace releasehealth {

namespace asio = boost::asio;

namespace {

constexpr std::size_t bcrypt_length = 60, max_remembered = 1000;

// Checked for unknown user names, so that they take as long as known ones.
constexpr const char* nobody = "$2b$10$abcdefghijklmnopqrstuuIFWKkg9ofVXKRzPb9MTuWyNKJxaX1h.";

bool fits(const std::string& password, const std::string& hash) {
  crypt_data scratch{};
  const char* computed = crypt_r(password.c_str(), hash.c_str(), &scratch);
  return computed && equal_in_constant_time(computed, hash);
}

}

struct users::state : std::enable_shared_from_this<state> {
  state(asio::io_context& i, hashes h) : io(i), known(std::move(h)) {}
  asio::io_context& io;
  hashes known;
  std::set<std::string> right;  ///< digests of name, hash and password that were correct
  std::size_t waiting = 0;
  worker thread{"password"};
};

users::users(asio::io_context& io, hashes known) : state_(std::make_shared<state>(io, std::move(known))) {}
users::~users() { state_->thread.join(); }

bool users::are_asked() const { return !state_->known.empty(); }

void users::use(hashes known) {
  state_->known = std::move(known);
  state_->right.clear();
}

void users::admit(const headers& given, std::function<void(bool)> then) {
  auto& s = *state_;
  const auto [name, password] = basic_credentials(given);
  if (name.empty()) return then(false);
  const auto user = s.known.find(name);
  const auto hash = user == s.known.end() ? nobody : user->second;
  auto digest = sha256_hex(name + '\n' + hash + '\n' + password);
  if (s.right.contains(digest)) return then(true);
  if (s.waiting >= max_waiting) return then(false);
  ++s.waiting;
  const auto check = [said = password, hash, is_known = user != s.known.end()] { return fits(said, hash) && is_known; };
  s.thread.run(s.io, check, [self = state_, digest = std::move(digest), then = std::move(then)](bool is_right) {
    --self->waiting;
    if (is_right && self->right.size() < max_remembered) self->right.insert(digest);
    then(is_right);
  });
}

std::string check_bcrypt(const std::string& hash) {
  const bool is = hash.size() == bcrypt_length && hash.starts_with("$2") && hash.find_first_of("\n ") == hash.npos;
  return is ? "" : "invalid hash; expected a bcrypt hash, from `htpasswd -nBC 10 NAME`";
}

}
