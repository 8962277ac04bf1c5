#include "daemon/review/page.hpp"

#include <stdexcept>

#include <kainjow/mustache.hpp>

#include "templates.hpp"

namespace releasehealth {
namespace {

namespace mustache = kainjow::mustache;

mustache::data truth(bool is_true) {
  mustache::data out(is_true);
  return out;
}
mustache::data written(const std::string& what) {
  mustache::data out(what);
  return out;
}

// Empty texts become false, so that templates omit their sections.
mustache::data as_data(const json::value& v) {
  switch (v.kind()) {
    case json::kind::object: {
      mustache::data out(mustache::data::type::object);
      for (const auto& [key, value] : v.get_object()) out.set(std::string(key), as_data(value));
      return out;
    }
    case json::kind::array: {
      mustache::data out(mustache::data::type::list);
      for (const auto& item : v.get_array()) out.push_back(as_data(item));
      return out;
    }
    case json::kind::bool_: return truth(v.get_bool());
    case json::kind::string: return v.get_string().empty() ? truth(false) : written(std::string(v.get_string()));
    case json::kind::null: return truth(false);
    default: return written(json::serialize(v));
  }
}

}

std::string render_page(std::string_view page, const json::object& view) {
  auto data = as_data(view);
  std::string_view text;
  for (const auto& [name, content] : templates::all) {
    if (name == page) text = content;
    if (!name.starts_with('_')) continue;  // the partials
    data.set(std::string(name), mustache::partial([content = content] { return std::string(content); }));
  }
  mustache::mustache filled{std::string(text)};
  auto out = filled.render(data);
  if (text.empty() || !filled.is_valid())
    throw std::logic_error("template " + std::string(page) + ": " + filled.error_message());
  return out;
}

std::string_view style_sheet() { return templates::review; }

}
