#include <iostream>

#include "collectors/base/text.hpp"
#include "daemon/commands/command.hpp"

namespace releasehealth {
namespace {

// The options of a command with their descriptions.
std::vector<std::pair<std::string, std::string>> options_of(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto* option : app.get_options([](const CLI::Option* o) { return o->nonpositional(); }))
    for (const auto& name : option->get_lnames()) all.emplace_back("--" + name, option->get_description());
  return all;
}

void write_bash(std::ostream& out, const CLI::App& program) {
  out << "_releasehealthd() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=";
  std::vector<std::string> names;
  for (const auto* c : program.get_subcommands({})) names.push_back(c->get_name());
  out << shell_quoted(joined(names, " ")) << "\n  else\n    case ${COMP_WORDS[1]} in\n";
  for (const auto* c : program.get_subcommands({})) {
    std::vector<std::string> options;
    for (auto& [name, help] : options_of(*c)) options.push_back(std::move(name));
    out << "      " << c->get_name() << ") words=" << shell_quoted(joined(options, " ")) << " ;;\n";
  }
  out << "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "}\n"
         "complete -o default -F _releasehealthd releasehealthd\n";
}

void write_zsh(std::ostream& out, const CLI::App& program) {
  const auto described = [](std::string name, const std::string& help) {
    std::erase(name, ':');
    return shell_quoted(name + ':' + help.substr(0, help.find('\n')));
  };
  out << "#compdef releasehealthd\n"
         "local -a choices\n"
         "if (( CURRENT == 2 )); then\n"
         "  choices=(\n";
  for (const auto* c : program.get_subcommands({}))
    out << "    " << described(c->get_name(), c->get_description()) << '\n';
  out << "  )\n"
         "  _describe command choices\n"
         "  return\n"
         "fi\n"
         "case $words[2] in\n";
  for (const auto* c : program.get_subcommands({})) {
    out << "  " << c->get_name() << ") choices=(";
    for (const auto& [name, help] : options_of(*c)) out << ' ' << described(name, help);
    out << " ) ;;\n";
  }
  out << "esac\n"
         "_describe option choices || _files\n";
}

}

std::function<int()> add_completion(CLI::App& app, const common_options&) {
  const auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "shell: bash or zsh")->required()->check(one_of("shell", {"bash", "zsh"}));
  app.footer("Example: releasehealthd completion bash >/etc/bash_completion.d/releasehealthd");
  return [shell, &app] {
    (*shell == "bash" ? write_bash : write_zsh)(std::cout, *app.get_parent());
    return 0;
  };
}

}
