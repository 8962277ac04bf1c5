#include "collectors/github/hook.hpp"

#include <algorithm>

namespace releasehealth::github {

std::string first_line(std::string text) {
  text.resize(std::min({text.find('\n'), text.find('\r'), text.size()}));
  return text;
}

void retract(event& e) {
  e.fields["of"] = e.thing;
  e.fields["retracted"] = true;
  e.type = "retraction";
}

decoded with_return(event e) {
  event back = e;
  back.id += "/returned";
  back.fields = {{"of", e.thing}, {"retracted", false}};
  back.type = "retraction";
  decoded out(std::move(e));
  out.events.push_back(std::move(back));
  return out;
}

void put_labels(event& e, const json::value& in, std::string_view pointer) {
  json::error_code ec;
  const auto* labels = in.find_pointer({pointer.data(), pointer.size()}, ec);
  json::array names;
  if (labels && labels->is_array())
    for (const auto& label : labels->get_array())
      if (auto name = text_at(label, "/name"); !name.empty() && names.size() < max_names)
        names.emplace_back(std::move(name));
  e.fields["labels"] = std::move(names);
}

}
