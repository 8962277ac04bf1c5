#include "daemon/config/config.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "collectors/base/text.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "collectors/signature.hpp"
#include "daemon/access/users.hpp"
#include "daemon/config/reader.hpp"
#include "daemon/database/session.hpp"
#include "daemon/http/listen_address.hpp"

namespace releasehealth {
namespace {

void read_token_values(config_table& t, token& read) {
  constexpr std::size_t digest_length = 64;
  std::vector<secret> values;
  t.secrets("token", values);
  t.texts("token_sha256", read.digests);
  for (const auto& d : read.digests)
    if (d.size() != digest_length || d.find_first_not_of("0123456789abcdef") != d.npos)
      t.wrong("token_sha256",
              "invalid digest; expected 64 hexadecimal digits in lower case: printf %s TOKEN | sha256sum");
  for (auto& v : values) {
    if (is_signing_secret(v))
      read.signing.push_back(std::move(v));
    else
      read.digests.push_back(sha256_hex(v.reveal()));
  }
  if (read.digests.empty() && read.signing.empty() && !t.has("token") && !t.has("token_file"))
    t.missing("token", "token, token_file or token_sha256");
}

// An empty list would allow everything, and a `*` has a meaning at the end only.
void read_reach(config_table& t, reach& read) {
  for (const auto& [key, names] :
       {std::pair("services", &read.services), std::pair("environments", &read.environments)}) {
    t.texts(key, *names);
    if (t.has(key) && names->empty()) t.wrong(key, "empty list; expected names, or omit the key to allow all of them");
    for (const auto& name : *names)
      if (const auto star = name.find('*'); name.empty() || (star != name.npos && star + 1 != name.size()))
        t.invalid(key, "name", name, "a name, or a prefix and a final *");
  }
}

void read_token(config_table& t, config& c) {
  token read;
  t.text("name", read.name);
  std::vector<std::string> scopes;
  t.texts("scopes", scopes);
  for (const auto& s : scopes) {
    if (!has_word(token_scopes(), s)) t.wrong("scopes", unknown_word("scope", s, split_words(token_scopes())));
    read.scopes.insert(s);
  }
  read_reach(t, read.permitted);
  read_token_values(t, read);
  if (read.name.empty()) t.missing("name", "a name");
  for (const auto& other : c.tokens) {
    if (other.name == read.name) t.duplicate("name", "name", read.name);
    if (std::ranges::any_of(read.digests,
                            [&](const auto& d) { return std::ranges::find(other.digests, d) != other.digests.end(); }))
      t.wrong("token", "duplicate of [[token]] " + in_quotes(other.name) + "; expected a different one");
  }
  c.tokens.push_back(std::move(read));
}

void read_source(config_table& t, config& c) {
  source s;
  t.text("name", s.name);
  t.text("kind", s.kind);
  t.secrets("secret", s.secrets);
  t.flag("unauthenticated", s.unauthenticated);
  reach permitted;
  read_reach(t, permitted);
  s.settings["services"] = std::move(permitted.services);
  s.settings["environments"] = std::move(permitted.environments);
  read_api(t, s);
  image_rule images;
  t.pattern_of("images", images.own);
  limits own;
  t.bounds(own);
  auto& filter = c.timeline.joins.filters[s.name];
  t.wholes("severities", 1, 5, filter.severities);
  t.text("follows", filter.follows);
  s.body_limit = own.size("source.max_body_bytes");
  if (s.name.empty()) t.missing("name", "a name");
  if (s.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != s.name.npos)
    t.invalid("name", "name", s.name, "lower-case letters, digits, - and _, because it is part of a path");
  if (s.name == canonical::source_name || s.name == "import")
    t.invalid("name", "name", s.name, "a name that the daemon does not use itself");
  if (std::ranges::any_of(c.sources, [&](const source& o) { return o.name == s.name; }))
    t.duplicate("name", "name", s.name);
  const auto* kind = find_collector(s.kind);
  if (!kind) {
    t.skip_rest();  // its settings are unknown
    return t.unknown("kind", "kind", s.kind, word_list_of(collectors(), &collector::kind));
  }
  check_api(t, s, *kind);
  if (s.secrets.empty() && !s.unauthenticated && !t.has("secret") && !t.has("secret_file"))
    t.missing("secret", "secret or secret_file, or unauthenticated = true");
  std::map<std::string, std::vector<const setting_rule*>> nested;
  const auto read_setting = [&s](config_table& table, std::string_view key, const setting_rule& rule) {
    std::vector<std::string> values;
    if (rule.is_list) {
      table.texts(key, values);
    } else {
      std::string value;
      table.text(key, value);
      if (value.empty()) value = rule.fallback;
      if (!value.empty()) values = {value};
      if (!rule.choices.empty() && !has_word(rule.choices, value))
        table.wrong(key, unknown_word("value", value, split_words(rule.choices)));
    }
    if (rule.is_required && values.empty() && !table.has(key)) table.missing(key, rule.help);
    s.settings[std::string(rule.key)] = std::move(values);
  };
  for (const auto& rule : kind->settings) {
    if (const auto dot = rule.key.find('.'); dot != rule.key.npos)
      nested[std::string(rule.key.substr(0, dot))].push_back(&rule);
    else
      read_setting(t, rule.key, rule);
  }
  for (const auto& [key, rules] : nested) {
    auto below = t.table(key);
    for (const auto* rule : rules) read_setting(below, rule->key.substr(key.size() + 1), *rule);
  }
  if (const auto why = kind->check(s); !why.empty()) t.wrong(why);
  images.compares_images = s.setting("identity") != "revision";
  if (images.own || !images.compares_images) c.timeline.images[s.name] = std::move(images);
  c.sources.push_back(std::move(s));
}

void read_spool(config_table&& t, config& c) {
  constexpr std::int64_t most_patience_ms = 10'000;
  auto patience = static_cast<std::int64_t>(c.patience.count());
  t.bounds(c.bounds);
  t.whole("patience_ms", 1, most_patience_ms, patience);
  c.patience = std::chrono::milliseconds(patience);
}

void read_all(config_table& root, config& c) {
  std::vector<std::string> include;  // read_includes() has read the files
  root.texts("include", include);
  auto state_dir = root.variable("STATE_DIRECTORY").value_or(c.state_dir.string());
  root.at_start("state_dir").text("state_dir", state_dir);
  if (!state_dir.empty()) c.state_dir = state_dir;
  {
    auto t = root.at_start("database").table("database");
    const auto read_url = [&](const char* key, std::string& field) {
      std::vector<secret> url;  // it may hold a password
      t.secrets(key, url);
      if (!url.empty()) field = url.front().reveal();
      if (const auto why = ledger::what_is_no_url(field); !why.empty()) t.wrong(key, why);
    };
    read_url("url", c.database_url);
    read_url("read_url", c.read_url);
    if (!c.read_url.empty() && c.database_url.empty()) t.missing("url", "the primary of the replica in read_url");
    t.bounds(c.bounds);
  }
  {
    auto t = root.table("intake");
    read_listener(t, c.intake, c.bounds);
    duration drain = c.drain;
    t.length("drain_timeout", drain);
    c.drain = std::chrono::ceil<std::chrono::seconds>(drain);
  }
  {
    auto t = root.table("operations");
    read_listener(t, c.operations, c.bounds);
    if (http::is_taken_by(c.intake, c.operations))
      t.wrong("listen",
              "port " + std::to_string(c.operations.port) + " is also that of intake.listen; expected another one");
    t.pairs("basic_auth_users", c.basic_auth_users);
    for (const auto& [name, hash] : c.basic_auth_users)
      if (const auto why = check_bcrypt(hash); !why.empty()) t.wrong("basic_auth_users." + name, why);
    t.texts("hosts", c.operations_hosts);
    if (const auto why = who_reaches_operations(c); !why.empty()) t.warn("listen", why);
  }
  read_spool(root.table("spool"), c);
  {
    auto t = root.table("sync");
    t.text("proxy", c.sync.proxy);
    t.file("ca_file", c.sync.ca_file);
  }
  root.table("retention").length("bodies", c.keep_bodies);
  {
    auto t = root.table("gate");
    enum { pass, hold } without_data = c.gate_holds_without_data ? hold : pass;
    t.choice("without_data", {"pass", "hold"}, without_data);
    c.gate_holds_without_data = without_data == hold;
  }
  {
    auto t = root.table("log");
    t.choice("format", word_list_of(log_format_names), c.logs);
    t.choice("level", word_list_of(log_level_names), c.lowest);
  }
  root.tables("token", [&](config_table& t) { read_token(t, c); });
  root.tables("source", [&](config_table& t) { read_source(t, c); });
  read_meaning(root, c);
}

}

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

std::variant<config, config_mistakes> parse_config(std::string_view text, const std::filesystem::path& file,
                                                   const environment& env) {
  config_reading reading{file, env, {}, {}};
  config c;
  reading.at_start = &c.at_start;
  try {
    auto parsed = toml::parse(text, std::string_view(file.native()));
    c.included = read_includes(reading, parsed);
    c.has_tables = !parsed.empty();
    config_table root(reading, &parsed, "");
    read_all(root, c);
  } catch (const toml::parse_error& e) {
    reading.mistake(e.source(), std::string(e.description()));
  }
  if (!reading.mistakes.empty()) return config_mistakes{std::move(reading.mistakes)};
  c.warnings = std::move(reading.warnings);
  return c;
}

std::vector<known_key> known_keys() {
  std::vector<known_key> all;
  const environment nothing = [](const std::string&) { return std::nullopt; };
  config_reading reading{{}, nothing, {}, {}};
  reading.known = &all;
  config c;
  config_table root(reading, nullptr, "");
  read_all(root, c);
  return all;
}

std::string who_reaches_operations(const config& c) {
  const auto& tls = c.operations.tls;
  const bool asks = (tls && tls->clients == http::client_auth::require_and_verify) || !c.basic_auth_users.empty();
  if (asks || http::is_loopback(c.operations.address)) return {};
  return c.operations.address + ':' + std::to_string(c.operations.port) +
         " serves pages and metrics to everyone who reaches it; expected basic_auth_users, client certificates in "
         "tls_server_config, or a loopback address";
}

std::variant<config, config_mistakes> load_config(const std::filesystem::path& file, const environment& env) {
  const auto cannot = [&](const std::string& why) {
    return config_mistakes{{file.string() + ": cannot be read: " + why}};
  };
  std::error_code ec;
  if (std::filesystem::is_directory(file, ec)) return cannot("it is a directory");
  std::ifstream stream(file, std::ios::binary);
  if (!stream && file != default_config_file) return cannot(std::generic_category().message(errno));
  std::string text;
  try {
    text.assign(std::istreambuf_iterator<char>(stream), {});
  } catch (const std::ios_base::failure& e) {
    return cannot(e.code().message());
  }
  return parse_config(text, file, env);
}

}
