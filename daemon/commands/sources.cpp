#include "collectors/collector.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/output.hpp"

namespace releasehealth {

std::function<int()> add_sources(CLI::App& app, const common_options&) {
  const auto output = add_output(app);
  app.footer("Example: releasehealthd sources");
  return [output] {
    json::array rows;
    for (const auto* c : collectors()) {
      if (output->is_text()) print_text(*output, std::string(c->kind) + "  " + std::string(c->help) + '\n', 4);
      for (const auto& s : c->settings) {
        if (!output->is_text()) {
          rows.push_back(json::object{{"kind", c->kind},
                                      {"setting", s.key},
                                      {"help", s.help},
                                      {"choices", s.choices},
                                      {"default", s.fallback},
                                      {"required", s.is_required}});
          continue;
        }
        auto line = "    " + std::string(s.key) + "  " + std::string(s.help);
        if (!s.choices.empty()) line += " (" + std::string(s.choices) + ')';
        if (!s.fallback.empty()) line += ", default " + std::string(s.fallback);
        print_text(*output, line + (s.is_required ? "; required\n" : "\n"), 8);
      }
    }
    if (!output->is_text()) print_rows(*output, "settings", rows);
    return 0;
  };
}

}
