#pragma once
// Strict reading of TOML: the reader asks for every key by name and type; any other key is a mistake.
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "collectors/base/crypto.hpp"
#include "collectors/base/nearest.hpp"
#include "collectors/base/time.hpp"
#include "daemon/config/config.hpp"

namespace releasehealth {

/// State shared by all tables: the file, the environment, the mistakes so far, and, if `known` is set, every key that
/// was asked for.
struct config_reading {
  std::filesystem::path file;
  const environment& env;
  std::vector<std::string> mistakes, warnings;
  std::int64_t max_pattern_bytes = limits()["figures.max_pattern_bytes"];
  std::vector<known_key>* known = nullptr;
  std::map<std::string, std::string>* at_start = nullptr;  ///< as config::at_start

  /// "conf.d/services.toml:12:3"; the file alone if the region has no line.
  std::string place_of(const toml::source_region&) const;
  void mistake(const toml::source_region&, const std::string& what);
};

/// One table of the file. The destructor reports keys that were not asked for.
class config_table {
 public:
  /// `path`: the dotted name for messages and environment variables; empty for the whole file. `table` may be null.
  config_table(config_reading&, const toml::table* table, std::string path, bool environment_applies = true,
               bool is_all_at_start = false);
  ~config_table();
  config_table(const config_table&) = delete;

  /// Marks a key, and everything below it, as taking effect at the next start only. All others take effect on reload.
  config_table& at_start(std::string_view key);

  void text(std::string_view key, std::string& field);
  void flag(std::string_view key, bool& field);
  void number(std::string_view key, double& field);
  void number_or_name(std::string_view key, double& value, std::string& name);
  void whole(std::string_view key, std::int64_t least, std::int64_t most, std::int64_t& field);
  void wholes(std::string_view key, std::int64_t least, std::int64_t most, std::set<int>& field);
  void length(std::string_view key, duration& field);                 ///< "48h"
  void date(std::string_view key, std::optional<timestamp>& field);   ///< 2026-03-01, as midnight in UTC, or a time
  void texts(std::string_view key, std::vector<std::string>& field);  ///< one text is a list of one
  /// `key` or `key`_file, with one or several values; files are read without their trailing newline.
  void secrets(std::string_view key, std::vector<secret>& field);
  void pattern_of(std::string_view key, pattern& field);
  /// Every limit of daemon/system/limits.hpp that is a key of this table.
  void bounds(limits& field);
  /// The path of a readable file; a relative one is looked up in systemd's credentials, then next to the configuration.
  void file(std::string_view key, std::string& field);
  /// The path of such a file, which only the command that needs it reads: the daemon does without it.
  void path(std::string_view key, std::string& field);
  /// A list of texts or of tables with a `name` and more: calls `each(config_table&)` for each; a text becomes a table
  /// with that name.
  void entries(std::string_view key, std::string_view holds, const std::function<void(config_table&)>& each);
  /// A table with arbitrary keys and such lists: calls `each(key, entry)`.
  void entries_by_key(std::string_view key, std::string_view holds,
                      const std::function<void(const std::string& key, config_table& entry)>& each);
  /// A table with arbitrary keys and texts.
  void pairs(std::string_view key, std::map<std::string, std::string>& field);
  /// One word of several, written to `field` by its position.
  template <class Enum>
  void choice(std::string_view key, const word_list& words, Enum& field) {
    std::string word, all;
    for (const auto w : words) all.append(all.empty() ? "" : ", ").append(w);
    note(key, "one of " + all, in_quotes(words[static_cast<std::size_t>(field)]));
    read_text(key, word);
    if (word.empty()) return;
    std::size_t position = 0;
    for (const auto w : words) {
      if (w == word) {
        field = static_cast<Enum>(position);
        return;
      }
      ++position;
    }
    wrong(key, unknown_word("value", word, words));
  }

