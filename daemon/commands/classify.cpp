#include <iostream>

#include "daemon/commands/command.hpp"

namespace releasehealth {
namespace {

struct classify_options {
  std::string rules_file, line_released_at;
  std::vector<std::string> fields;
};

int run_classify(const config& c, const classify_options& o) {
  deployment d;
  d.facts = read_fields(o.fields);
  d.where = {text_at(d.facts, "/service"), text_at(d.facts, "/environment")};
  if (d.where.environment.empty()) d.where.environment = "production";
  d.version = text_at(d.facts, "/version");
  d.finished_at = time_at(d.facts, "/finished_at");
  std::optional<timestamp> released;
  if (!o.line_released_at.empty()) {
    released = parse_time(o.line_released_at);
    if (!released) throw usage_error("--line-released-at is not an RFC 3339 time");
  }
  const auto explicit_kind = text_at(d.facts, "/kind");
  const auto decided = explicit_kind.empty() ? decide_by_rules(c.timeline.stack.rules, d, released)
                                             : decision{explicit_kind, "explicit kind"};
  std::cout << decided.kind << ": " << decided.reason << '\n';
  return 0;
}

}

std::function<int()> add_classify(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<classify_options>();
  app.add_option("fields", o->fields, "key=value: ref=hotfix/1.8.3 title='Fix rounding' labels='a;b' version=1.8.3")
      ->required();
  app.add_option("--rules", o->rules_file, "take the rules of this configuration instead");
  app.add_option("--line-released-at", o->line_released_at, "when the preceding release of its line finished");
  return [o, &options] {
    return run_classify(load_or_refuse(o->rules_file.empty() ? options : common_options{o->rules_file}), *o);
  };
}

}
