// Tables of the configuration, and lists of tables.
#include "daemon/config/reader.hpp"

namespace releasehealth {

void config_table::read_entries(std::string_view key, const std::function<void(config_table&)>& each) {
  const auto* node = find(key);
  if (!node) return;
  const auto read = [&](const toml::node& one) {
    if (!one.is_string() && !one.is_table()) return wrong_type(key, one, "text, or a table with a name");
    const auto named = one.is_string() ? toml::table{{"name", **one.as_string()}} : toml::table();
    config_table entry(reading_, one.is_table() ? one.as_table() : &named, name(key), false, is_at_start(key));
    entry.stands_at_ = one.source();
    each(entry);
  };
  if (const auto* list = node->as_array())
    for (const auto& one : *list) read(one);
  else
    read(*node);
}

void config_table::entries(std::string_view key, std::string_view holds,
                           const std::function<void(config_table&)>& each) {
  note(key, std::string(holds));
  read_entries(key, each);
}

void config_table::entries_by_key(std::string_view key, std::string_view holds,
                                  const std::function<void(const std::string&, config_table&)>& each) {
  note(key, std::string(holds));
  auto below = table(key);
  if (!below.table_) return;
  for (const auto& [subkey, node] : *below.table_) {
    const std::string its_key(subkey.str());
    below.read_entries(its_key, [&](config_table& entry) { each(its_key, entry); });
  }
}

void config_table::pairs(std::string_view key, std::map<std::string, std::string>& all) {
  note(key, "a table of texts");
  const auto* node = find(key);
  if (!node) return;
  if (!node->is_table())
    return wrong(key, "invalid value; expected a table");  // the value is not shown: it may be a secret
  for (const auto& [name, value] : *node->as_table()) {
    if (!value.is_string())
      return wrong(std::string(key) + '.' + std::string(name.str()),
                   "invalid value; expected text");  // the value is not shown either
    all[std::string(name.str())] = **value.as_string();
  }
}

config_table config_table::table(std::string_view key) {
  const auto* node = find(key);
  if (node && !node->is_table()) wrong_type(key, *node, "a table");
  return {reading_, node ? node->as_table() : nullptr, name(key), environment_applies_, is_at_start(key)};
}

void config_table::tables(std::string_view key, const std::function<void(config_table&)>& each) {
  const auto* node = find(key);
  if (reading_.known) {
    config_table any(reading_, nullptr, name(key), false);
    each(any);
  }
  if (!node) return;
  const auto* array = node->as_array();
  if (!array || !array->is_array_of_tables())
    return wrong(key, "invalid value; expected an array of tables: [[" + name(key) + "]]");
  for (const auto& element : *array) {
    config_table t(reading_, element.as_table(), name(key), false);
    each(t);
  }
}

void config_table::skip_rest() {
  if (!table_) return;
  for (const auto& [key, node] : *table_) asked_.emplace(key.str());
}

}