  /// A table below this one; an absent table has only the values of the environment.
  config_table table(std::string_view key);
  /// Calls `each(config_table&)` for every table of the array.
  void tables(std::string_view key, const std::function<void(config_table&)>& each);

  /// The value of a key in a canonical spelling; empty if there is none.
  std::string spelled(std::string_view key) const;
  std::optional<std::string> variable(const std::string& name) const { return reading_.env(name); }
  bool has(std::string_view key) const { return table_ && table_->contains(key); }
  /// The position of the table: file, line and column.
  std::string place() const { return reading_.place_of(where("")); }
  void skip_rest();  ///< keys that were not asked for are no mistake
  void wrong(std::string_view key, const std::string& what);
  void wrong(const std::string& what);
  void warn(std::string_view key, const std::string& what);
  /// `key: missing; expected ...`
  void missing(std::string_view key, std::string_view expected);
  /// `key: unknown WHAT "value"`, with the nearest known word or all of them; a missing value is said to be missing.
  void unknown(std::string_view key, std::string_view what, std::string_view value, const word_list& known);
  /// `key: duplicate WHAT "value"; expected another one`
  void duplicate(std::string_view key, std::string_view what, std::string_view value);
  /// `key: invalid WHAT "value"; expected ...`; never for a secret.
  void invalid(std::string_view key, std::string_view what, std::string_view value, std::string_view expected);

 private:
  void note(std::string_view key, std::string holds, std::string fallback = "");
  void wrong_type(std::string_view key, const toml::node&, std::string_view expected);
  void read_entries(std::string_view key, const std::function<void(config_table&)>& each);
  void read_text(std::string_view key, std::string& field);
  void read_texts(std::string_view key, std::vector<std::string>& field, bool is_secret = false);
  void read_number(std::string_view key, double& field);
  void read_length(std::string_view key, duration& field);
  const toml::node* find(std::string_view key);
  bool is_at_start(std::string_view key) const { return is_all_at_start_ || at_start_.contains(key); }
  void remember_at_start(std::string_view key, const std::string& value);
  std::optional<std::string> override_of(std::string_view key) const;
  toml::source_region where(std::string_view key) const;
  std::string name(std::string_view key) const;
  std::filesystem::path file_of(const std::string& written) const;

  config_reading& reading_;
  const toml::table* table_;
  std::string path_;
  bool environment_applies_;
  std::set<std::string, std::less<>> asked_, at_start_;
  bool is_all_at_start_;
  toml::source_region stands_at_ = {};  ///< position of a table that was made from a text
};

/// Merges the files named by `include` into the table: their [[...]] are appended, their other keys are added. A
/// duplicate key, an unreadable file and an `include` in an included file are mistakes. Returns the files in reading
/// order: by pattern, then by name; a file that several patterns match is read once.
std::vector<std::filesystem::path> read_includes(config_reading&, toml::table& merged);

threshold read_threshold(config_table&, const std::vector<std::string>& rolling);

/// Reads calendar, figures, services, teams, environments, rules, policies and thresholds (meaning.cpp).
void read_meaning(config_table& root, config&);
/// Reads and checks how `sync` reaches the API of a source (apis.cpp).
void read_api(config_table&, source&);
void check_api(config_table&, const source&, const collector&);
/// Reads how incidents are joined, from [figures] and the sources (joins.cpp).
void read_joins(config_table& figures, config&);
/// Warns of a source that follows an unknown one.
void check_follows(config_table& root, const config&);
/// Reads [[rule]] and [[policy]] (rules.cpp).
void read_rules(config_table& root, rulebook&);
void read_policies(config_table& root, std::vector<policy_rule>&);
/// Reads [intake] or [operations] but for their own keys (listeners.cpp).
void read_listener(config_table&, http::endpoint&, limits&);
/// Reads [[repository]] (repositories.cpp).
std::vector<repository_rule> read_repositories(config_table& root);
/// A filter as it enters the fingerprint.
std::string spelled(const incident_filter&);

}
