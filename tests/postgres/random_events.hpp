#pragma once
// Events near every limit, for tests of all readers of accepted events.
#include <random>
#include <set>
#include <string>

#include "collectors/fields.hpp"

namespace releasehealth::test {

inline const timestamp noon = *parse_time("2026-11-20T12:00:00Z");  ///< when events are received

/// Events as text near every limit: some exceed it and are rejected.
class random_events {
 public:
  explicit random_events(unsigned seed) : random_(seed) {}

  std::string next() {
    static const char* const types[] = {"deployment", "deployment", "incident", "work", "flag", "commit", "retraction"};
    const std::string type = types[pick(7)];
    std::string out =
        R"({"id":"e)" + std::to_string(++count_) + R"(","type":")" + type + R"(","time":")" + time() + '"';
    if (type == "retraction") out += R"(,"of":"deployment","subject":"e1")";
    if (type == "commit" || one_in(4)) out += R"(,"subject":)" + name();
    std::set<std::string_view> given;
    for (const auto& f : fields())
      if (f.types.contains(*parse_word<event_type>(type)) && f.name != "of" && one_in(4) && given.insert(f.name).second)
        out += ",\"" + std::string(f.name) + "\":" + value_of(f);
    if (type == "deployment" && !given.contains("service")) out += R"(,"service":)" + service();
    if (type == "deployment" && !given.contains("state")) out += R"(,"state":"succeeded")";
    if (one_in(2)) out += ",\"unheard of\":" + any(depth());
    return out + '}';
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool one_in(int n) { return pick(n) == 0; }
  int depth() { return one_in(3) ? 90 + pick(12) : pick(34); }

  std::string time() {
    static const char* const odd[] = {"1990-01-01T00:00:00Z", "1989-12-31T23:59:59.999999Z", "2026-11-20T12:05:00Z",
                                      "2026-11-20T12:05:00.000001Z"};
    if (one_in(30)) return odd[pick(4)];
    return format_time(noon - std::chrono::minutes(pick(60 * 24 * 40)));
  }
  std::string service() { return "\"s" + std::to_string(pick(6)) + "/\xC3\xA9 %?#\""; }
  std::string name() {
    if (!one_in(8)) return "\"n" + std::to_string(pick(50)) + "\"";
    std::string text = "\"";
    for (int n = one_in(4) ? 201 : 200; n > 0; --n)
      text += one_in(3) ? "x" : one_in(2) ? "\xC3\xA9" : "\xF0\x9F\x9A\x80";
    return text + '"';
  }
  std::string text() {
    static const char* const all[] = {R"("")",        R"("plain")",      R"("\ud83d\ude80")", R"("\u0000")",
                                      R"("a\"b\\c")", R"("\u0001\n\t")", "\"\xEF\xBF\xBF\"",  R"("<b>&amp;{{x}}")",
                                      R"("\ud800")",  R"("' OR 1=1")"};
    return one_in(12) ? '"' + std::string(std::size_t(9'999 + pick(3)), 'x') + '"' : std::string(all[pick(10)]);
  }
  std::string number() {
    static const char* const all[] = {"0",
                                      "-0",
                                      "-0.0",
                                      "1",
                                      "-1",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "1e308",
                                      "1.7976931348623157e308",
                                      "1e309",
                                      "1e400",
                                      "1e99999",
                                      "-1e400",
                                      "5e-324",
                                      "2.2250738585072014e-308",
                                      "1e-400",
                                      "0.1",
                                      "0.30000000000000004",
                                      "3.141592653589793238462643383279",
                                      "123456789012345678901234567890",
                                      "1e22",
                                      "1E+2"};
    return all[pick(24)];
  }
  std::string any(int levels) {
    if (levels > 1) {
      const bool is_array = one_in(2);
      std::string out = is_array ? "[" : R"({"k~/\"":)";
      out += any(levels - 1);
      if (one_in(8)) out += (is_array ? "," : R"(,"":)") + any(1);
      return out + (is_array ? ']' : '}');
    }
    switch (pick(6)) {
      case 0: return text();
      case 1: return "null";
      case 2: return one_in(2) ? "true" : "[]";
      case 3: return "{}";
      default: return number();
    }
  }
  std::string value_of(const field& f) {
    if (one_in(40)) return any(1 + pick(3));
    if (f.name == "service") return service();
    if (f.name == "environment") return one_in(4) ? R"("staging")" : R"("production")";
    switch (f.looks) {
      case form::name: return name();
      case form::text: return text();
      case form::time: return '"' + time() + '"';
      case form::flag: return one_in(2) ? "true" : "false";
      case form::count: return one_in(4) ? std::to_string(f.most + pick(2)) : std::to_string(pick(1000));
      case form::severity: return std::to_string(1 + pick(5));
      case form::choice: {
        const auto end = f.choices.find(' ');
        return '"' + std::string(f.choices.substr(0, end)) + '"';
      }
      case form::names: return "[" + name() + ',' + name() + ']';
      case form::parts:
        return "[" + name() + R"(,{")" + std::string(f.choices.substr(0, f.choices.find(' '))) + "\":" + name() + "}]";
      case form::timed: return R"([{"person":)" + name() + R"(,"from":")" + time() + R"("},)" + any(depth()) + ']';
      case form::any: return any(depth());
    }
    return "null";
  }

  std::mt19937 random_;
  int count_ = 0;
};

}
