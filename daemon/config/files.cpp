// Secrets and certificates, which the configuration keeps in files of their own.
#include <cerrno>
#include <fstream>

#include <sys/stat.h>

#include "daemon/config/reader.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t longest_secret = std::size_t{64} * 1024;

std::string unreadable(const std::filesystem::path& path) {
  return "cannot read " + in_quotes(path.string()) + ": " + std::generic_category().message(errno) +
         "; expected a readable file";
}

}

std::string what_is_no_secret(std::string_view value) {
  for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"})
    if (value.starts_with(mark)) return "begins with a byte order mark; expected only the secret";
  if (value.find_first_of("\r\n") != value.npos)
    return "contains several lines; expected one secret (during a rotation list several files: [\"new\", \"old\"])";
  if (value.find('\0') != value.npos) return "contains NUL bytes; expected the secret as UTF-8 text";
  if (!value.empty() && value.find_first_not_of(" \t") == value.npos)
    return "contains only white space; expected the secret";
  return {};
}

// A relative path is looked up in systemd's credentials first, then in the folder of the configuration.
std::filesystem::path config_table::file_of(const std::string& written) const {
  if (const auto credentials = reading_.env("CREDENTIALS_DIRECTORY"))
    if (auto path = std::filesystem::path(*credentials) / written; std::ifstream(path)) return path;
  return reading_.file.parent_path() / written;
}

void config_table::secrets(std::string_view key, std::vector<secret>& fields) {
  const auto file_key = std::string(key) + "_file";
  std::vector<std::string> inline_values, files;
  note(key, "secrets");
  note(file_key, "paths of files with secrets");
  read_texts(key, inline_values, true);
  read_texts(file_key, files);
  if (const auto given = override_of(key)) inline_values = {*given};
  if (const auto given = override_of(file_key)) files = {*given};
  for (const auto& given : {std::string(key), file_key})
    if (const auto* node = find(given); node && node->is_array() && node->as_array()->empty())
      return wrong(given, "empty list; expected one or more secrets");
  if (!inline_values.empty() && !files.empty())
    return wrong(key, "both " + std::string(key) + " and " + file_key + "; expected one of them");
  for (const auto& f : files) {
    const auto path = file_of(f);
    std::ifstream stream(path, std::ios::binary);
    const bool opens = stream.is_open();
    std::string value(longest_secret + 1, '\0');
    stream.read(value.data(), static_cast<std::streamsize>(value.size()));
    value.resize(static_cast<std::size_t>(stream.gcount()));
    if (value.empty()) {
      wrong(file_key, opens ? "empty file " + in_quotes(path.string()) + "; expected the secret" : unreadable(path));
      continue;
    }
    if (value.size() > longest_secret) {
      wrong(file_key, in_quotes(path.string()) + " is too long for a secret; expected at most 64 KiB");
      continue;
    }
    while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
    if (const auto why = what_is_no_secret(value); !why.empty()) {
      wrong(file_key, in_quotes(path.string()) + ' ' + why);
      continue;
    }
    if (struct stat s{}; stat(path.c_str(), &s) == 0 && (s.st_mode & S_IROTH) != 0)
      reading_.warnings.push_back(path.string() + " holds a secret that every user of this machine can read");
    inline_values.push_back(std::move(value));
  }
  if (!files.empty()) {
    std::string all;
    for (const auto& v : inline_values) all += v + '\n';
    remember_at_start(file_key, all);
  }
  for (auto& v : inline_values) {
    if (v.empty())
      wrong(files.empty() ? key : std::string_view(file_key), "empty; expected a secret");
    else
      fields.emplace_back(std::move(v));
  }
}

void config_table::path(std::string_view key, std::string& field) {
  note(key, "a file");
  std::string written;
  read_text(key, written);
  if (!written.empty()) field = file_of(written).string();
}

void config_table::file(std::string_view key, std::string& field) {
  note(key, "a file");
  std::string written;
  read_text(key, written);
  if (written.empty()) return;
  const auto path = file_of(written);
  if (!std::ifstream(path)) return wrong(key, unreadable(path));
  field = path.string();
}

}
