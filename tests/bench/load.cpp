// A sender of webhooks for benchmarks: a closed loop of clients over persistent connections. Every request is built and
// signed before the clock starts, so that only the server is measured.
//
//   bench_load PORT CLIENTS SECONDS TEMPLATES [right|wrong|none] [FIRST]
//
// TEMPLATES: one JSON body per line, in which a run of ten digits 7 is replaced by a number unique to the request.
// FIRST: the first of these numbers. Prints one JSON object.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using steady = std::chrono::steady_clock;
constexpr std::string_view secret = "hush-hush-4711", mark = "7777777777";
constexpr std::size_t most_requests = 80'000;

std::string signature_of(const std::string& body, bool right) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac, &size);
  if (!right) mac[0] ^= 1;
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", mac[i]);
    hex += digits;
  }
  return hex;
}

std::string make_request(std::string body, std::size_t number, const std::string& sign) {
  constexpr std::size_t as_long_as_the_mark = 1'000'000'000;  // unique, and in the order of sending
  const auto digits = std::to_string(as_long_as_the_mark + number);
  for (auto at = body.find(mark); at != body.npos; at = body.find(mark, at)) body.replace(at, mark.size(), digits);
  std::string out =
      "POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/bench\r\nAccept: */*\r\n"
      "Content-Type: application/json\r\nX-GitHub-Event: deployment_status\r\nX-GitHub-Hook-ID: 292430182\r\n"
      "X-GitHub-Hook-Installation-Target-ID: 79929171\r\nX-GitHub-Hook-Installation-Target-Type: repository\r\n"
      "X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-" +
      std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits + "\r\n";
  if (sign != "none") out += "X-Hub-Signature-256: sha256=" + signature_of(body, sign == "right") + "\r\n";
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct client {
  int socket = -1;
  const std::string* request = nullptr;
  std::size_t sent = 0;
  std::string answer;
  steady::time_point began;
};

/// The status of a complete response; 0 while it is incomplete.
int status_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == answer.npos) return 0;
  std::string head = answer.substr(0, end);
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::size_t length = 0;
  if (const auto at = head.find("content-length: "); at != head.npos)
    length = std::strtoul(head.c_str() + at + 16, nullptr, 10);
  return answer.size() >= end + 4 + length ? std::atoi(answer.c_str() + 9) : 0;
}

void open_to(client& c, const sockaddr_in& to) {
  c.socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::connect(c.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("no connection");
  const int one = 1;
  setsockopt(c.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

void send_some(client& c) {
  while (c.sent < c.request->size()) {
    const auto n =
        ::send(c.socket, c.request->data() + c.sent, c.request->size() - c.sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n <= 0) return;
    c.sent += static_cast<std::size_t>(n);
  }
}

}

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto clients = static_cast<std::size_t>(std::atoi(argv[2]));
  const double seconds = std::atof(argv[3]);
  const std::string sign = argc > 5 ? argv[5] : "right";
  const std::size_t first = argc > 6 ? std::strtoul(argv[6], nullptr, 10) : 0;
  std::vector<std::string> templates, requests;
  std::ifstream file(argv[4]);
  for (std::string line; std::getline(file, line);) templates.push_back(line);
  for (std::size_t n = 0; n < most_requests; ++n)
    requests.push_back(make_request(templates[n % templates.size()], first + n, sign));

  std::vector<client> all(clients);
  const int poll = epoll_create1(0);
  for (std::size_t i = 0; i < clients; ++i) {
    open_to(all[i], to);
    epoll_event e{.events = EPOLLIN, .data = {.u64 = i}};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &e);
  }
  std::size_t next = 0, open = 0;
  std::map<int, std::size_t> statuses;
  std::vector<double> took;
  const auto cpu = std::clock();
  const auto begin = steady::now(),
             end = begin + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(seconds));
  const auto ask = [&](client& c) {
    if (next == requests.size() || steady::now() >= end) return;
    c.request = &requests[next++];
    c.sent = 0;
    c.answer.clear();
    c.began = steady::now();
    ++open;
    send_some(c);
  };
  for (auto& c : all) ask(c);
  while (open > 0) {
    epoll_event events[64];
    const int ready = epoll_wait(poll, events, 64, 10);
    for (int i = 0; i < ready; ++i) {
      auto& c = all[events[i].data.u64];
      char part[4096];
      const auto n = ::recv(c.socket, part, sizeof part, MSG_DONTWAIT);
      if (n <= 0) throw std::runtime_error("a connection was closed");
      c.answer.append(part, static_cast<std::size_t>(n));
      const int status = status_of(c.answer);
      if (status == 0) continue;
      ++statuses[status];
      took.push_back(std::chrono::duration<double, std::milli>(steady::now() - c.began).count());
      --open;
      ask(c);
    }
    for (auto& c : all)
      if (c.request && c.sent < c.request->size()) send_some(c);
  }
  const double elapsed = std::chrono::duration<double>(steady::now() - begin).count();
  const double used = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  std::ranges::sort(took);
  const auto at = [&](double share) {
    return took.empty() ? 0 : took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))];
  };
  std::printf(
      "{\"rate\": %.1f, \"seconds\": %.3f, \"cpu_s\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"sent\": %zu, "
      "\"answers\": {",
      static_cast<double>(took.size()) / elapsed, elapsed, used, at(0.5), at(0.99), next);
  bool is_first = true;
  for (const auto& [status, count] : statuses)
    std::printf("%s\"%d\": %zu", std::exchange(is_first, false) ? "" : ", ", status, count);
  std::printf("}}\n");
}
